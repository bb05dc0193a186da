// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.transport.conformance.Await;
import org.paceline.transport.conformance.Link;

/** What holds for RDMA beyond what holds for every transport. */
@Tag("slow")
@Timeout(240)
@Tag("rdma")
@ExtendWith(RequiresRdma.class)
class RdmaChannelTest {
  @TempDir private Path directory;

  /** The receiving end does not move at all, and has no buffer of that size. */
  @Test
  void writesLandWithoutTheReceiverDoingAnything() {
    int length = 32 << 20;
    try (NativeMemory region = NativeMemory.allocateZeroed(length);
        NativeMemory source = NativeMemory.allocateZeroed(length);
        Link link = Link.open(new RdmaUnderTest())) {
      for (long i = 0; i < length; i += 4096) {
        source.putLong(i, i + 1);
      }
      link.register(link.server(), 1, region);
      long position = link.client().write(1, 0, source, 0, length);
      assertTrue(position > 0);
      // nothing polls the server
      Await.until(
          () -> "the write completes; " + link,
          () -> {
            link.pollClient();
            return link.client().completedPosition() == position;
          });
      for (long i = 0; i < length; i += 4096) {
        assertEquals(i + 1, region.getLong(i), "at " + i);
      }
    }
  }

  /** Memory that was freed and got again at the same address must not be sent as it was before. */
  @Test
  void sourceMemoryMayBeReusedAtTheSameAddress() {
    int length = 4 << 20;
    try (NativeMemory region = NativeMemory.allocateZeroed(length);
        Link link = Link.open(new RdmaUnderTest())) {
      link.register(link.server(), 1, region);
      for (byte round = 1; round < 20; round++) {
        try (NativeMemory source = NativeMemory.allocate(length)) {
          for (long i = 0; i < length; i += 4096) {
            source.putByte(i, round);
          }
          long position = link.write(link.client(), 1, 0, source);
          link.pollUntil("written", () -> link.client().completedPosition() == position);
        }
        link.announce(link.client());
        for (long i = 0; i < length; i += 4096) {
          assertEquals(round, region.getByte(i), "at " + i);
        }
      }
    }
  }

  @Test
  void aThousandConnectionsLeaveNothingBehind() throws IOException, InterruptedException {
    connectAndClose(10);
    awaitNoThread();
    final long descriptors = openDescriptors();
    final String resources = deviceResources();
    connectAndClose(1000);
    awaitNoThread();
    assertTrue(openDescriptors() <= descriptors, "descriptors");
    assertEquals(resources, deviceResources());
  }

  private static void connectAndClose(int times) {
    try (NativeMemory region = NativeMemory.allocateZeroed(100_000);
        Link link = Link.open(new RdmaUnderTest())) {
      for (int i = 0; i < times; i++) {
        link.register(link.server(), 1, region);
        assertTrue(link.client().write(1, 0, region, 0, region.lengthBytes()) > 0);
        link.pollClient();
        (i % 2 == 0 ? link.client() : link.server()).close();
        Channel other = i % 2 == 0 ? link.server() : link.client();
        link.pollUntil("the other end has closed", other::isClosed);
        link.connect();
      }
    }
  }

  private static void awaitNoThread() {
    Await.until(
        "the connection thread ends",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("paceline-rdma")));
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }

  /** Queue pairs, registrations and all that the devices have, as the kernel counts. */
  private static String deviceResources() throws IOException, InterruptedException {
    Path rdma = Path.of("/usr/bin/rdma");
    if (!Files.isExecutable(rdma)) {
      return "unknown, for want of the rdma command";
    }
    Process process = new ProcessBuilder(rdma.toString(), "resource", "show").start();
    String counts = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return counts;
  }

  /** A program that may lock little memory and registers more. */
  static final class Locker {
    private Locker() {}

    public static void main(String[] arguments) {
      try (NativeMemory region = NativeMemory.allocateZeroed(32 << 20);
          Link link = Link.open(new RdmaUnderTest())) {
        link.server().register(1, region);
        System.out.println(link.server().closeReason());
        link.pollUntil("the client has closed", () -> link.client().isClosed());
        assertFalse(link.client().closeReason().isEmpty());
        assertEquals(Channel.CLOSED, link.server().offer(new UnsafeBuffer(new byte[1]), 0, 1));
      }
    }
  }

  @Test
  void limitOnLockedMemoryIsNamed() throws IOException, InterruptedException {
    Path setpriv = Path.of("/usr/bin/setpriv");
    assumeTrue(Files.isExecutable(setpriv), "there is no setpriv to take a capability away with");
    List<String> command = new ArrayList<>();
    command.addAll(List.of(setpriv.toString(), "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"));
    command.addAll(List.of("prlimit", "--memlock=" + (16 << 20)));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Locker.class.getName());
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the program ends");
    String text = Files.readString(output);
    assertEquals(0, process.exitValue(), text);
    assertTrue(text.contains("of region 1, 33554432 bytes could not be registered"), text);
    assertTrue(text.contains("ulimit -l unlimited"), text);
  }
}
