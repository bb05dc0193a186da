// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.paceline.testnet.Node;

/** A program on a node, what it says, and what is said to it. */
final class Program implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final String name;
  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  private Program(String name, Process process) {
    this.name = name;
    this.process = process;
    Thread reader = new Thread(this::read, "output of " + name);
    reader.setDaemon(true);
    reader.start();
  }

  static Program start(Node node, List<String> command) throws IOException {
    ProcessBuilder builder = node.process(command).redirectErrorStream(true);
    return new Program(String.join(" ", command), builder.start());
  }

  static Program start(ProcessBuilder builder) throws IOException {
    return new Program(
        String.join(" ", builder.command()), builder.redirectErrorStream(true).start());
  }

  /** A {@link DiscoveryProgram} that finds workers. */
  static Program host(Node node) throws IOException {
    Program host = start(node, java(DiscoveryProgram.class, List.of(), "host"));
    host.await("browsing"::equals);
    return host;
  }

  /**
   * A {@link DiscoveryProgram} that announces itself.
   *
   * @param address where it listens
   */
  static Program worker(Node node, String name, String address, String... jvmOptions)
      throws IOException {
    Program worker =
        start(node, java(DiscoveryProgram.class, List.of(jvmOptions), "worker", name, address));
    worker.await(line -> line.startsWith("listening at "));
    return worker;
  }

  /** {@link HostileDatagrams}. */
  static Program hostile(Node node, long seed) throws IOException {
    return start(node, java(HostileDatagrams.class, List.of(), Long.toString(seed)));
  }

  private static List<String> java(Class<?> program, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("its output broke off: " + e.getMessage());
    }
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  /** What it said so far. */
  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** The first line of that kind, however long ago; waits for it. */
  synchronized String await(Predicate<String> kind) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int seen = 0;
    while (true) {
      for (; seen < lines.size(); seen++) {
        if (kind.test(lines.get(seen))) {
          return lines.get(seen);
        }
      }
      long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (ended || leftMs <= 0) {
        return fail(name + " didn't say what it should, but: " + String.join("\n", lines));
      }
      try {
        wait(leftMs);
      } catch (InterruptedException e) {
        return fail(e);
      }
    }
  }

  /** Waits for "added", "changed" or "removed" and a worker's name. */
  String awaitWorker(String what, String worker) {
    return await(line -> line.startsWith(what + " WorkerProfile[name=" + worker + ","));
  }

  /** Says a line to it. */
  void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Ends its input, upon which it ends; its exit code. */
  int end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      return fail(name + " doesn't end");
    }
    return process.exitValue();
  }

  long pid() {
    return process.pid();
  }

  /** Asks it to end, as {@code kill} does, and waits until it has. */
  void terminate() {
    process.destroy();
    process.onExit().join();
  }

  /** Kills it as {@code kill -9} does. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
