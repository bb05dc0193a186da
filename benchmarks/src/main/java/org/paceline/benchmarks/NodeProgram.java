// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.paceline.testnet.Node;

/**
 * A program on a node of a virtual network, or on this machine, which is told and tells in lines.
 */
final class NodeProgram implements AutoCloseable {
  private static final long END_TIMEOUT_S = 5;

  private final Process process;
  private final Writer stdin;
  private final List<String> lines = new ArrayList<>();
  private int nextLine;
  private boolean ended;

  private NodeProgram(Process process) {
    this.process = process;
    stdin = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "benchmark-program-reader");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts any program. */
  static NodeProgram start(Node node, List<String> command) throws IOException {
    return new NodeProgram(node.process(command).redirectErrorStream(true).start());
  }

  /** Starts a Java program in a JVM like this one. */
  static NodeProgram start(Node node, Class<?> main, List<String> arguments) throws IOException {
    return start(node, java(List.of(), main, arguments));
  }

  /**
   * The same, compiled quickly instead of well: where many JVMs share few cores, compiling would be
   * most of what they do in their first seconds.
   */
  static NodeProgram startCompiledQuickly(Node node, Class<?> main, List<String> arguments)
      throws IOException {
    return start(node, java(List.of("-XX:TieredStopAtLevel=1"), main, arguments));
  }

  /** The same on this machine itself. */
  static NodeProgram start(Class<?> main, List<String> arguments) throws IOException {
    return new NodeProgram(
        new ProcessBuilder(java(List.of(), main, arguments)).redirectErrorStream(true).start());
  }

  private static List<String> java(List<String> options, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return command;
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("its output can't be read: " + e.getMessage());
    }
    synchronized (lines) {
      ended = true;
      lines.notifyAll();
    }
  }

  private void add(String line) {
    synchronized (lines) {
      lines.add(line);
      lines.notifyAll();
    }
  }

  /**
   * Waits for a line that holds {@code word}; what follows the word.
   *
   * @throws IllegalStateException with all it said, if it ends or takes longer than {@code limit}
   */
  String await(String word, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    synchronized (lines) {
      while (true) {
        while (nextLine < lines.size()) {
          String line = lines.get(nextLine++);
          int at = line.indexOf(word);
          if (at >= 0) {
            return line.substring(at + word.length()).strip();
          }
        }
        if (ended || System.nanoTime() > end) {
          throw new IllegalStateException(
              "a program on a node never said '" + word + "', but: " + String.join("\n", lines));
        }
        TimeUnit.SECONDS.timedWait(lines, 1);
      }
    }
  }

  /** Waits for its end; all it said. */
  List<String> awaitEnd() throws InterruptedException {
    synchronized (lines) {
      while (!ended) {
        lines.wait();
      }
      return List.copyOf(lines);
    }
  }

  /** Gives it a line. */
  void tell(String line) {
    try {
      stdin.write(line + "\n");
      stdin.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a program on a node has ended: " + lines, e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Ends it at once, as {@code kill -9} does. */
  void kill() {
    process.destroyForcibly();
  }

  /** Closes its stdin, which asks Paceline's programs to end, and kills it if it doesn't. */
  @Override
  public void close() {
    try {
      stdin.close();
    } catch (IOException e) {
      // It ended before.
      process.destroy();
    }
    process.onExit().completeOnTimeout(process, END_TIMEOUT_S, TimeUnit.SECONDS).join();
    process.destroyForcibly().onExit().join();
  }
}
