// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;

/** When everything is closed, no thread, descriptor, buffer or file is left. */
public interface LeakTests extends ConformanceTest {
  @Test
  default void fiftyConnectionsLeaveNothingBehind() {
    Set<Thread> threadsBefore = threads();
    connectAndClose(5);
    Footprint before = Footprint.now();
    connectAndClose(50);
    // fewer is possible: what another test has left behind may go meanwhile
    Await.until(
        () -> "no more than " + before + ", now " + Footprint.now(),
        () -> Footprint.now().isAtMost(before));
    Await.until(
        () -> "no thread is left of " + newThreads(threadsBefore),
        () -> newThreads(threadsBefore).isEmpty());
    Await.until(
        () -> "no file is left of " + underTest().files(), () -> underTest().files().isEmpty());
  }

  private void connectAndClose(int times) {
    Transport transport = underTest().transport();
    ClusterConfig config = underTest().config().build();
    Endpoint endpoint;
    try (NativeMemory region = NativeMemory.allocateZeroed(100_000);
        Link link = Link.open(underTest())) {
      assertThrows(
          TransportException.class, () -> transport.listen(link.listener().endpoint(), config));
      for (int i = 0; i < times; i++) {
        link.register(link.server(), 1, region);
        link.write(link.client(), 1, 0, region);
        link.announce(link.client());
        Channel other = i % 2 == 0 ? link.server() : link.client();
        (i % 2 == 0 ? link.client() : link.server()).close();
        link.pollUntil("the other end has closed", other::isClosed);
        link.connect();
      }
      endpoint = link.listener().endpoint();
    }
    for (int i = 0; i < times; i++) {
      transport.connect(endpoint, config).close();
    }
  }

  private static Set<Thread> newThreads(Set<Thread> before) {
    Set<Thread> now = threads();
    now.removeAll(before);
    return now;
  }

  /** Live threads, without the Java system's own. */
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getThreadGroup() != null)
        .filter(thread -> !thread.getThreadGroup().getName().equals("system"))
        .collect(Collectors.toSet());
  }

  /** What the process holds; memory by the number of buffers. */
  record Footprint(long descriptors, long directBuffers, long mappedBuffers) {
    static Footprint now() {
      return new Footprint(openDescriptors(), buffers("direct"), buffers("mapped"));
    }

    boolean isAtMost(Footprint other) {
      return descriptors <= other.descriptors
          && directBuffers <= other.directBuffers
          && mappedBuffers <= other.mappedBuffers;
    }

    private static long openDescriptors() {
      Path descriptors = Path.of("/proc/self/fd");
      if (!Files.isDirectory(descriptors)) {
        return 0;
      }
      try (Stream<Path> open = Files.list(descriptors)) {
        return open.count();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static long buffers(String pool) {
      return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(bean -> bean.getName().equals(pool))
          .mapToLong(BufferPoolMXBean::getCount)
          .sum();
    }
  }
}
