// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import net.openhft.hashing.LongTupleHashFunction;
import org.paceline.core.scene.HostScene;
import org.paceline.core.scene.SceneEntry;

/**
 * What a scene is to those who render it, in 128 bits: everything in its manifest but the history
 * of its edits. Two processes that push the same scene get the same.
 */
final class SceneIdentity {
  private static final Comparator<SceneEntry> BY_KEY =
      Comparator.<SceneEntry, SceneEntry.Sort>comparing(entry -> entry.key().sort())
          .thenComparing(entry -> entry.key().name());

  private SceneIdentity() {}

  /** For people and {@link org.paceline.core.film.CheckpointHeader}. */
  static String of(HostScene scene) {
    List<SceneEntry> entries = scene.entries().stream().sorted(BY_KEY).toList();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(scene.chunkBytes());
      for (SceneEntry entry : entries) {
        out.writeUTF(entry.key().sort().name());
        out.writeUTF(entry.key().name());
        out.writeUTF(entry.kind().name());
        out.writeUTF(entry.content().name());
        out.writeInt(entry.metadata().length);
        out.write(entry.metadata());
        out.writeLong(entry.lengthBytes());
        for (long hash : entry.hashes()) {
          out.writeLong(hash);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing that writes to memory throws it
    }
    long[] hash = LongTupleHashFunction.xx128().hashBytes(bytes.toByteArray());
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(hash[1]) + hex.toHexDigits(hash[0]);
  }
}
