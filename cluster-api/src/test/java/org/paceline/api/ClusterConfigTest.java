// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.transport.Endpoint;

class ClusterConfigTest {
  @TempDir private Path directory;

  @Test
  void readsEveryKey() throws IOException {
    ClusterConfig config =
        ClusterConfig.load(
            file(
                """
                paceline {
                  workers = ["render1:4711", "[::1]:99", render3, "node[09-10]:80"]
                  discover = true
                  host-listen = "0.0.0.0:4712"
                  key = "sesame"
                  heartbeat-timeout = 500ms
                  reconnect-interval = 1s
                  unit-target = 20ms
                  units-in-flight = 5
                  chunk-size = 64KiB
                  socket-buffer = 1MiB
                  worker-memory = 3GiB
                  idle = busy-spin
                  kernels = sse41
                  multicast = "224.20.30.41:4712"
                  aeron {
                    directory = /tmp/driver
                    threading = shared-network
                    term-length = 4MiB
                    mtu = 8192
                    host-port = 40123
                    idle = yield
                  }
                }
                """));
    assertEquals(new Endpoint("tcp", "render1", 4711), config.workers().get(0));
    assertEquals(new Endpoint("tcp", "::1", 99), config.workers().get(1));
    assertEquals(new Endpoint("tcp", "render3", Endpoint.DEFAULT_PORT), config.workers().get(2));
    assertEquals(new Endpoint("tcp", "node09", 80), config.workers().get(3));
    assertEquals(new Endpoint("tcp", "node10", 80), config.workers().get(4));
    assertTrue(config.discover());
    assertEquals("0.0.0.0:4712", config.hostListen());
    assertEquals("sesame", config.key());
    assertEquals(Duration.ofMillis(500), config.heartbeatTimeout());
    assertEquals(Duration.ofSeconds(1), config.reconnectInterval());
    assertEquals(Duration.ofMillis(20), config.unitTarget());
    assertEquals(5, config.unitsInFlight());
    assertEquals(65_536, config.chunkBytes());
    assertEquals(1 << 20, config.socketBufferBytes());
    assertEquals(3L << 30, config.workerMemoryBytes());
    assertEquals(IdleMode.BUSY_SPIN, config.idle());
    assertEquals("sse41", config.kernels());
    assertEquals("224.20.30.41:4712", config.multicast());
    assertEquals(
        new AeronConfig(
            "/tmp/driver",
            AeronConfig.Threading.SHARED_NETWORK,
            4 << 20,
            8192,
            40_123,
            IdleMode.YIELD),
        config.aeron());
    assertEquals(config, config.toBuilder().build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "heartbeat-timeout = soon | :3: paceline.heartbeat-timeout = soon: expected a duration, as in 2s",
        "workers = \"a:1\" | :3: paceline.workers = a:1: expected a list of host:port",
        "workers = [\"a:b\"] | must be a port number",
        "idle = never | :3: paceline.idle = never: expected one of busy-spin",
        "colour = red | :3: paceline.colour is unknown; known are aeron.directory",
        "units-in-flight = 0 | units-in-flight=0 is not in 1..64",
        "chunk-size = 3GiB | more than 2 GiB",
        "heartbeat-timeout = 1ms | heartbeat-timeout=1ms < 100ms, increase heartbeat-timeout",
        "key = { | :",
        "aeron = 3 | :3: paceline.aeron is unknown; known are aeron.directory",
        "aeron.colour = 3 | :3: paceline.aeron.colour is unknown",
        "aeron.threading = many | expected one of shared, shared-network, dedicated",
        "aeron.term-length = 3MiB | aeron.term-length=3145728 is not a power of two in 2097152",
        "aeron.term-length = 1MiB | :3: paceline.aeron.term-length: aeron.term-length=1048576 is not",
        "aeron.mtu = 1500 | aeron.mtu=1500 is neither 0 nor a multiple of 32 in 512..65504",
        "aeron.host-port = 70000 | aeron.host-port=70000 is not in 0..65535",
        "aeron.idle = never | expected one of busy-spin",
        "multicast = everyone | multicast=everyone is neither GROUP:PORT",
        "multicast = \"224.20.30.40:4712\" | a multicast address that ends in an odd number",
        "multicast = \"224.20.30.41\" | is neither GROUP:PORT",
        "multicast = \"10.0.0.1:4712\" | is neither GROUP:PORT",
      })
  void errorsNameFileLineKeyAndWhatWasExpected(String line, String expected) throws IOException {
    Path file = file("# a comment\npaceline {\n  " + line + "\n}\n");
    ConfigurationException error =
        assertThrows(ConfigurationException.class, () -> ClusterConfig.load(file));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
    assertTrue(error.getMessage().contains(file.getFileName().toString()), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mdc", "mdc:4713", "239.1.2.3:4712", "[ff15::1]:4712"})
  void multicastTakesGroupsAndMdc(String value) {
    assertEquals(value, ClusterConfig.builder().multicast(value).build().multicast());
  }

  @Test
  void fileWithoutOurObjectAndMissingFileAreErrors() throws IOException {
    Path file = file("other { }");
    assertTrue(
        assertThrows(ConfigurationException.class, () -> ClusterConfig.load(file))
            .getMessage()
            .contains("expected an object 'paceline"));
    assertTrue(
        assertThrows(
                ConfigurationException.class, () -> ClusterConfig.load(directory.resolve("none")))
            .getMessage()
            .contains("no such configuration file"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":1", "a:99999", "a:-1", "a:x", "[::1:4", "tcp://"})
  void badEndpointsAreRefusedByName(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(text)).getMessage();
    assertTrue(message.contains("'" + text + "'"), message);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("cluster.conf"), text);
  }

  @Test
  void theKeyIsNotPrinted() {
    ClusterConfig config =
        ClusterConfig.builder().key("sesame").worker("render1:5000").weight(7).build();
    String text = config.toString();
    assertTrue(!text.contains("sesame"), text);
    assertTrue(text.contains("key=(hidden)"), text);
    assertTrue(ClusterConfig.builder().build().toString().contains("key=none"));
    assertTrue(text.contains("render1:5000") && text.contains("weight=7"), text);
  }
}
