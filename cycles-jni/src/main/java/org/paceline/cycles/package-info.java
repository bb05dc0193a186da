// SPDX-License-Identifier: Apache-2.0
/**
 * Cycles on both ends of a session: {@link org.paceline.cycles.CyclesScene} is what a host renders,
 * {@link org.paceline.cycles.CyclesDevice} what a worker renders with.
 *
 * <p>The work is done by a native library, {@code libpaceline_cycles}, that {@code ./paceline
 * native} builds. Nothing here knows transports or the wire protocol.
 */
package org.paceline.cycles;
