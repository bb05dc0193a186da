// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.paceline.api.transport.Endpoint;

/**
 * A worker in a process of its own on this machine.
 *
 * <p>It lives no longer than this JVM: it ends when its stdin does, and the system closes that pipe
 * however this JVM ends.
 */
final class WorkerProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private final String name;
  private final Process process;
  private final CompletableFuture<Endpoint> endpoint = new CompletableFuture<>();
  private final Consumer<String> messages;
  private final List<String> startMessages = new ArrayList<>();
  private volatile boolean paused;

  private WorkerProcess(String name, Process process, Consumer<String> messages) {
    this.name = name;
    this.process = process;
    this.messages = messages;
  }

  /**
   * Starts one and returns at once.
   *
   * @param messages gets what the worker says on stderr, line by line, from another thread
   */
  static WorkerProcess start(String name, WorkerLaunch launch, Consumer<String> messages) {
    // Ctrl-C reaches every process of a terminal, but the host ends its workers in its own order.
    List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", name));
    command.addAll(ChildJvm.command(launch.arguments()));
    Process process;
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw CliException.failed("can't start a worker process: " + e.getMessage(), e);
    }
    WorkerProcess worker = new WorkerProcess(name, process, messages);
    Thread errors = daemon(name + " stderr", worker::forwardErrors);
    daemon(name + " stdout", () -> worker.readEndpoint(errors));
    try {
      process.getOutputStream().write((launch.key() + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      // It ended already; readEndpoint finds that and says why.
      messages.accept(name + ": ended before it read its key");
    }
    return worker;
  }

  /**
   * Where it listens; waits until it does.
   *
   * @throws CliException with its own words if it ended instead
   */
  Endpoint awaitEndpoint() throws InterruptedException {
    try {
      return endpoint.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw CliException.failed(e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw CliException.failed(
          name
              + " didn't listen within "
              + START_LIMIT.toSeconds()
              + " s; is the machine overloaded?",
          e);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** One sentence about how it ended; only once it did. */
  String ending() {
    int code = process.exitValue();
    int signal = code - 128;
    String reason =
        signal == 9
            ? "was killed (signal 9; the system does this when memory runs out)"
            : signal > 0 ? "was ended by signal " + signal : "ended with exit code " + code;
    return name + " " + reason;
  }

  /** CPU time it has used; zero once it has ended. */
  Duration cpuTime() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Kills it at once, as {@code kill -9} does, and waits until it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Freezes it, as SIGSTOP does. */
  void pause() throws InterruptedException {
    signal("STOP");
    paused = true;
  }

  /** Lets a frozen one go on. */
  void resume() throws InterruptedException {
    signal("CONT");
    paused = false;
  }

  /** Asks it to end, without waiting. */
  void requestEnd() {
    if (paused) {
      process.destroyForcibly();
    }
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.flush();
    } catch (IOException e) {
      // A broken pipe: it ended before. Any other state is dealt with by close's time limit.
      process.destroy();
    }
  }

  /** Ends it: asks first, kills after a while. */
  @Override
  public void close() {
    requestEnd();
    try {
      if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void signal(String signal) throws InterruptedException {
    try {
      // The shell's built-in: a minimal Debian has no kill program.
      int code =
          new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid())
              .redirectErrorStream(true)
              .start()
              .waitFor();
      if (code != 0) {
        throw CliException.failed("can't send SIG" + signal + " to " + name);
      }
    } catch (IOException e) {
      throw CliException.failed("can't send SIG" + signal + " to " + name, e);
    }
  }

  private void readEndpoint(Thread errors) {
    try (BufferedReader stdout = process.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = stdout.readLine()) != null) {
        if (line.startsWith(WorkerCommand.LISTENING)) {
          listening(Endpoint.parse(line.substring(WorkerCommand.LISTENING.length())));
        }
      }
      process.waitFor();
      errors.join();
    } catch (IOException | InterruptedException e) {
      endpoint.completeExceptionally(e);
    }
    String said;
    synchronized (startMessages) {
      said = startMessages.isEmpty() ? "" : ": " + String.join("; ", startMessages);
    }
    // Does nothing if it has listened.
    endpoint.completeExceptionally(CliException.failed(ending() + said));
  }

  private void listening(Endpoint at) {
    synchronized (startMessages) {
      endpoint.complete(at);
      startMessages.forEach(messages);
      startMessages.clear();
    }
  }

  private void forwardErrors() {
    try (BufferedReader stderr = process.errorReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = stderr.readLine()) != null) {
        // What it says before it listens is the reason if it never does: kept for that sentence.
        synchronized (startMessages) {
          if (endpoint.isDone()) {
            messages.accept(name + ": " + line);
          } else {
            startMessages.add(line);
          }
        }
      }
    } catch (IOException e) {
      messages.accept(name + ": stderr can't be read: " + e.getMessage());
    }
  }

  private static Thread daemon(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
