// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.paceline.testnet.Node;

/** A paceline command that runs on a node of a virtual network, and what it has printed. */
final class NodeProcess {
  private static final long LIMIT_SECONDS = 90;
  private static final String END = "(the end of its output)";

  private final Process process;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();

  private NodeProcess(Process process) {
    this.process = process;
  }

  /** Starts a command; the network kills it when it closes. */
  static NodeProcess start(Node node, List<String> arguments) throws IOException {
    NodeProcess started =
        new NodeProcess(
            node.process(ChildJvm.command(arguments)).redirectErrorStream(true).start());
    Thread reader = new Thread(started::read, "output of " + node.address());
    reader.setDaemon(true);
    reader.start();
    return started;
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      output.lines().forEach(lines::add);
    } catch (IOException | java.io.UncheckedIOException e) {
      lines.add(e.toString());
    }
    lines.add(END);
  }

  /** Waits for a line that contains a text, after those that were waited for before. */
  void awaitLine(String text) throws InterruptedException {
    awaitLines(text, 1);
  }

  /** Waits for several such lines. */
  void awaitLines(String text, int count) throws InterruptedException {
    int found = 0;
    while (found < count) {
      String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (line == null || line.equals(END)) {
        throw new AssertionError("no '" + text + "' came; it said:\n" + transcript());
      }
      seen.add(line);
      found += line.contains(text) ? 1 : 0;
    }
  }

  /** Waits for its end; the exit code. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("it doesn't end; it said:\n" + transcript());
    }
    return process.exitValue();
  }

  /** What it has printed so far. */
  String transcript() {
    lines.drainTo(seen);
    return String.join("\n", seen);
  }
}
