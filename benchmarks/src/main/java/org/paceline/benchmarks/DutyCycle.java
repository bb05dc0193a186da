// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Lets a process run for a part of the time only, by SIGSTOP and SIGCONT. Closing it, or the end of
 * this JVM however it comes, lets the process run freely again. Needs bash, neither root nor
 * control groups.
 */
final class DutyCycle implements AutoCloseable {
  /**
   * Both kill and read are the shell's own: nothing is started between two signals. A read that
   * doesn't time out has found the end of the pipe.
   */
  private static final String SCRIPT =
      """
      trap '' INT
      ended() { read -r -t "$1"; (( $? <= 128 )); }
      while kill -CONT "$1" && ! ended "$2" && kill -STOP "$1" && ! ended "$3"; do :; done
      kill -CONT "$1"
      """;

  private final Process shell;

  private DutyCycle(Process shell) {
    this.shell = shell;
  }

  /** Begins, with a turn to run and then one to stand still, again and again. */
  static DutyCycle start(long pid, Duration running, Duration standing) throws IOException {
    List<String> command =
        List.of("bash", "-c", SCRIPT, "duty", "" + pid, seconds(running), seconds(standing));
    return new DutyCycle(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  private static String seconds(Duration duration) {
    return String.valueOf(duration.toNanos() * 1e-9);
  }

  @Override
  public void close() {
    try {
      shell.getOutputStream().close();
    } catch (IOException e) {
      // It has ended, because the process has.
      shell.destroy();
    }
    shell.onExit().join();
  }
}
