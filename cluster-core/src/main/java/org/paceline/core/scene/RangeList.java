// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.Arrays;

/** Collects chunks into triples (entry index, first chunk, chunk count), joining neighbours. */
final class RangeList {
  private int[] triples = new int[12];
  private int size;

  void add(int index, int chunk) {
    if (size > 0 && triples[size - 3] == index && triples[size - 2] + triples[size - 1] == chunk) {
      triples[size - 1]++;
      return;
    }
    if (size == triples.length) {
      triples = Arrays.copyOf(triples, 2 * size);
    }
    triples[size] = index;
    triples[size + 1] = chunk;
    triples[size + 2] = 1;
    size += 3;
  }

  int[] toArray() {
    return Arrays.copyOf(triples, size);
  }
}
