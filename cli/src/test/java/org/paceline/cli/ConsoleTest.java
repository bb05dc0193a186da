// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void aMessageTakesTheStatusLineAway() {
    Console console = new Console(stream, stream, true);
    console.status("10 %");
    console.err().println("a log line");
    console.say("another");
    console.status("11 %");
    assertEquals(
        "\r\033[K10 %\r\033[Ka log line\nanother\n\r\033[K11 %",
        bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void withoutATerminalThereIsNoStatusLine() {
    Console console = new Console(stream, stream, false);
    console.status("10 %");
    console.result("out.png");
    assertEquals("out.png\n", bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aStatusLineNeverWraps() {
    Console console = new Console(stream, stream, true);
    console.status("x".repeat(200));
    assertEquals("\r\033[K" + "x".repeat(79), bytes.toString(StandardCharsets.UTF_8));
  }
}
