// SPDX-License-Identifier: Apache-2.0
/** Moves bytes with Aeron: UDP unicast, broadcast over multicast or MDC, and IPC. */
package org.paceline.transport.aeron;
