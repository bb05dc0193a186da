// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.Set;

/**
 * What a worker session needs to know.
 *
 * @param name what the worker calls itself
 * @param instance of the process: random, the same on all its channels
 * @param machine the machine it runs on
 * @param transports schemes that it can listen for
 * @param key cluster key, or empty
 * @param kernels the device's kernel level
 * @param memoryBytes budget for scenes
 * @param heartbeatTimeoutNs how long a channel may stay silent before it attaches
 */
record WorkerSettings(
    String name,
    byte[] instance,
    String machine,
    Set<String> transports,
    String key,
    String kernels,
    long memoryBytes,
    long heartbeatTimeoutNs) {
  /** The key is nobody's business. */
  @Override
  public String toString() {
    return "WorkerSettings of " + name + " on " + machine;
  }
}
