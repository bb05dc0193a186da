// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulator notices mistakes: each of these is found within a few seeds. */
@Tag("slow")
class MutantsTest {
  private static final int SEEDS = 300;

  @TempDir private Path directory;

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void mistakesAreFound(Mutant mutant) throws Throwable {
    String failure = mutant.firstFailure(directory, SEEDS);
    assertNotEquals("", failure);
    System.out.println(mutant + ": " + failure);
  }

  static Stream<Mutant> mistakesAreFound() {
    return Stream.of(
        new Mutant("a pass that comes twice is merged twice")
            .saying(
                "host/HostSession",
                "ofJob != job || !job.outstanding().awaits(unit)",
                "ofJob != job")
            .saying("film/MergedFilm", "else if (nextBlock[cell] == block) {", "else {"),
        new Mutant("blocks are added in the order they come in")
            .saying("film/MergedFilm", "if (nextBlock[cell] < block) {", "if (false) {")
            .saying("film/MergedFilm", "else if (nextBlock[cell] == block) {", "else {"),
        new Mutant("a lost worker's units are forgotten")
            .saying("host/HostSession", "job.scheduler().giveBack(unit);", ""),
        new Mutant("what a cancelled unit left in its slot is merged into the next job")
            .saying("host/HostSession", "ofJob != job ||", "job == null ||")
            .saying(
                "host/WorkerLink", "status == PassStatus.RENDERED", "status != PassStatus.FAILED"),
        new Mutant("a changed buffer doesn't reach the device")
            .saying(
                "worker/DeviceScene",
                "entry.changedIn() <= generation && store.holds(entry)",
                "true"),
        new Mutant("a unit starts one sample late")
            .saying(
                "protocol/MessageWriter",
                ".firstSample(unit.firstSample())",
                ".firstSample(unit.firstSample() + 1)"),
        new Mutant("what a broadcast lost is not asked for again")
            .saying(
                "worker/SceneLoader",
                "if (awaitsChunksOf(message.generation())) { wantMissing(); } }",
                "}")
            .saying("worker/SceneLoader", "wants.hasStalled(now)", "false"),
        new Mutant("a damaged chunk is accepted")
            .saying("scene/SceneStore", "if (hasher.matches(", "if (true || hasher.matches("),
        new Mutant("a pass's memory is used again before it has left")
            .saying(
                "worker/PassSender",
                "sent.peek().position() <= channel.completedPosition()",
                "sent.peek().position() > 0"),
        new Mutant("a commit is done before old memory is out of use")
            .saying(
                "host/HostSession",
                "releases.isEmpty() || usesOlderScenes()",
                "releases.isEmpty()"),
        new Mutant("a silent worker is never given up")
            .saying("Liveness", "return nowNs - lastReceivedNs > timeoutNs;", "return false;"),
        new Mutant("a worker that withdrew is dialled again")
            .saying(
                "host/Dialling",
                "routes.removeIf(route -> route.configured().equals(address));",
                ""),
        new Mutant("a scene store never evicts and knows no budget")
            .saying(
                "scene/SceneCache", "!retired.isEmpty() && neededBytes >", "false && neededBytes >")
            .saying(
                "scene/SceneCache",
                "if (entry.lengthBytes() > budgetBytes - usedBytes)",
                "if (false)"),
        new Mutant("an evicted scene counts as one that is still on its device")
            .saying("worker/SceneLoader", "state = State.EVICTED;", ""),
        new Mutant("an evicted scene doesn't come back")
            .saying("worker/UnitQueue", "scene.restore();", ""),
        new Mutant("each host may take all of a worker's memory")
            .saying("worker/MemoryBudget", "if (lacking > 0) {", "if (false) {"),
        new Mutant("a checkpoint counts cells whose pixels it hasn't got")
            .saying(
                "film/MergedFilm", "copy.pixels().copyFrom(offset, memory, offset, length);", ""),
        new Mutant("a nonsense message ends the agent")
            .saying(
                "worker/WorkerSession",
                "catch (RuntimeException e) {",
                "catch (IllegalStateException e) {"));
  }
}
