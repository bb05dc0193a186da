// SPDX-License-Identifier: Apache-2.0
/**
 * What tests and benchmarks want of a Linux machine: several hosts on it, and locales that it may
 * lack. Knows nothing of Paceline. Hosts need root and the programs {@code ip}, {@code tc} and
 * {@code bridge} (Debian: iproute2), locales the program {@code localedef} and its sources (Debian:
 * locales).
 */
package org.paceline.testnet;
