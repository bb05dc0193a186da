// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.cycles.CyclesSettings;
import org.paceline.cycles.Exr;
import org.paceline.cycles.Native;
import org.paceline.transport.aeron.AeronTransport;
import org.paceline.transport.aeron.LossyEndpoints;

/** What a person sees: images of worker processes over TCP, against Cycles' own program. */
@Tag("slow")
@Timeout(600)
class CyclesImageTest {
  private static final int WIDTH = 120;
  private static final int HEIGHT = 68;
  private static final int SAMPLES = 12;
  private static final double MAX_ERROR = 1e-4;
  private static final double MEAN_ERROR = 1e-6;
  private static final CyclesSettings SMALL =
      CyclesSettings.withSamples(SAMPLES).withSize(WIDTH, HEIGHT);

  private static WorkerProcesses workers;
  private static List<Endpoint> endpoints;

  private static final AtomicInteger LOSSES = new AtomicInteger();

  @TempDir private Path scratch;

  @BeforeAll
  static void startWorkers() throws InterruptedException {
    Native.require();
    workers = start(5, WorkerLaunch.of("cycles", 1));
    endpoints = workers.awaitEndpoints();
  }

  @AfterAll
  static void endWorkers() {
    if (workers != null) {
      workers.close();
    }
    // a driver that starts clears away what killed workers left
    ClusterConfig config = ClusterConfig.builder().build();
    new AeronTransport().listen(Endpoint.parse("aeron://localhost:0"), config).close();
  }

