// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that are full, read-only or gone when a file is to be written. */
@Tag("slow")
@Timeout(300)
class FullDiskTest {
  private static final byte[] FORMER = "a good file".getBytes(StandardCharsets.UTF_8);

  /** Its image takes more than {@link #SMALL}. */
  private static final List<String> DEMO =
      List.of("--width=400", "--height=300", "--samples=1", "--workers=1");

  private static final String SMALL = "size=64k";

  @TempDir private Path scratch;
  private Path disk;
  private Path onDisk;
  private Path temporary;

  @BeforeEach
  void makeDirectories() throws IOException {
    disk = Files.createDirectory(scratch.resolve("disk"));
    onDisk = Files.createDirectory(scratch.resolve("on-disk"));
    temporary = Files.createDirectory(scratch.resolve("temporary"));
  }

  @Test
  void theFormerImageStaysAndTheNewOneIsKept() throws Exception {
    Files.write(onDisk.resolve("o.png"), FORMER);
    String said = failing(SMALL, demo("--output=" + disk.resolve("o.png")));
    assertTrue(said.contains(disk.resolve("o.png") + " can't be written: no space left"), said);
    assertTrue(said.contains("the former o.png is unchanged"), said);
    assertFalse(said.contains(".partial"), said);
    assertOnDisk("o.png");
    BufferedImage kept = ImageIO.read(kept(said, "o.png").toFile());
    assertEquals(400, kept.getWidth());
    assertEquals(300, kept.getHeight());
  }

  @ParameterizedTest
  @ValueSource(strings = {"o.png", "o.exr"})
  void anImageOfCyclesIsNeverTorn(String name) throws Exception {
    requireNative();
    Files.write(onDisk.resolve(name), FORMER);
    Path scene = Path.of("..", "examples", "textures.xml");
    List<String> render = new ArrayList<>(List.of("render", scene.toString()));
    render.addAll(List.of("--output=" + disk.resolve(name), "--samples=1"));
    render.addAll(List.of("--width=320", "--height=180"));
    String said = failing(SMALL, render);
    assertTrue(said.contains(disk.resolve(name) + " can't be written: no space left"), said);
    assertFalse(said.contains(".partial"), said);
    assertOnDisk(name);
    Path whole = scratch.resolve(name);
    render.set(2, "--output=" + whole);
    try (CliProcess roomy = CliProcess.start(render.toArray(String[]::new))) {
      assertEquals(ExitCodes.OK, roomy.awaitExit(), roomy.said());
    }
    byte[] expected = Files.readAllBytes(whole);
    assertTrue(expected.length > 64 << 10, "it would have fitted");
    // an .exr's header has the time
    byte[] kept = Files.readAllBytes(kept(said, name));
    assertEquals(expected.length, kept.length);
    assertEquals(-1, Arrays.mismatch(tail(expected), tail(kept)), "another image was kept");
  }

  private static byte[] tail(byte[] file) {
    return Arrays.copyOfRange(file, file.length / 2, file.length);
  }

  @Test
  void whereNothingCanBeKeptItSaysWhatToDo() throws Exception {
    temporary = disk;
    String said = failing(SMALL, demo("--output=" + disk.resolve("o.png")));
    assertTrue(said.contains("it couldn't be kept in " + disk + " either"), said);
    assertTrue(said.contains("with --checkpoint nothing is rendered twice"), said);
    assertOnDisk();
  }

  @Test
  void withACheckpointTheSameCommandWritesTheImageLater() throws Exception {
    temporary = disk;
    Path checkpoint = scratch.resolve("a.ckpt");
    List<String> demo =
        demo("--output=" + disk.resolve("o.png"), "--checkpoint=" + checkpoint, "--resume");
    String said = failing(SMALL, demo);
    assertTrue(said.contains("--resume: it goes on from " + checkpoint), said);
    try (CliProcess roomy = CliProcess.start(demo.toArray(String[]::new))) {
      assertEquals(ExitCodes.OK, roomy.awaitExit(), roomy.said());
      assertTrue(roomy.said().contains("100.0 % is done"), roomy.said());
    }
    assertEquals(400, ImageIO.read(disk.resolve("o.png").toFile()).getWidth());
  }

  @ParameterizedTest
  @ValueSource(strings = {"run.html", "run.json"})
  void aReportThatCanNotBeWrittenDoesNotCostTheImage(String name) throws Exception {
    Files.write(onDisk.resolve(name), FORMER);
    Path image = scratch.resolve("o.png");
    String said = failing("size=4k", demo("--output=" + image, "--report=" + disk.resolve(name)));
    assertTrue(said.contains(disk.resolve(name) + " can't be written: no space left"), said);
    assertTrue(said.lines().anyMatch(image.toString()::equals), said);
    assertOnDisk(name);
    assertEquals(400, ImageIO.read(image.toFile()).getWidth());
  }

