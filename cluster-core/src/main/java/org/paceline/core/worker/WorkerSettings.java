// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

/**
 * What a worker session needs to know.
 *
 * @param name what the worker calls itself
 * @param key cluster key, or empty
 * @param kernels the device's kernel level
 * @param memoryBytes budget for scenes
 * @param heartbeatTimeoutNs how long a channel may stay silent before it attaches
 */
record WorkerSettings(
    String name, String key, String kernels, long memoryBytes, long heartbeatTimeoutNs) {}