  static List<Path> scenes() throws IOException {
    Path examples = Path.of("..", "examples");
    try (Stream<Path> small = Files.list(examples)) {
      // the other generated files are parts of this one
      Stream<Path> generated = Stream.of(examples.resolve("generated").resolve("million.xml"));
      return Stream.concat(small, generated)
          .filter(file -> file.toString().endsWith(".xml"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenes")
  void oneTwoAndFiveWorkersRenderWhatTheStandaloneRenders(Path scene) throws Exception {
    Path image = scratch.resolve("cluster.exr");
    byte[] one = ClusterRender.render(scene, SMALL, endpoints.subList(0, 1), image);
    assertArrayEquals(
        one, ClusterRender.render(scene, SMALL, endpoints.subList(1, 3), image), "two workers");
    assertArrayEquals(one, ClusterRender.render(scene, SMALL, endpoints, image), "five workers");
    Exr expected =
        Exr.read(Native.standalone(scene, WIDTH, HEIGHT, SAMPLES, scratch, "cycles.exr"));
    assertClose(expected, Exr.read(image));
  }

  /** How the scene and the passes travel; chunks of another size are not in any worker's cache. */
  enum Way {
    TCP("tcp", "", 1 << 20),
    IPC("ipc", "", 512 << 10),
    UNICAST("aeron", "", 256 << 10),
    MULTICAST("aeron", "224.20.30.41:0", 128 << 10),
    MDC("aeron", "mdc", 64 << 10);

    private final String transport;
    private final String multicast;
    private final int chunkBytes;

    Way(String transport, String multicast, int chunkBytes) {
      this.transport = transport;
      this.multicast = multicast;
      this.chunkBytes = chunkBytes;
    }

    ClusterConfig to(List<Endpoint> workers) throws IOException {
      return ClusterConfig.builder()
          .workers(workers)
          .transport(transport)
          .multicast(multicast.replace(":0", ":" + freePort()))
          .chunkBytes(chunkBytes)
          .build();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenes")
  void everyTransportBringsTheSameBits(Path scene) throws Exception {
    Path image = scratch.resolve("cluster.exr");
    List<Endpoint> three = endpoints.subList(0, 3);
    byte[] expected = ClusterRender.render(scene, SMALL, Way.TCP.to(three), image, job -> {});
    for (Way way : EnumSet.complementOf(EnumSet.of(Way.TCP))) {
      byte[] film = ClusterRender.render(scene, SMALL, way.to(three), image, job -> {});
      assertArrayEquals(expected, film, way.name());
    }
  }

  @ParameterizedTest(name = "every {1}th datagram begins a loss of {2}, to {0}")
  @CsvSource({
    "'', 100, 1",
    "'', 10, 1",
    "'', 400, 20",
    "224.20.30.41, 100, 1",
    "224.20.30.41, 10, 1",
    "224.20.30.41, 400, 20",
  })
  void lostDatagramsDoNotChangeABit(String group, int everySoMany, int burst) throws Exception {
    Path scene = Path.of("..", "examples", "textures.xml");
    Path image = scratch.resolve("cluster.exr");
    List<Endpoint> three = endpoints.subList(0, 3);
    byte[] expected = ClusterRender.render(scene, SMALL, three, image);
    LossyEndpoints.Loss loss = new LossyEndpoints.Loss(everySoMany, 1.0 / everySoMany, burst);
    LossyEndpoints.install(loss);
    try {
      ClusterConfig config =
          ClusterConfig.builder()
              .workers(three)
              .transport("aeron")
              .multicast(group.isEmpty() ? "" : group + ":" + freePort())
              // a driver of its own, datagrams as on Ethernet, and chunks that are in no cache
              .aeron(AeronConfig.DEFAULTS.withMtuBytes(1408 - 32 * LOSSES.incrementAndGet()))
              .chunkBytes((32 << 10) + 4096 * LOSSES.get())
              .build();
      assertArrayEquals(expected, ClusterRender.render(scene, SMALL, config, image, job -> {}));
    } finally {
      LossyEndpoints.uninstall();
    }
    System.out.println(loss.lost() + " datagrams were lost");
    assertTrue(loss.lost() > 50, () -> "only " + loss.lost() + " datagrams were lost");
  }

  @Test
  void twoHostsOnOneWorkerDisturbNeithersImage() throws Exception {
    Path lights = Path.of("..", "examples", "lights.xml");
    Path textures = Path.of("..", "examples", "textures.xml");
    CyclesSettings longer = CyclesSettings.withSamples(96).withSize(WIDTH, HEIGHT);
    Path image = scratch.resolve("cluster.exr");
    byte[] expectedLights = ClusterRender.render(lights, longer, endpoints, image);
    byte[] expectedTextures = ClusterRender.render(textures, SMALL, endpoints, image);
    List<Endpoint> shared = endpoints.subList(0, 1);
    byte[] beside =
        ClusterRender.render(
            lights,
            longer,
            ClusterRender.over(shared),
            image,
            job ->
                assertArrayEquals(
                    expectedTextures, ClusterRender.render(textures, SMALL, shared, image)));
    assertArrayEquals(expectedLights, beside);
  }

  @ParameterizedTest
  @EnumSource(
      value = Way.class,
      names = {"TCP", "IPC", "MULTICAST"})
  void deathsHangsAndLateComersDoNotChangeABit(Way way) throws Exception {
    Path scene = Path.of("..", "examples", "lights.xml");
    CyclesSettings settings = CyclesSettings.withSamples(96).withSize(240, 136);
    Path image = scratch.resolve("cluster.exr");
    byte[] expected = ClusterRender.render(scene, settings, endpoints.subList(0, 2), image);
    Endpoint reserved = new Endpoint("tcp", "127.0.0.1", freePort());
    List<WorkerProcesses> late = new ArrayList<>();
    try (WorkerProcesses mortal = start(2, WorkerLaunch.of("cycles", 1))) {
      List<Endpoint> cast = new ArrayList<>(mortal.awaitEndpoints());
      cast.add(endpoints.get(0));
      cast.add(reserved);
      ClusterRender.Incident incident =
          job -> {
            ClusterRender.awaitFraction(job, 0.1);
            mortal.get(0).kill();
            mortal.get(1).pause();
            late.add(start(1, WorkerLaunch.of("cycles", 1).withListen(reserved)));
            ClusterRender.awaitFraction(job, 0.6);
            mortal.get(1).resume();
          };
      assertArrayEquals(
          expected, ClusterRender.render(scene, settings, way.to(cast), image, incident));
    } finally {
      late.forEach(WorkerProcesses::close);
    }
  }

  @Test
  void varianceFallsWithTheNumberOfSamples() throws Exception {
    double few = variance(4);
    double many = variance(32);
    // samples that repeat would leave it as it is; Cycles' sequence does better than the 8 of
    // independent ones
    assertTrue(few / many > 5, "variance " + few + " with 4 samples, " + many + " with 32");
  }

  private double variance(int samples) throws Exception {
    int seeds = 6;
    double[][] images = new double[seeds][];
    for (int seed = 0; seed < seeds; seed++) {
      Path scene =
          Native.wrapped(
              Path.of("..", "examples", "meshes.xml"), "seed=\"" + (seed + 1) + "\"", scratch);
      Path image = scratch.resolve("seed.exr");
      ClusterRender.render(
          scene,
          CyclesSettings.withSamples(samples).withSize(64, 36),
          endpoints.subList(0, 3),
          image);
      float[] green = Exr.read(image).channels().get("G");
      images[seed] = new double[green.length];
      for (int i = 0; i < green.length; i++) {
        images[seed][i] = Math.min(green[i], 4);
      }
    }
    double sum = 0;
    for (int i = 0; i < images[0].length; i++) {
      double mean = 0;
      double square = 0;
      for (double[] pixels : images) {
        mean += pixels[i] / seeds;
        square += pixels[i] * pixels[i] / seeds;
      }
      sum += square - mean * mean;
    }
    return sum / images[0].length;
  }

  private static WorkerProcesses start(int count, WorkerLaunch launch) {
    return WorkerProcesses.start(count, launch, line -> System.err.println(line));
  }

  private static int freePort() throws IOException {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void assertClose(Exr expected, Exr actual) {
    assertEquals(expected.channels().keySet(), actual.channels().keySet());
    double sum = 0;
    double max = 0;
    double light = 0;
    long count = 0;
    for (String channel : expected.channels().keySet()) {
      float[] wanted = expected.channels().get(channel);
      float[] got = actual.channels().get(channel);
      for (int i = 0; i < wanted.length; i++) {
        double error = Math.abs(wanted[i] - got[i]) / Math.max(1, Math.abs(wanted[i]));
        assertTrue(
            error <= MAX_ERROR,
            String.format(
                Locale.ROOT,
                "%s(%d,%d): %s instead of %s",
                channel,
                i % WIDTH,
                i / WIDTH,
                got[i],
                wanted[i]));
        sum += error;
        light += channel.equals("A") ? 0 : wanted[i];
        max = Math.max(max, error);
        count++;
      }
    }
    System.out.printf(Locale.ROOT, "max error %.2g, mean error %.2g%n", max, sum / count);
    assertTrue(light > 0, "a black image proves nothing");
    assertTrue(sum / count <= MEAN_ERROR, "mean error " + sum / count);
  }
}
