// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Parts of a range of bytes; those that touch are one. */
final class Extents {
  private final TreeMap<Long, Long> lengths = new TreeMap<>();
  private long totalBytes;

  /** Their lengths' sum. */
  long totalBytes() {
    return totalBytes;
  }

  /** The longest one's length; 0 if there is none. */
  long longest() {
    return lengths.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /** Adds a part, none of which is in here. */
  void add(long offset, long length) {
    totalBytes += length;
    long start = offset;
    long end = offset + length;
    Map.Entry<Long, Long> before = lengths.floorEntry(offset);
    if (before != null && before.getKey() + before.getValue() == offset) {
      start = before.getKey();
    }
    Long after = lengths.remove(end);
    if (after != null) {
      end += after;
    }
    lengths.put(start, end - start);
  }

  /** Takes the first part that is as long; its offset, or empty if there is none. */
  OptionalLong take(long length) {
    for (Map.Entry<Long, Long> extent : lengths.entrySet()) {
      if (extent.getValue() >= length) {
        long offset = extent.getKey();
        remove(offset, extent.getValue(), offset, length);
        return OptionalLong.of(offset);
      }
    }
    return OptionalLong.empty();
  }

  /** Takes the start of the first extent, {@code most} bytes of it or less; there is one. */
  Extent takeFirst(long most) {
    Map.Entry<Long, Long> first = lengths.firstEntry();
    long length = Math.min(most, first.getValue());
    remove(first.getKey(), first.getValue(), first.getKey(), length);
    return new Extent(first.getKey(), length);
  }

  /** Takes the end of the last extent, {@code most} bytes of it or less; there is one. */
  Extent takeLast(long most) {
    Map.Entry<Long, Long> last = lengths.lastEntry();
    long length = Math.min(most, last.getValue());
    long offset = last.getKey() + last.getValue() - length;
    remove(last.getKey(), last.getValue(), offset, length);
    return new Extent(offset, length);
  }

  private void remove(long extent, long extentLength, long offset, long length) {
    totalBytes -= length;
    lengths.remove(extent);
    if (offset > extent) {
      lengths.put(extent, offset - extent);
    }
    long end = offset + length;
    if (end < extent + extentLength) {
      lengths.put(end, extent + extentLength - end);
    }
  }

  /** A part. */
  record Extent(long offset, long length) {}
}
