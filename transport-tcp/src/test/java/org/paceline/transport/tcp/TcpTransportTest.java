// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.TransportException;
import org.paceline.transport.conformance.Await;
import org.paceline.transport.conformance.Link;

/** What holds for TCP beyond what holds for every transport. */
@Timeout(120)
class TcpTransportTest {
  private static final ClusterConfig CONFIG = ClusterConfig.builder().build();

  private final TcpTransport transport = new TcpTransport();

  @Test
  void withoutAKeyTheV6WildcardIsNotListenedOn() {
    String message =
        assertThrows(
                TransportException.class, () -> transport.listen(Endpoint.parse("[::]:0"), CONFIG))
            .getMessage();
    assertTrue(message.contains("set paceline.key or --key-file"), message);
  }

  private String failureToConnect(String endpoint) {
    Channel channel = transport.connect(Endpoint.parse(endpoint), CONFIG);
    Await.until(
        "closed",
        () -> {
          channel.poll((from, buffer, offset, length) -> {}, 1);
          return channel.isClosed();
        });
    return channel.closeReason();
  }

  @Test
  void failedConnectionsSayWhereAndWhy() {
    Listener listener = transport.listen(Endpoint.parse("localhost:0"), CONFIG);
    int port = listener.endpoint().port();
    listener.close();
    String refused = failureToConnect("127.0.0.1:" + port);
    assertTrue(refused.contains("127.0.0.1:" + port + ": Connection refused"), refused);
    String unknown = failureToConnect("nowhere.invalid:1");
    assertTrue(unknown.endsWith("for the name nowhere.invalid; it may be misspelt"), unknown);
    String malformed = failureToConnect("[1:2:zz]:1");
    assertTrue(malformed.contains("no address is known"), malformed);
  }

  @Test
  void closingWhileANameIsLookedUpIsHarmless() {
    for (String endpoint : List.of("127.0.0.1:1", "nowhere.invalid:1")) {
      Channel channel = transport.connect(Endpoint.parse(endpoint), CONFIG);
      channel.close();
      channel.close();
      assertTrue(channel.isClosed());
      assertEquals(0, channel.poll((from, buffer, offset, length) -> {}, 1));
    }
  }

  @Test
  void aThousandConnectionsLeaveNothingBehind() throws IOException {
    connectAndClose(10);
    long descriptors = openDescriptors();
    int threads = Thread.activeCount();
    connectAndClose(1000);
    // fewer is possible: what another test has left behind may go meanwhile
    assertTrue(openDescriptors() <= descriptors);
    assertTrue(Thread.activeCount() <= threads);
  }

  private static void connectAndClose(int times) {
    try (Link link = Link.open(new TcpUnderTest())) {
      for (int i = 0; i < times; i++) {
        link.client().close();
        link.pollUntil("the server has closed", () -> link.server().isClosed());
        link.connect();
        assertFalse(link.client().isClosed());
      }
    }
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }
}
