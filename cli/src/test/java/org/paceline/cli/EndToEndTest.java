// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.core.Transports;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** The program as a person uses it, in processes of its own. */
@Tag("slow")
@Timeout(300)
class EndToEndTest {
  /** More than any machine renders during a test. */
  private static final String ENDLESS = "--samples=100000";

  @TempDir private Path directory;

  @Test
  void twoWorkerProcessesRenderAPicture() throws Exception {
    Path output = directory.resolve("with space.png");
    try (CliProcess demo =
        CliProcess.start(
            "demo", "--output=" + output, "--width=64", "--height=40", "--samples=4")) {
      assertEquals(ExitCodes.OK, demo.awaitExit(), demo.said());
      assertTrue(demo.said().contains("2 local workers"), demo.said());
      assertTrue(demo.said().lines().anyMatch(output.toString()::equals), demo.said());
    }
    BufferedImage image = ImageIO.read(output.toFile());
    assertEquals(64, image.getWidth());
    assertEquals(40, image.getHeight());
    assertTrue(colours(image) > 100, "an empty picture");
    assertOnlyFile(output);
  }

  @Test
  void aReportTellsWhatEachWorkerDid() throws Exception {
    Path json = directory.resolve("run.json");
    Path html = directory.resolve("run.html");
    try (CliProcess demo =
        CliProcess.start(
            "demo",
            "--output=" + directory.resolve("a.png"),
            "--width=64",
            "--height=40",
            "--samples=4",
            "--report=" + json,
            "--report=" + html)) {
      assertEquals(ExitCodes.OK, demo.awaitExit(), demo.said());
    }
    Config report = ConfigFactory.parseFile(json.toFile());
    assertEquals("done", report.getString("state"));
    List<? extends Config> workers = report.getConfigList("workers");
    assertEquals(2, workers.size());
    assertEquals(
        64 * 40 * 4, workers.stream().mapToLong(worker -> worker.getLong("mergedSamples")).sum());
    int units = workers.stream().mapToInt(worker -> worker.getConfigList("units").size()).sum();
    Document page =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(wellFormed(html));
    assertEquals(units, page.getElementsByTagName("rect").getLength());
    assertEquals(1 + workers.size(), page.getElementsByTagName("tr").getLength());
  }

  /** A page of ours is XML but for its first lines. */
  private static InputSource wellFormed(Path html) throws IOException {
    String text = Files.readString(html);
    return new InputSource(new StringReader("<html>" + text.substring(text.indexOf("<body>"))));
  }

  @Test
  void autoPicksTheTransportAndSaysWhy(@TempDir Path elsewhere) throws Exception {
    Path output = directory.resolve("auto.png");
    // on a busy machine it takes a while until both have loaded Aeron
    Path config =
        Files.writeString(
            elsewhere.resolve("cluster.conf"), "paceline { heartbeat-timeout = 20s }\n");
    try (CliProcess demo =
        CliProcess.start(
            "demo",
            "--output=" + output,
            "--samples=4",
            "--transport=auto",
            "--config=" + config)) {
      assertEquals(ExitCodes.OK, demo.awaitExit(), demo.said());
      assertTrue(demo.said().contains(" over ipc, it is on this machine"), demo.said());
    }
    assertOnlyFile(output);
  }

  @Test
  void aTransportThatIsNotThereIsAnErrorThatListsThoseThatAre() throws Exception {
    try (CliProcess demo =
        CliProcess.start("demo", "--output=" + directory.resolve("a.png"), "--transport=pigeon")) {
      assertEquals(ExitCodes.FAILED, demo.awaitExit(), demo.said());
      assertTrue(demo.said().contains("no transport 'pigeon'; it has aeron, ipc"), demo.said());
    }
  }

