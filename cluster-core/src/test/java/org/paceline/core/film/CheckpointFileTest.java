// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.paceline.api.CheckpointException;
import org.paceline.api.FileWriteException;
import org.paceline.api.FilmLayout;
import org.paceline.api.RenderRequest;

/** What is written comes back, and what was cut off or damaged never does. */
class CheckpointFileTest {
  private static final RenderRequest REQUEST = new RenderRequest(40, 35, 50, RandomFilm.LAYOUT);
  private static final int BLOCKS = new SampleBlocks(50).count();

  @TempDir private Path directory;
  private Path path;
  private Path partial;
  private Path previous;
  private final FilmContent first = RandomFilm.content(REQUEST, new Random(1));
  private final FilmContent second = RandomFilm.content(REQUEST, new Random(2));
  private final FilmContent read = RandomFilm.content(REQUEST, new Random(3));

  @BeforeEach
  void name() {
    path = directory.resolve("a.ckpt");
    partial = directory.resolve("a.ckpt.partial");
    previous = directory.resolve("a.ckpt.previous");
  }

  @AfterEach
  void release() {
    first.close();
    second.close();
    read.close();
  }

  @Test
  void whatIsWrittenComesBack() throws IOException {
    CheckpointFile file = file();
    file.write(first);
    assertReads(first);
    file.write(second);
    assertReads(second);
    assertTrue(Files.exists(previous));
    assertFalse(Files.exists(partial));
  }

  @Test
  void withoutAFileThereIsNothingToGoOnFrom() throws IOException {
    assertFalse(file().read(read));
    assertNothing();
    // the crash came while the first one was written
    file().write(first);
    byte[] whole = Files.readAllBytes(path);
    Files.delete(path);
    Files.write(partial, Arrays.copyOf(whole, whole.length - 1));
    assertFalse(file().read(read));
    assertNothing();
  }

