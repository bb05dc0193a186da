// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.paceline.api.transport.Endpoint;

/** A child process that runs an {@link EchoPeer} and can be killed. */
final class PeerProcess implements AutoCloseable {
  private final TransportUnderTest underTest;
  private final Process process;

  private PeerProcess(TransportUnderTest underTest, String... arguments) throws IOException {
    this.underTest = underTest;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // its own debugger port or agent is no other process's
      if (!flag.startsWith("-agentlib") && !flag.startsWith("-javaagent")) {
        command.add(flag);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(EchoPeer.class.getName());
    command.add(underTest.getClass().getName());
    command.addAll(List.of(arguments));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** One that connects; it greets when it has. */
  static PeerProcess connectingTo(Endpoint endpoint, TransportUnderTest underTest)
      throws IOException {
    return new PeerProcess(underTest, "single", endpoint.toString());
  }

  /** One that listens. */
  static PeerProcess listening(TransportUnderTest underTest) throws IOException {
    return new PeerProcess(underTest, "single");
  }

  /** One that listens and can be reached by a broadcast. */
  static PeerProcess listeningForBroadcasts(TransportUnderTest underTest) throws IOException {
    return new PeerProcess(underTest, "broadcast");
  }

  /** Waits until it listens; asked once. */
  Endpoint endpoint() throws IOException {
    @SuppressWarnings("resource") // the process's stream, which ends with it
    BufferedReader output = process.inputReader();
    String line = output.readLine();
    assertNotNull(line, "the peer process ended without listening");
    return Endpoint.parse(line);
  }

  /** Ends it as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    underTest.removeRemainsOf(process.pid());
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        kill();
        throw new AssertionError("the peer process did not end when it was told to");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