  @Test
  void aTransportThatCannotBeUsedHereIsRefusedWithTheReason() throws Exception {
    assumeTrue(
        new Transports().unavailable().containsKey("rdma"), "this machine has an RDMA device");
    try (CliProcess demo =
        CliProcess.start("demo", "--output=" + directory.resolve("a.png"), "--transport=rdma")) {
      assertEquals(ExitCodes.FAILED, demo.awaitExit(), demo.said());
      assertTrue(demo.said().contains("this host can't use rdma: "), demo.said());
    }
  }

  @Test
  void anInterruptWritesWhatIsDoneAndLeavesNoProcess() throws Exception {
    Path output = directory.resolve("partial.png");
    try (CliProcess demo =
        CliProcess.start("demo", "-o", output.toString(), "--width=64", "--height=40", ENDLESS)) {
      demo.awaitSamples(1);
      List<ProcessHandle> workers = demo.children();
      assertEquals(2, workers.size());
      demo.interrupt();
      assertEquals(ExitCodes.INTERRUPTED, demo.awaitExit(), demo.said());
      assertTrue(demo.said().contains("Interrupted: the image has "), demo.said());
      CliProcess.awaitGone(workers);
    }
    assertTrue(colours(ImageIO.read(output.toFile())) > 100, "an empty picture");
    assertOnlyFile(output);
  }

  @Test
  void workersEndWhenTheirHostIsKilled() throws Exception {
    try (CliProcess demo =
        CliProcess.start("demo", "-o", directory.resolve("a.png").toString(), ENDLESS)) {
      demo.awaitLine(line -> line.contains(" of 100000 samples"));
      List<ProcessHandle> workers = demo.children();
      assertEquals(2, workers.size());
      demo.kill();
      CliProcess.awaitGone(workers);
    }
  }

  @Test
  void aRenderFailsWhenEveryWorkerOfItsOwnDied() throws Exception {
    try (CliProcess demo =
        CliProcess.start("demo", "-o", directory.resolve("a.png").toString(), ENDLESS)) {
      demo.awaitLine(line -> line.contains(" of 100000 samples"));
      demo.children().forEach(ProcessHandle::destroyForcibly);
      assertEquals(ExitCodes.FAILED, demo.awaitExit(), demo.said());
      assertTrue(demo.said().contains("worker 1 was killed"), demo.said());
      assertEquals(
          demo.said().contains("the image has"),
          Files.exists(directory.resolve("a.png")),
          "what was rendered is written");
    }
  }

  @Test
  void aSceneThatDoesNotFitIsRefusedWithTheBudget() throws Exception {
    Path output = directory.resolve("a.png");
    try (CliProcess demo =
        CliProcess.start("demo", "--output=" + output, "--workers=1", "--memory=1MiB")) {
      assertEquals(ExitCodes.FAILED, demo.awaitExit(), demo.said());
      assertTrue(demo.said().contains("no worker can render this"), demo.said());
      assertTrue(demo.said().contains("memory"), demo.said());
    }
  }