  @Test
  void aFileCutOffAnywhereIsNotUsedAndTheOneBeforeIs() throws IOException {
    writeBoth();
    byte[] whole = Files.readAllBytes(path);
    for (int length = 0; length < whole.length; length += step(length, whole.length)) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertReads(first);
    }
    Files.write(path, Arrays.copyOf(whole, whole.length + 1));
    assertReads(first);
  }

  @Test
  void aFlippedBitAnywhereIsNoticed() throws IOException {
    writeBoth();
    byte[] whole = Files.readAllBytes(path);
    Random random = new Random(5);
    for (int at = 0; at < whole.length; at += step(at, whole.length)) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(path, damaged);
      assertReads(first);
    }
  }

  @Test
  void aCrashAtAnyStepOfAWriteLeavesAWholeOne() throws IOException {
    writeBoth();
    byte[] older = Files.readAllBytes(previous);
    byte[] newer = Files.readAllBytes(path);
    // while the next one is written
    Files.write(partial, Arrays.copyOf(newer, newer.length / 2));
    assertReads(second);
    // between the two renames
    Files.delete(path);
    Files.write(partial, newer);
    Files.write(previous, older);
    assertReads(second);
    assertArrayEquals(newer, Files.readAllBytes(path));
    // the same, and a disk that lost the end of the new one all the same
    Files.delete(path);
    Files.write(partial, Arrays.copyOf(newer, newer.length - 1));
    assertReads(first);
  }

  @Test
  void aDamagedFileDoesNotTakeThePlaceOfTheWholeOneBefore() throws IOException {
    writeBoth();
    byte[] whole = Files.readAllBytes(previous);
    Files.write(path, new byte[] {1, 2, 3});
    CheckpointFile file = file();
    assertTrue(file.read(read));
    file.write(second);
    assertReads(second);
    assertArrayEquals(whole, Files.readAllBytes(previous));
  }

  @Test
  void whenNoneIsWholeAllStaysAsItIs() throws IOException {
    writeBoth();
    Files.write(path, new byte[1000]);
    Files.write(previous, new byte[0]);
    Map<Path, byte[]> before = files();
    CheckpointException refused = assertThrows(CheckpointException.class, () -> file().read(read));
    assertTrue(refused.getMessage().contains(path + " can't be used"), refused.getMessage());
    assertTrue(refused.getMessage().contains(previous + " can't be used"), refused.getMessage());
    assertEquals(before.keySet(), files().keySet());
    before.forEach((file, bytes) -> assertArrayEquals(bytes, files().get(file)));
  }

  @ParameterizedTest
  @CsvSource({
    "other, device, 40, 35, 50, 'its scene is another one, or has changed since'",
    "scene, other, 40, 35, 50, 'its renderer is ''device'''",
    "scene, device, 41, 35, 50, 'its size is ''40x35'', and this one''s is ''41x35'''",
    "scene, device, 40, 350000, 50, 'its size is'",
    "scene, device, 40, 35, 60, 'its samples is ''50'', and this one''s is ''60'''"
  })
  void anotherRenderIsRefusedAndSaid(
      String scene, String device, int width, int height, int samples, String expected)
      throws IOException {
    writeBoth();
    RenderRequest request =
        new RenderRequest(width, Math.min(height, 65_536), samples, RandomFilm.LAYOUT);
    CheckpointFile other =
        new CheckpointFile(path, CheckpointHeader.of(scene, device, request), BLOCKS);
    CheckpointException refused = assertThrows(CheckpointException.class, () -> other.read(read));
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
  }

  @Test
  void otherPassesAreRefused() throws IOException {
    writeBoth();
    RenderRequest request = new RenderRequest(40, 35, 50, FilmLayout.combined());
    CheckpointFile other =
        new CheckpointFile(path, CheckpointHeader.of("scene", "device", request), BLOCKS);
    CheckpointException refused = assertThrows(CheckpointException.class, () -> other.read(read));
    assertTrue(refused.getMessage().contains("its film is '8 floats"), refused.getMessage());
  }

  @Test
  void blocksThatCanNotBeAreDamage() throws IOException {
    first.mergedBlocks()[2] = BLOCKS + 1;
    file().write(first);
    assertThrows(CheckpointException.class, () -> file().read(read));
  }

  @Test
  void anExistingFileIsNotOverwrittenByARenderThatBegins() throws IOException {
    file().requireAbsent();
    writeBoth();
    Files.delete(path);
    CheckpointException refused =
        assertThrows(CheckpointException.class, () -> file().requireAbsent());
    assertTrue(refused.getMessage().contains(previous.toString()), refused.getMessage());
  }

  @Test
  void aFileThatCanNotBeWrittenLeavesTheOneBefore() throws IOException {
    CheckpointFile file = file();
    file.write(first);
    Files.createDirectory(partial);
    FileWriteException failed = assertThrows(FileWriteException.class, () -> file.write(second));
    assertTrue(failed.getMessage().startsWith(path.toString()), failed.getMessage());
    assertReads(first);
    // somebody tidied up meanwhile
    Files.deleteIfExists(partial);
    Files.delete(path);
    file.write(second);
    assertReads(second);
  }

  /** Every byte near the ends, where the structure is, and some of the pixels between. */
  private static int step(int at, int length) {
    return at < 512 || at > length - 64 ? 1 : Math.min(61, length - 63 - at);
  }

  private CheckpointFile file() {
    return new CheckpointFile(path, CheckpointHeader.of("scene", "device", REQUEST), BLOCKS);
  }

  private void writeBoth() throws IOException {
    CheckpointFile file = file();
    file.write(first);
    file.write(second);
  }

  private void assertReads(FilmContent expected) {
    assertTrue(file().read(read));
    assertArrayEquals(expected.mergedBlocks(), read.mergedBlocks());
    assertArrayEquals(RandomFilm.bytes(expected.pixels()), RandomFilm.bytes(read.pixels()));
  }

  private void assertNothing() {
    assertArrayEquals(new int[read.mergedBlocks().length], read.mergedBlocks());
    byte[] pixels = RandomFilm.bytes(read.pixels());
    assertArrayEquals(new byte[pixels.length], pixels);
  }

  private Map<Path, byte[]> files() {
    Map<Path, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.toList()) {
        files.put(file, Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return files;
  }
}
