// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.api.transport.Endpoint;
import org.paceline.cycles.CyclesDevice;
import org.paceline.cycles.Native;

/** Workers whose kernels use different instruction sets are used, but not without a word. */
@Tag("slow")
@Timeout(300)
class KernelLevelsTest {
  private static final String SCENE = Path.of("..", "examples", "glass.xml").toString();

  @TempDir private Path scratch;

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
    String best = CyclesDevice.bestKernelLevel();
    assumeTrue(!List.of("sse2", "sse3").contains(best), "this CPU has " + best + " only");
  }

  @Test
  void aMixtureIsNamedAndALevelOnTheCommandLineEndsIt() throws Exception {
    try (WorkerProcesses plain = worker("sse2");
        WorkerProcesses other = worker("sse41")) {
      List<Endpoint> first = plain.awaitEndpoints();
      List<Endpoint> second = other.awaitEndpoints();
      try (CliProcess mixed = render("mixed.exr", "", first.get(0), second.get(0))) {
        String warning = mixed.awaitLine(line -> line.contains("instruction sets"));
        assertTrue(
            warning.contains("sse2: ")
                && warning.contains("sse41: ")
                && warning.contains(first.get(0).toString())
                && warning.contains(second.get(0).toString())
                && warning.contains("--kernels LEVEL"),
            warning);
        assertEquals(0, mixed.awaitExit(), mixed.said());
      }
      try (CliProcess chosen = render("sse41.exr", "sse41", first.get(0), second.get(0))) {
        assertEquals(0, chosen.awaitExit(), chosen.said());
        assertTrue(chosen.said().contains("sse41 kernels"), chosen.said());
        assertFalse(chosen.said().contains("instruction sets"), chosen.said());
      }
    }
    assertTrue(Files.exists(scratch.resolve("sse41.exr")));
  }

  @Test
  void workersOfTheRenderItselfHaveItsLevel() throws Exception {
    Path image = scratch.resolve("local.exr");
    try (CliProcess local =
        CliProcess.start(
            "render",
            "--verbose",
            SCENE,
            "--output=" + image,
            "--samples=1",
            "--width=64",
            "--height=36",
            "--workers=1",
            "--kernels=sse2")) {
      assertEquals(0, local.awaitExit(), local.said());
    }
    assertTrue(Files.exists(image));
  }

  private static WorkerProcesses worker(String kernels) {
    return WorkerProcesses.start(
        1, WorkerLaunch.of("cycles", 1).withKernels(kernels), System.err::println);
  }

  private CliProcess render(String image, String kernels, Endpoint... workers) {
    return CliProcess.start(
        "render",
        SCENE,
        "--output=" + scratch.resolve(image),
        "--samples=64",
        "--width=320",
        "--height=180",
        "--worker=" + workers[0] + "," + workers[1],
        "--kernels=" + (kernels.isEmpty() ? "auto" : kernels));
  }
}
