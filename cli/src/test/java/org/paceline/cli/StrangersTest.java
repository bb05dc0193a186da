// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.api.transport.Endpoint;

/** Thousands of connections that say nothing keep out nobody who has the key. */
@Tag("slow")
@Timeout(300)
class StrangersTest {
  private static final int MOST = 10_000;
  private static final int BEFORE_THE_RENDER = 1_000;
  private static final int CONNECT_MS = 10_000;

  @TempDir private Path directory;

  /** Connects again and again, and holds what it gets. */
  private static final class Crowd implements AutoCloseable {
    private final InetSocketAddress target;
    private final int most;
    private final List<Socket> sockets = new ArrayList<>();
    private final CountDownLatch many = new CountDownLatch(BEFORE_THE_RENDER);
    private final Thread thread = new Thread(this::connect, "crowd");
    private volatile boolean closed;

    Crowd(int port) {
      target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      UnixOperatingSystemMXBean system =
          (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount();
      most = (int) Math.min(MOST, free / 2);
      thread.start();
    }

    private void connect() {
      while (!closed && sockets.size() < most) {
        Socket socket = new Socket();
        sockets.add(socket);
        try {
          socket.connect(target, CONNECT_MS);
          many.countDown();
        } catch (IOException e) {
          System.out.println("after " + sockets.size() + " connections: " + e.getMessage());
        }
      }
    }

    void awaitMany() throws InterruptedException {
      assertTrue(many.await(100, TimeUnit.SECONDS), () -> "only " + sockets.size() + " connected");
    }

    /** Waits until all have come. */
    int awaitAll() throws InterruptedException {
      thread.join(TimeUnit.SECONDS.toMillis(100));
      return sockets.size();
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      CloseHelper.quietCloseAll(sockets);
    }
  }

  @Test
  void aWorkerServesTheHostWithTheKey() throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "the key\n");
    List<String> options = List.of("worker", "--key-file=" + key, "--listen=127.0.0.1:0");
    try (CliProcess worker = start(options, "--device=reference", "--threads=1", "--no-announce")) {
      String at = worker.awaitLine(line -> line.startsWith(WorkerCommand.LISTENING));
      Endpoint endpoint = Endpoint.parse(at.substring(WorkerCommand.LISTENING.length()));
      try (Crowd crowd = new Crowd(endpoint.port())) {
        crowd.awaitMany();
        try (CliProcess host = start(demo(key), "--worker=" + endpoint)) {
          assertEquals(ExitCodes.OK, host.awaitExit(), host::said);
        }
        System.out.println("strangers at the worker: " + crowd.awaitAll());
      }
      assertTrue(worker.said().lines().count() < 20, worker::said);
    }
  }

  @Test
  void aHostLetsInTheWorkerWithTheKey() throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "the key\n");
    try (CliProcess host = start(demo(key), "--listen=127.0.0.1:0")) {
      String waiting = "Waiting for workers at ";
      String at = host.awaitLine(line -> line.startsWith(waiting)).substring(waiting.length());
      try (Crowd crowd = new Crowd(Endpoint.parse(at).port())) {
        crowd.awaitMany();
        List<String> options = List.of("worker", "--key-file=" + key, "--join=" + at);
        try (CliProcess worker = start(options, "--device=reference", "--threads=1")) {
          assertEquals(ExitCodes.OK, host.awaitExit(), () -> host.said() + "\n" + worker.said());
        }
        System.out.println("strangers at the host: " + crowd.sockets.size());
      }
    }
  }

  private List<String> demo(Path key) {
    return List.of(
        "demo", "--key-file=" + key, "--samples=4", "--output=" + directory.resolve("a.png"));
  }

  private static CliProcess start(List<String> options, String... more) {
    List<String> arguments = new ArrayList<>(options);
    arguments.addAll(List.of(more));
    return CliProcess.startCommand(ChildJvm.command(arguments));
  }
}