  @Test
  void aCheckpointThatHasNoRoomIsSaidAndTheImageComes() throws Exception {
    Path image = scratch.resolve("o.png");
    Path checkpoint = disk.resolve("a.ckpt");
    try (CliProcess demo =
        onSmallDisk(SMALL, demo("--output=" + image, "--checkpoint=" + checkpoint))) {
      assertEquals(ExitCodes.OK, demo.awaitExit(), demo.said());
      assertTrue(
          demo.said().contains("checkpoint " + checkpoint + " can't be written: no space left"),
          demo.said());
    }
    assertOnDisk();
    assertEquals(400, ImageIO.read(image.toFile()).getWidth());
  }

  @Test
  void aReadOnlyDiskIsRefusedBeforeTheRender() throws Exception {
    Mounts.require();
    List<String> readOnly =
        new ArrayList<>(List.of("sh", "-c", "mount -o remount,ro $0 && \"$@\""));
    readOnly.add(disk.toString());
    readOnly.addAll(ChildJvm.command(demo("--output=" + disk.resolve("o.png"))));
    try (CliProcess demo =
        CliProcess.startCommand(Mounts.withDisk(disk, SMALL, onDisk, readOnly))) {
      assertEquals(ExitCodes.USAGE, demo.awaitExit(), demo.said());
      assertTrue(demo.said().contains("can't be written"), demo.said());
    }
  }

  @Test
  void anImageWhoseDirectoryWentAwayIsKept() throws Exception {
    List<String> endless = new ArrayList<>(demo("--output=" + disk.resolve("o.png")));
    endless.add("--samples=100000");
    endless.remove("--samples=1");
    List<String> command = ChildJvm.command(endless);
    command.addAll(0, List.of("env", "TMPDIR=" + temporary));
    try (CliProcess demo = CliProcess.startCommand(command)) {
      demo.awaitSamples(1);
      Files.delete(disk);
      demo.interrupt();
      assertEquals(ExitCodes.FAILED, demo.awaitExit(), demo.said());
      assertTrue(demo.said().contains("can't be written: there is no directory " + disk));
      assertEquals(400, ImageIO.read(kept(demo.said(), "o.png").toFile()).getWidth());
    }
  }

  @Test
  void standardOutputThatIsFullIsAnError() throws Exception {
    List<String> command = ChildJvm.command(List.of("version"));
    command.addAll(0, List.of("sh", "-c", "\"$@\" >/dev/full", "sh"));
    try (CliProcess version = CliProcess.startCommand(command)) {
      assertEquals(ExitCodes.FAILED, version.awaitExit(), version.said());
      assertTrue(version.said().contains("standard output can't be written"), version.said());
    }
  }

  private static void requireNative() {
    assumeFalse(
        System.getProperty(ChildJvm.NATIVE_DIR_PROPERTY, "").isEmpty(),
        "the native bridge is not built");
  }

  private static List<String> demo(String... options) {
    List<String> demo = new ArrayList<>(List.of("demo"));
    demo.addAll(DEMO);
    demo.addAll(List.of(options));
    return demo;
  }

  private CliProcess onSmallDisk(String options, List<String> arguments)
      throws IOException, InterruptedException {
    Mounts.require();
    List<String> command = ChildJvm.command(arguments);
    command.addAll(0, List.of("env", "TMPDIR=" + temporary));
    return CliProcess.startCommand(Mounts.withDisk(disk, options, onDisk, command));
  }

  /** What a command says that must fail. */
  private String failing(String options, List<String> arguments)
      throws IOException, InterruptedException {
    try (CliProcess process = onSmallDisk(options, arguments)) {
      assertEquals(ExitCodes.FAILED, process.awaitExit(), process.said());
      return process.said();
    }
  }

  /** The image that it says it kept. */
  private Path kept(String said, String name) {
    String start = "the image was kept as ";
    String line = said.lines().filter(each -> each.contains(start)).findFirst().orElseThrow();
    Path kept =
        Path.of(line.substring(line.indexOf(start) + start.length(), line.lastIndexOf(": move")));
    assertTrue(kept.startsWith(temporary) && kept.endsWith(name), line);
    return kept;
  }

  /** The disk holds these files, as they were, and nothing else. */
  private void assertOnDisk(String... names) throws IOException {
    try (Stream<Path> files = Files.list(onDisk)) {
      assertEquals(Arrays.asList(names), files.map(Path::getFileName).map(Path::toString).toList());
    }
    for (String name : names) {
      assertArrayEquals(FORMER, Files.readAllBytes(onDisk.resolve(name)));
    }
  }
}