  @Test
  void aWorkerTellsWhereItListensAndServesHosts() throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "secret\n");
    try (CliProcess worker = startWorker(key)) {
      String endpoint = endpoint(worker);
      Path output = directory.resolve("remote.png");
      try (CliProcess demo = startDemo(output, endpoint, key)) {
        assertEquals(ExitCodes.OK, demo.awaitExit(), demo.said());
      }
      assertNotNull(ImageIO.read(output.toFile()));
      worker.interrupt();
      assertEquals(ExitCodes.INTERRUPTED, worker.awaitExit(), worker.said());
    }
  }

  @Test
  void aSecondHostIsServedBesideTheFirst() throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "secret\n");
    try (CliProcess worker = startWorker(key)) {
      String endpoint = endpoint(worker);
      try (CliProcess first =
          CliProcess.start(
              "demo",
              "--output=" + directory.resolve("first.png"),
              "--worker=" + endpoint,
              "--key-file=" + key,
              ENDLESS)) {
        first.awaitLine(line -> line.contains(" of 100000 samples"));
        Path output = directory.resolve("second.png");
        try (CliProcess second = startDemo(output, endpoint, key)) {
          assertEquals(ExitCodes.OK, second.awaitExit(), second.said());
        }
        assertTrue(colours(ImageIO.read(output.toFile())) > 100, "an empty picture");
        first.interrupt();
        assertEquals(ExitCodes.INTERRUPTED, first.awaitExit(), first.said());
      }
    }
  }

  @Test
  void anotherKeyIsRefused() throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "secret\n");
    Path wrong = Files.writeString(directory.resolve("wrong"), "guess\n");
    try (CliProcess worker = startWorker(key)) {
      String endpoint = endpoint(worker);
      try (CliProcess demo = startDemo(directory.resolve("a.png"), endpoint, wrong)) {
        assertEquals(ExitCodes.FAILED, demo.awaitExit(), demo.said());
        assertTrue(demo.said().contains("no worker can render this; " + endpoint), demo.said());
        assertTrue(demo.said().contains("key"), demo.said());
      }
    }
  }

  @Test
  void aHostWithoutWorkersSaysWhomItWaitsFor() throws Exception {
    try (CliProcess demo = startDemo(directory.resolve("a.png"), "127.0.0.1:1", null)) {
      String line = demo.awaitLine(candidate -> candidate.startsWith("No worker attached yet"));
      assertTrue(line.contains("127.0.0.1:1"), line);
      demo.interrupt();
      assertEquals(ExitCodes.INTERRUPTED, demo.awaitExit(), demo.said());
      assertTrue(demo.said().contains("no image was written"), demo.said());
    }
  }

  @Test
  void withoutTheNativeBridgeARenderSaysHowToBuildIt() throws Exception {
    Path scene = Files.writeString(directory.resolve("scene.xml"), "<cycles/>\n");
    List<String> command =
        ChildJvm.command(
            List.of("render", scene.toString(), "-o", directory.resolve("a.png").toString()));
    command.add(command.indexOf("-cp"), "-D" + ChildJvm.NATIVE_DIR_PROPERTY + "=" + directory);
    try (CliProcess render = CliProcess.startCommand(command)) {
      assertEquals(ExitCodes.ENVIRONMENT, render.awaitExit(), render.said());
      assertTrue(render.said().contains("./paceline native"), render.said());
    }
  }

  @Test
  void aJvmWithoutTheFlagGetsOneSentence() throws Exception {
    List<String> command = new ArrayList<>(ChildJvm.command(List.of("version")));
    command.remove(ChildJvm.OPENS_FLAG);
    try (CliProcess version = CliProcess.startCommand(command)) {
      assertEquals(ExitCodes.ENVIRONMENT, version.awaitExit(), version.said());
      assertEquals(1, version.said().lines().count(), version.said());
      assertTrue(version.said().contains(ChildJvm.OPENS_FLAG), version.said());
    }
  }

  private static CliProcess startWorker(Path key) {
    return CliProcess.start(
        "worker", "--listen=127.0.0.1:0", "--device=reference", "--threads=1", "--key-file=" + key);
  }

  private static String endpoint(CliProcess worker) throws InterruptedException {
    return worker
        .awaitLine(line -> line.startsWith(WorkerCommand.LISTENING))
        .substring(WorkerCommand.LISTENING.length());
  }

  private static CliProcess startDemo(Path output, String worker, Path key) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "demo",
                "--output=" + output,
                "--width=64",
                "--height=40",
                "--samples=2",
                "--worker=" + worker));
    if (key != null) {
      args.add("--key-file=" + key);
    }
    return CliProcess.start(args.toArray(String[]::new));
  }

  private static long colours(BufferedImage image) {
    int[] pixels =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    return Arrays.stream(pixels).distinct().count();
  }

  private void assertOnlyFile(Path expected) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(expected), files.toList());
    }
  }
}
