// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

/**
 * How a run ended.
 *
 * @param failure what went wrong, as a sentence; empty if nothing did
 * @param workers how many there were
 * @param traceHash the same for two runs in which the same things happened
 * @param virtualNs how long it took in the cluster's time
 * @param mostEarly the most of a film's samples that were kept aside at once, as a part of all
 * @param steps things that happened
 */
record Outcome(
    String failure, int workers, long traceHash, long virtualNs, double mostEarly, long steps) {
  boolean isFailure() {
    return !failure.isEmpty();
  }
}
