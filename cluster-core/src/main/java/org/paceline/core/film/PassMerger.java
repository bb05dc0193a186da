// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import java.util.Arrays;
import org.agrona.UnsafeApi;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmPass;
import org.paceline.api.MergeRule;
import org.paceline.api.NativeMemory;

/** Adds rows of pixels to a film, each pass by its rule. */
final class PassMerger {
  private final int stride;
  private final MergeRule[] rules;
  private final boolean sumsOnly;
  private final FilmPass[] cryptomattes;

  PassMerger(FilmLayout layout) {
    stride = layout.stride();
    rules = new MergeRule[stride];
    Arrays.fill(rules, MergeRule.SUM);
    for (FilmPass pass : layout.passes()) {
      Arrays.fill(rules, pass.offset(), pass.offset() + pass.components(), pass.rule());
    }
    sumsOnly = Arrays.stream(rules).allMatch(rule -> rule == MergeRule.SUM);
    cryptomattes =
        layout.passes().stream()
            .filter(pass -> pass.rule() == MergeRule.CRYPTOMATTE)
            .toArray(FilmPass[]::new);
  }

  /**
   * Merges {@code pixels} consecutive pixels.
   *
   * @param first whether the source holds sample 0
   */
  void merge(
      NativeMemory film,
      long filmOffset,
      NativeMemory source,
      long sourceOffset,
      int pixels,
      boolean first) {
    long length = (long) pixels * stride * Float.BYTES;
    film.checkBounds(filmOffset, length);
    source.checkBounds(sourceOffset, length);
    long to = film.address() + filmOffset;
    long from = source.address() + sourceOffset;
    if (sumsOnly) {
      for (long i = 0; i < length; i += Float.BYTES) {
        add(to + i, from + i);
      }
      return;
    }
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int i = 0; i < stride; i++) {
        mergeValue(rules[i], to + (long) i * Float.BYTES, from + (long) i * Float.BYTES, first);
      }
      for (FilmPass pass : cryptomattes) {
        mergePairs(
            to + (long) pass.offset() * Float.BYTES,
            from + (long) pass.offset() * Float.BYTES,
            pass.components());
      }
      to += (long) stride * Float.BYTES;
      from += (long) stride * Float.BYTES;
    }
  }

  private static void mergeValue(MergeRule rule, long to, long from, boolean first) {
    switch (rule) {
      case SUM -> add(to, from);
      case COUNT -> UnsafeApi.putInt(to, UnsafeApi.getInt(to) + UnsafeApi.getInt(from));
      case FIRST -> {
        if (first) {
          UnsafeApi.putInt(to, UnsafeApi.getInt(from));
        }
      }
      case CRYPTOMATTE -> {
        // pairs are merged together, not value by value
      }
    }
  }

  private static void add(long to, long from) {
    UnsafeApi.putFloat(to, UnsafeApi.getFloat(to) + UnsafeApi.getFloat(from));
  }

  /**
   * An id that is there gets the weight, a new one takes the first pair whose id is 0, and when
   * none is free its weight is dropped, as the ids beyond the film's depth always are.
   */
  private static void mergePairs(long to, long from, int components) {
    long end = (long) components * Float.BYTES;
    long pair = 2L * Float.BYTES;
    for (long i = 0; i < end && UnsafeApi.getFloat(from + i) != 0; i += pair) {
      int id = UnsafeApi.getInt(from + i);
      for (long j = 0; j < end; j += pair) {
        boolean free = UnsafeApi.getFloat(to + j) == 0;
        if (free || UnsafeApi.getInt(to + j) == id) {
          UnsafeApi.putInt(to + j, id);
          add(to + j + Float.BYTES, from + i + Float.BYTES);
          break;
        }
      }
    }
  }
}
