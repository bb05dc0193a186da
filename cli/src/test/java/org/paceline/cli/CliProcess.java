// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program in a process of its own, with bounded waits for what it says and does. */
final class CliProcess implements AutoCloseable {
  private static final long LIMIT_SECONDS = 90;

  private static final Pattern PROGRESS = Pattern.compile(" % +([0-9.]+) of [0-9]+ samples ");

  private final Process process;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> drained;

  private CliProcess(Process process) {
    this.process = process;
    drained = CompletableFuture.runAsync(this::drain);
  }

  static CliProcess start(String... args) {
    return startCommand(ChildJvm.command(List.of(args)));
  }

  /** Starts it with these environment variables set. */
  static CliProcess startUnder(Map<String, String> environment, String... args) {
    return startCommand(environment, ChildJvm.command(List.of(args)));
  }

  static CliProcess startCommand(List<String> command) {
    return startCommand(Map.of(), command);
  }

  private static CliProcess startCommand(Map<String, String> environment, List<String> command) {
    // Where the tests run in the background, a shell has had them ignore SIGINT.
    List<String> interruptible = new ArrayList<>(List.of("env", "--default-signal=INT"));
    interruptible.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(interruptible).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      return new CliProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void drain() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        said.add(line);
        lines.add(line);
      }
    } catch (IOException e) {
      said.add(e.toString());
    }
  }

  /** Waits for a line that fits. */
  String awaitLine(Predicate<String> fits) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (System.nanoTime() < deadline) {
      String line = lines.poll(100, TimeUnit.MILLISECONDS);
      if (line != null && fits.test(line)) {
        return line;
      }
      if (line == null && drained.isDone() && lines.isEmpty()) {
        break;
      }
    }
    return fail("the line never came; it said:\n" + said());
  }

  /** Waits until its progress tells of at least so many samples per pixel. */
  void awaitSamples(int atLeast) throws InterruptedException {
    awaitLine(
        line -> {
          Matcher progress = PROGRESS.matcher(line);
          return progress.find() && Double.parseDouble(progress.group(1)) >= atLeast;
        });
  }

  /** Waits for the end; the exit code. */
  int awaitExit() throws InterruptedException {
    assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), () -> "still running:\n" + said());
    drained.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    return process.exitValue();
  }

  /** Everything it said on both streams so far. */
  String said() {
    return String.join("\n", said);
  }

  /** Processes it has started. */
  List<ProcessHandle> children() {
    return process.toHandle().descendants().toList();
  }

  long pid() {
    return process.pid();
  }

  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -INT " + process.pid()).inheritIO().start().waitFor();
  }

  void kill() {
    process.destroyForcibly();
  }

  /** Waits until every one of {@code processes} is gone. */
  static void awaitGone(List<ProcessHandle> processes) {
    for (ProcessHandle gone : processes) {
      gone.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    }
  }

  @Override
  public void close() {
    children().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
