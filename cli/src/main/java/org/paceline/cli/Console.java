// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where people read: messages and a status line on stderr, results on stdout. Thread-safe.
 *
 * <p>The status line is redrawn in place on a terminal. Whatever else is written through {@link
 * #err()} takes it away first; the next {@link #status} brings it back.
 */
final class Console {
  /** Set by the launcher when stderr is a terminal that understands {@link #CLEAR_LINE}. */
  static final String TERMINAL_PROPERTY = "paceline.terminal";

  private static final String CLEAR_LINE = "\r\033[K";

  /** Wrapped lines can't be redrawn in place, and terminals are rarely narrower than this. */
  private static final int MAX_STATUS_LENGTH = 79;

  private final PrintStream out;
  private final PrintStream terminal;
  private final PrintStream err;
  private final boolean inPlace;
  private final Object lock = new Object();
  private boolean statusShown;

  Console(PrintStream out, PrintStream err, boolean inPlace) {
    this.out = out;
    this.terminal = err;
    this.inPlace = inPlace;
    this.err = new PrintStream(new StatusClearing(err), true, StandardCharsets.UTF_8);
  }

  /** The process's own streams; stderr of everything else in it goes through this console. */
  static Console system() {
    Console console = new Console(System.out, System.err, Boolean.getBoolean(TERMINAL_PROPERTY));
    System.setErr(console.err());
    return console;
  }

  /** Writes a line for people. */
  void say(String message) {
    err.println(message);
  }

  /** Writes a line for programs. */
  void result(String line) {
    out.println(line);
    out.flush();
  }

  /** Whether {@link #status} shows anything. */
  boolean inPlace() {
    return inPlace;
  }

  /** Replaces the status line. */
  void status(String text) {
    if (inPlace) {
      synchronized (lock) {
        String line =
            text.length() > MAX_STATUS_LENGTH ? text.substring(0, MAX_STATUS_LENGTH) : text;
        terminal.print(CLEAR_LINE + line);
        terminal.flush();
        statusShown = true;
      }
    }
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  private final class StatusClearing extends FilterOutputStream {
    StatusClearing(OutputStream target) {
      super(target);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      synchronized (lock) {
        if (statusShown) {
          terminal.print(CLEAR_LINE);
          statusShown = false;
        }
        terminal.write(bytes, offset, length);
      }
    }
  }
}
