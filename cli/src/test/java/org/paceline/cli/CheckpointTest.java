// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hosts that are killed, and what they find when they come back. */
@Tag("slow")
@Timeout(300)
class CheckpointTest {
  private static final String[] SIZE = {"--width=48", "--height=40", "--samples=600"};
  private static final long LIMIT_SECONDS = 90;

  @TempDir private Path directory;
  private Path checkpoint;

  @BeforeEach
  void name() {
    checkpoint = directory.resolve("a.ckpt");
  }

  @Test
  void aHostThatIsKilledAtAnyTimeLosesNothing() throws Exception {
    Path whole = directory.resolve("whole.ckpt");
    try (CliProcess uninterrupted = demo(whole)) {
      assertEquals(ExitCodes.OK, uninterrupted.awaitExit(), uninterrupted.said());
    }
    Files.delete(directory.resolve("a.png"));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    double last = 0;
    for (int crash = 0; crash < 3; crash++) {
      try (CliProcess host = demo(checkpoint, "--resume")) {
        if (crash > 0) {
          double from = percentGoneOnFrom(host);
          assertTrue(from >= last, "from " + from + " % after " + last + " %, seed " + seed);
          last = from;
        }
        awaitNewFile();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(250)); // the instant of the crash
        host.kill();
        host.awaitExit();
      }
    }
    assertTrue(last > 0, "seed " + seed);
    try (CliProcess host = demo(checkpoint, "--resume")) {
      assertTrue(percentGoneOnFrom(host) >= last, host.said());
      assertEquals(ExitCodes.OK, host.awaitExit(), host.said());
    }
    assertEquals(-1, Files.mismatch(whole, checkpoint), "other bits, seed " + seed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--resume | name the file",
        "--checkpoint %s/none/a | there is no directory",
        "--checkpoint %s | is a directory",
        "--checkpoint %s/a --checkpoint-interval soon | 'soon' is no time",
        "--checkpoint %s/a --checkpoint-interval 0s | '0s' is no time",
        "--checkpoint %s/there | add --resume to go on from it"
      })
  void wrongArgumentsEndBeforeTheRenderBegins(String options, String expected) throws Exception {
    Files.createFile(directory.resolve("there"));
    List<String> args = new ArrayList<>(List.of("demo", "-o", directory + "/a.png"));
    args.addAll(List.of(options.replace("%s", directory.toString()).split(" ")));
    CliRun run = CliRun.of(args.toArray(String[]::new));
    assertEquals(ExitCodes.USAGE, run.exitCode(), run.err());
    assertTrue(run.err().contains(expected), run.err());
  }

  @Test
  void anInterruptedRenderGoesOnWhereItStopped() throws Exception {
    String[] options = {"--checkpoint-interval=1h", "--samples=10000"};
    try (CliProcess host = small(options)) {
      host.awaitSamples(10);
      host.interrupt();
      assertEquals(ExitCodes.INTERRUPTED, host.awaitExit(), host.said());
      assertTrue(host.said().contains("--resume goes on from " + checkpoint), host.said());
    }
    try (CliProcess host = small(options[0], options[1], "--resume")) {
      assertTrue(percentGoneOnFrom(host) > 0, host.said());
    }
  }

  @Test
  void aFinishedRenderNeedsNoWorkerToComeBack() throws Exception {
    try (CliProcess host = small("--samples=8", "--workers=1")) {
      assertEquals(ExitCodes.OK, host.awaitExit(), host.said());
    }
    Path image = directory.resolve("a.png");
    byte[] first = Files.readAllBytes(image);
    Files.delete(image);
    try (CliProcess host = small("--samples=8", "--resume", "--worker=127.0.0.1:1")) {
      assertEquals(100, percentGoneOnFrom(host));
      assertEquals(ExitCodes.OK, host.awaitExit(), host.said());
    }
    assertArrayEquals(first, Files.readAllBytes(image));
  }

  @Test
  void aTornFileIsSaidAndAnotherRendersIsRefused() throws Exception {
    try (CliProcess host = small("--samples=8")) {
      assertEquals(ExitCodes.OK, host.awaitExit(), host.said());
    }
    byte[] whole = Files.readAllBytes(checkpoint);
    Files.move(checkpoint, directory.resolve("a.ckpt.previous"));
    Files.write(checkpoint, Arrays.copyOf(whole, whole.length - 1));
    try (CliProcess host = small("--samples=8", "--resume")) {
      assertEquals(100, percentGoneOnFrom(host));
      assertEquals(ExitCodes.OK, host.awaitExit(), host.said());
      assertTrue(host.said().contains("; going on from a.ckpt.previous"), host.said());
    }
    try (CliProcess host = small("--samples=9", "--resume")) {
      assertEquals(ExitCodes.FAILED, host.awaitExit(), host.said());
      assertTrue(host.said().contains("is of another render: its samples is '8'"), host.said());
    }
    assertEquals(whole.length - 1, Files.size(checkpoint), "nothing was overwritten");
  }

  @Test
  void aCheckpointThatCanNotBeWrittenIsSaidOnceAndTheImageComes() throws Exception {
    Path inTheWay = Files.createDirectory(directory.resolve("a.ckpt.partial"));
    Files.createFile(inTheWay.resolve("file"));
    try (CliProcess host = demo(checkpoint, "--checkpoint-interval=50ms")) {
      assertEquals(ExitCodes.OK, host.awaitExit(), host.said());
      long times = host.said().lines().filter(line -> line.contains("can't be written")).count();
      assertEquals(1, times, host.said());
    }
    assertTrue(Files.exists(directory.resolve("a.png")));
    assertFalse(Files.exists(checkpoint));
  }

  @Test
  void aCyclesSceneIsTheSameInAnotherProcessAndAnEditedOneIsNot() throws Exception {
    assumeFalse(
        System.getProperty(ChildJvm.NATIVE_DIR_PROPERTY, "").isEmpty(),
        "the native bridge is not built");
    // glass has buffers that are different bytes in each process
    Path examples = Path.of("..", "examples");
    Path scene = Files.copy(examples.resolve("glass.xml"), directory.resolve("glass.xml"));
    Path shapes = Files.createDirectory(directory.resolve("shapes"));
    try (Stream<Path> files = Files.list(examples.resolve("shapes"))) {
      for (Path file : files.toList()) {
        Files.copy(file, shapes.resolve(file.getFileName()));
      }
    }
    try (CliProcess host = render(scene)) {
      host.awaitSamples(20);
      host.interrupt();
      assertEquals(ExitCodes.INTERRUPTED, host.awaitExit(), host.said());
    }
    try (CliProcess host = render(scene, "--resume")) {
      assertTrue(percentGoneOnFrom(host) > 0, host.said());
      host.kill();
    }
    Files.writeString(scene, Files.readString(scene) + "<!-- edited -->");
    try (CliProcess host = render(scene, "--resume")) {
      assertEquals(ExitCodes.FAILED, host.awaitExit(), host.said());
      assertTrue(host.said().contains("its scene is another one, or has changed"), host.said());
      assertTrue(host.said().contains("newer than the checkpoint: glass.xml"), host.said());
    }
  }

  private CliProcess render(Path scene, String... more) {
    List<String> args = new ArrayList<>(List.of("render", scene.toString()));
    args.addAll(List.of("--output=" + directory + "/a.exr", "--checkpoint=" + checkpoint));
    args.addAll(List.of("--width=64", "--height=36", "--samples=20000"));
    args.addAll(List.of(more));
    return CliProcess.start(args.toArray(String[]::new));
  }

  private CliProcess demo(Path file, String... more) {
    List<String> args = new ArrayList<>(List.of("demo", "--output=" + directory + "/a.png"));
    args.addAll(List.of(SIZE));
    args.add("--checkpoint=" + file);
    List<String> others = List.of(more);
    if (others.stream().noneMatch(option -> option.startsWith("--checkpoint-interval"))) {
      args.add("--checkpoint-interval=100ms");
    }
    args.addAll(others);
    return CliProcess.start(args.toArray(String[]::new));
  }

  private CliProcess small(String... more) {
    List<String> args = new ArrayList<>(List.of("demo", "--output=" + directory + "/a.png"));
    args.addAll(List.of("--width=40", "--height=40", "--checkpoint=" + checkpoint));
    args.addAll(List.of(more));
    return CliProcess.start(args.toArray(String[]::new));
  }

  private static double percentGoneOnFrom(CliProcess host) throws InterruptedException {
    String line = host.awaitLine(candidate -> candidate.startsWith("Going on from "));
    return Double.parseDouble(line.replaceAll(".*: ([0-9.]+) % is done", "$1"));
  }

  /** Waits until a checkpoint was written from now on, or the render is done. */
  private void awaitNewFile() throws Exception {
    Object before = key();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (key().equals(before) && !Files.exists(directory.resolve("a.png"))) {
      assertTrue(System.nanoTime() - deadline < 0, "no checkpoint is written");
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private Object key() throws Exception {
    try {
      return Files.getAttribute(checkpoint, "unix:ino");
    } catch (NoSuchFileException absent) {
      return "none"; // for an instant also while a new one takes its place
    }
  }
}
