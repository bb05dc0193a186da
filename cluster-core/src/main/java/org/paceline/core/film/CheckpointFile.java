// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.openhft.hashing.LongTupleHashFunction;
import org.paceline.api.CheckpointException;
import org.paceline.api.FileWriteException;
import org.paceline.api.NativeMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A film on disk, which a crash at any instant leaves whole. Belongs to one thread.
 *
 * <pre>
 *   text    what it is of ({@link CheckpointHeader}), ends with an empty line
 *   16 B    xxh128 of the text
 *   4 B     for each cell: blocks merged
 *   ...     pixels
 *   16 B    xxh128 of the blocks and of the xxh128 of the pixels
 * </pre>
 *
 * <p>Integers are big-endian, pixels as they are in memory. A new checkpoint is written to {@code
 * FILE.partial} and forced to the disk; then FILE becomes {@code FILE.previous} and the new one
 * FILE. So whichever step a crash cuts short, one of the three is whole.
 */
public final class CheckpointFile {
  private static final Logger LOGGER = LoggerFactory.getLogger(CheckpointFile.class);
  private static final LongTupleHashFunction XXH128 = LongTupleHashFunction.xx128();
  private static final int HASH_BYTES = 2 * Long.BYTES;
  private static final int PIECE_BYTES = 1 << 20;

  /** Bytes of a damaged or a future version's file that are looked at for its header. */
  private static final int MAX_HEADER_BYTES = 1 << 16;

  private final Path file;
  private final Path partial;
  private final Path previous;
  private final CheckpointHeader header;
  private final int blocks;
  private boolean fileIsWhole;

  /**
   * A file that needn't exist.
   *
   * @param blocks blocks of samples that each cell has
   */
  public CheckpointFile(Path file, CheckpointHeader header, int blocks) {
    this.file = file.toAbsolutePath();
    this.header = header;
    this.blocks = blocks;
    partial = sibling(".partial");
    previous = sibling(".previous");
  }

