// SPDX-License-Identifier: Apache-2.0
/**
 * Several hosts on one Linux machine, for tests and benchmarks. Knows nothing of Paceline; needs
 * root and the programs {@code ip}, {@code tc} and {@code bridge} (Debian: iproute2).
 */
package org.paceline.testnet;
