// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/** How the samples of a render pass are combined into the film. */
public enum MergeRule {
  /** Float sums over samples: combined, diffuse, normal ... */
  SUM,
  /**
   * Written for the first sample only: depth, position, ids. The film keeps the value that holds
   * sample 0.
   */
  FIRST,
  /** An unsigned 32-bit count in the bits of a float slot: Cycles' sample count. */
  COUNT,
  /** Pairs of (id, weight): weights of equal ids add up, new ids take the next free pair. */
  CRYPTOMATTE
}