  private Path sibling(String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /**
   * For a render that begins: it would overwrite what it doesn't go on from.
   *
   * @throws CheckpointException if there is a checkpoint
   */
  public void requireAbsent() {
    for (Path there : List.of(file, previous)) {
      if (Files.exists(there)) {
        throw new CheckpointException(
            "checkpoint " + there + " is there already; resume it, or remove it");
      }
    }
  }

  /**
   * Replaces the checkpoint.
   *
   * @throws FileWriteException if it can't be written; the former one is whole then
   */
  public void write(FilmContent content) {
    try {
      replace(content);
    } catch (IOException e) {
      throw FileWriteException.of(file, e);
    }
  }

  private void replace(FilmContent content) throws IOException {
    try (FileOutputStream out = new FileOutputStream(partial.toFile())) {
      writeTo(out, content);
      out.getFD().sync();
    } catch (IOException e) {
      Files.deleteIfExists(partial); // a full disk has better use for it
      throw e;
    }
    if (fileIsWhole && Files.exists(file)) {
      Files.move(file, previous, ATOMIC_MOVE);
    }
    Files.move(partial, file, ATOMIC_MOVE);
    fileIsWhole = true;
    try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private void writeTo(OutputStream out, FilmContent content) throws IOException {
    byte[] head = header.encode();
    out.write(head);
    out.write(hash(head));
    byte[] merged = encode(content.mergedBlocks());
    out.write(merged);
    NativeMemory pixels = content.pixels();
    byte[] piece = new byte[PIECE_BYTES];
    for (long at = 0; at < pixels.lengthBytes(); at += piece.length) {
      int length = (int) Math.min(piece.length, pixels.lengthBytes() - at);
      pixels.getBytes(at, piece, 0, length);
      out.write(piece, 0, length);
    }
    out.write(hash(merged, pixels));
  }

  /**
   * Reads the newest checkpoint that is whole.
   *
   * @param content overwritten; empty if there is none
   * @return whether there is one
   * @throws CheckpointException if it is of another render, or none is whole; nothing has changed
   *     on the disk then
   */
  public boolean read(FilmContent content) {
    List<String> problems = new ArrayList<>();
    for (Path candidate : List.of(file, partial, previous)) {
      if (!Files.exists(candidate)) {
        continue;
      }
      try {
        readFrom(candidate, content);
        goOnFrom(candidate);
        if (!problems.isEmpty()) {
          LOGGER.warn("{}; going on from {}", problems.get(0), candidate.getFileName());
        }
        return true;
      } catch (IOException e) {
        // a crash while a new one was written is what leaves half a partial one
        if (!candidate.equals(partial)) {
          problems.add("checkpoint " + candidate + " can't be used: " + e.getMessage());
        }
      }
    }
    if (problems.isEmpty()) {
      content.clear();
      return false;
    }
    throw new CheckpointException(
        String.join("; ", problems) + "; remove what is left of it to start from the beginning");
  }

  /** A file that isn't whole must not take the place of the one before it. */
  private void goOnFrom(Path candidate) throws IOException {
    if (candidate.equals(partial)) {
      Files.move(partial, file, ATOMIC_MOVE);
    }
    fileIsWhole = !candidate.equals(previous);
  }

  private void readFrom(Path path, FilmContent content) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] expected = header.encode();
      byte[] start = in.readNBytes(expected.length);
      if (!Arrays.equals(expected, start)) {
        throw isOfAnotherRender(path, start, in);
      }
      require(Arrays.equals(hash(start), in.readNBytes(HASH_BYTES)), "its header is damaged");
      int mergedBytes = content.mergedBlocks().length * Integer.BYTES;
      long length =
          start.length + HASH_BYTES + mergedBytes + content.pixels().lengthBytes() + HASH_BYTES;
      long actual = Files.size(path);
      require(actual == length, "it has " + actual + " bytes and should have " + length);
      byte[] merged = in.readNBytes(mergedBytes);
      readPixels(in, content.pixels());
      byte[] hash = in.readNBytes(HASH_BYTES);
      require(
          merged.length == mergedBytes && Arrays.equals(hash(merged, content.pixels()), hash),
          "its content is damaged");
      decode(merged, content.mergedBlocks());
    }
  }

  private static void readPixels(InputStream in, NativeMemory pixels) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (long at = 0; at < pixels.lengthBytes(); at += piece.length) {
      int length = (int) Math.min(piece.length, pixels.lengthBytes() - at);
      require(in.readNBytes(piece, 0, length) == length, "it ends early");
      pixels.putBytes(at, piece, 0, length);
    }
  }

  /** The exception to throw: damaged, unless a whole header says that it is another's. */
  private IOException isOfAnotherRender(Path path, byte[] start, InputStream in)
      throws IOException {
    byte[] bytes = Arrays.copyOf(start, start.length + MAX_HEADER_BYTES);
    bytes =
        Arrays.copyOf(bytes, start.length + in.readNBytes(bytes, start.length, MAX_HEADER_BYTES));
    int length = CheckpointHeader.encodedLength(bytes);
    if (length >= 0 && length + HASH_BYTES <= bytes.length) {
      byte[] other = Arrays.copyOf(bytes, length);
      byte[] hash = Arrays.copyOfRange(bytes, length, length + HASH_BYTES);
      if (Arrays.equals(hash(other), hash)) {
        throw new CheckpointException(
            "checkpoint "
                + path
                + " is of another render: "
                + header.difference(CheckpointHeader.decode(other))
                + "; render that one, or name another file");
      }
    }
    return new IOException("it is damaged, or no checkpoint");
  }

  private void decode(byte[] merged, int[] mergedBlocks) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(merged);
    for (int cell = 0; cell < mergedBlocks.length; cell++) {
      mergedBlocks[cell] = in.getInt();
      require(
          mergedBlocks[cell] >= 0 && mergedBlocks[cell] <= blocks,
          "cell " + cell + " has " + mergedBlocks[cell] + " of " + blocks + " blocks");
    }
  }

  private static byte[] encode(int[] mergedBlocks) {
    ByteBuffer out = ByteBuffer.allocate(mergedBlocks.length * Integer.BYTES);
    out.asIntBuffer().put(mergedBlocks);
    return out.array();
  }

  private static byte[] hash(byte[] merged, NativeMemory pixels) {
    byte[] both = Arrays.copyOf(merged, merged.length + HASH_BYTES);
    byte[] ofPixels = encode(XXH128.hashMemory(pixels.address(), pixels.lengthBytes()));
    System.arraycopy(ofPixels, 0, both, merged.length, HASH_BYTES);
    return hash(both);
  }

  private static byte[] hash(byte[] bytes) {
    return encode(XXH128.hashBytes(bytes));
  }

  private static byte[] encode(long[] hash) {
    return ByteBuffer.allocate(HASH_BYTES).putLong(hash[0]).putLong(hash[1]).array();
  }

  private static void require(boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException(otherwise);
    }
  }

  @Override
  public String toString() {
    return "checkpoint " + file;
  }
}
