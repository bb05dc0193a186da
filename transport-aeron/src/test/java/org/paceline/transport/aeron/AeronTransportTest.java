// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;
import org.paceline.api.IdleMode;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;
import org.paceline.transport.conformance.Await;
import org.paceline.transport.conformance.Link;
import org.paceline.transport.conformance.TransportUnderTest;

/** Drivers, their directories and their settings. */
@Tag("slow")
@Timeout(120)
class AeronTransportTest {
  private static final ClusterConfig DEFAULTS = new AeronUnderTest().config().build();

  @TempDir private Path temporary;

  private static ClusterConfig with(AeronConfig aeron) {
    return new AeronUnderTest().config().aeron(aeron).build();
  }

  @ParameterizedTest
  @EnumSource(AeronConfig.Threading.class)
  void everyThreadingWorks(AeronConfig.Threading threading) {
    ClusterConfig config = with(AeronConfig.DEFAULTS.withThreading(threading));
    for (TransportUnderTest underTest : List.of(new AeronUnderTest(), new IpcUnderTest())) {
      try (Link link = Link.open(underTest, config)) {
        link.assertWorks();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(IdleMode.class)
  void everyIdleModeWorks(IdleMode idle) {
    ClusterConfig config = with(AeronConfig.DEFAULTS.withIdle(idle));
    try (Link link = Link.open(new AeronUnderTest(), config)) {
      link.assertWorks();
    }
  }

  @Test
  void endsOfDifferentSettingsUnderstandEachOther() {
    ClusterConfig other =
        with(new AeronConfig("", AeronConfig.Threading.SHARED, 2 << 20, 1408, 0, IdleMode.YIELD));
    AeronTransport transport = new AeronTransport();
    try (Listener listener = transport.listen(Endpoint.parse("aeron://localhost:0"), other);
        Channel client = transport.connect(listener.endpoint(), DEFAULTS)) {
      Channel[] server = new Channel[1];
      Await.until(
          () -> "connected; " + Link.state(client),
          () -> {
            client.poll((from, buffer, offset, length) -> {}, 1);
            if (server[0] == null) {
              server[0] = listener.accept();
            } else {
              server[0].poll((from, buffer, offset, length) -> {}, 1);
            }
            return client.isConnected() && server[0] != null && server[0].isConnected();
          });
      server[0].close();
    }
  }

  @Test
  void externalDriverServesBothSchemesAndLivesOn() {
    Path directory = temporary.resolve("driver");
    try (MediaDriver driver =
        MediaDriver.launch(
            new MediaDriver.Context()
                .aeronDirectoryName(directory.toString())
                .threadingMode(ThreadingMode.SHARED)
                .dirDeleteOnShutdown(true))) {
      ClusterConfig config = with(AeronConfig.DEFAULTS.withDirectory(directory.toString()));
      for (TransportUnderTest underTest : List.of(new AeronUnderTest(), new IpcUnderTest())) {
        try (Link link = Link.open(underTest, config)) {
          link.assertWorks();
          link.another().close();
        }
      }
      assertTrue(driver.context().aeronDirectory().isDirectory());
      try (Link link = Link.open(new AeronUnderTest(), config)) {
        link.assertWorks();
      }
    }
  }

  @Test
  void absentExternalDriverIsNamed() {
    ClusterConfig config = with(AeronConfig.DEFAULTS.withDirectory(temporary.toString()));
    for (Transport transport : List.of(new AeronTransport(), new IpcTransport())) {
      Endpoint anyPort = new Endpoint(transport.scheme(), "localhost", 0);
      String listening =
          assertThrows(TransportException.class, () -> transport.listen(anyPort, config))
              .getMessage();
      assertTrue(listening.contains("no media driver runs in " + temporary), listening);
      Channel channel =
          transport.connect(new Endpoint(transport.scheme(), "localhost", 4999), config);
      Await.until(
          () -> "closed; " + Link.state(channel),
          () -> {
            channel.poll((from, buffer, offset, length) -> {}, 1);
            return channel.isClosed();
          });
      assertTrue(channel.closeReason().contains("no media driver runs in"), channel.closeReason());
    }
  }

  @Test
  void mtuBeyondTheSocketBufferIsExplained() {
    ClusterConfig config =
        new AeronUnderTest()
            .config()
            .socketBufferBytes(8192)
            .aeron(AeronConfig.DEFAULTS.withMtuBytes(16_384))
            .build();
    Channel channel =
        new AeronTransport().connect(Endpoint.parse("aeron://localhost:4999"), config);
    Await.until(
        () -> "closed; " + Link.state(channel),
        () -> {
          channel.poll((from, buffer, offset, length) -> {}, 1);
          return channel.isClosed();
        });
    assertTrue(channel.closeReason().contains("aeron.mtu=16384"), channel.closeReason());
    assertTrue(channel.closeReason().contains("socket-buffer"), channel.closeReason());
  }

  @Test
  void tooLittleSharedMemoryIsExplainedBeforeItIsUsed() {
    Media media = MediaDrivers.udp(DEFAULTS);
    media.awaitClient();
    String message =
        assertThrows(TransportException.class, () -> media.requireRoom(1L << 50)).getMessage();
    assertTrue(message.contains("lower paceline.aeron.term-length"), message);
    media.requireRoom(1 << 20);
    media.release();
  }

  @Test
  void directoriesAreForTheirUserAlone() throws IOException {
    try (Link udp = Link.open(new AeronUnderTest(), DEFAULTS);
        Link ipc = Link.open(new IpcUnderTest(), DEFAULTS)) {
      udp.assertWorks();
      ipc.assertWorks();
      assertFalse(AeronUnderTest.directories().isEmpty());
      for (Path directory : AeronUnderTest.directories()) {
        assertEquals("rwx------", permissions(directory), directory::toString);
      }
    }
  }

  private static String permissions(Path directory) throws IOException {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    } catch (NoSuchFileException e) {
      return "rwx------"; // a driver of before has just ended
    }
  }

  @Test
  void anothersDirectoryIsNotTaken() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give files away");
    Path foreign = DriverDirectory.driver("ipc-48999").getParent();
    Files.createDirectory(foreign);
    try {
      Files.setAttribute(foreign, "unix:uid", 65_534);
      String message =
          assertThrows(
                  TransportException.class,
                  () ->
                      new IpcTransport().listen(Endpoint.parse("ipc://localhost:48999"), DEFAULTS))
              .getMessage();
      assertTrue(message.contains("belongs to somebody else"), message);
    } finally {
      Files.delete(foreign);
    }
  }

  @Test
  void whatADeadWorkerLeftIsClearedAway() throws IOException {
    Path left = DriverDirectory.driver("ipc-48998");
    Files.createDirectories(left);
    Files.writeString(left.resolve("cnc.dat"), "stale");
    Listener listener =
        new IpcTransport().listen(Endpoint.parse("ipc://localhost:48998"), DEFAULTS);
    assertNotEquals("stale".length(), Files.size(left.resolve("cnc.dat")));
    listener.close();
    Await.until("the directory is gone", () -> !Files.exists(left.getParent()));
  }

  @Test
  void ipcIsForThisMachine() {
    String message =
        assertThrows(
                TransportException.class,
                () -> new IpcTransport().connect(Endpoint.parse("ipc://render7:4711"), DEFAULTS))
            .getMessage();
    assertTrue(message.contains("ipc://localhost:port"), message);
  }
}
