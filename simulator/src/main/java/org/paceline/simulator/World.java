// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

/** What the parts of a simulated cluster share. */
interface World {
  /** What happens when. */
  VirtualTime time();

  /** What has happened. */
  Journal journal();

  /** What all wires have in common. */
  Wire.Conditions conditions();

  /** A clock for a node. */
  SkewedClock clock();

  /** What a worker's duty cycles cost. */
  Node.Costs workerCosts();

  /** Whether every step is looked at, or the time of a large cluster matters more. */
  boolean checksEachStep();

  /** Something is not as it must be; the first time counts. */
  void fail(String sentence);
}
