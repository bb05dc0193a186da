// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import org.agrona.DirectBuffer;
import org.paceline.api.NativeMemory;

/**
 * The two primitives, towards one peer ({@link Channel}) or many ({@link Broadcast}): a message,
 * and a write into a region that the peer registered.
 *
 * <p>What was accepted takes effect at a peer in the order in which it was accepted here, so a
 * message that follows a write announces it. All calls come from one owner thread; nothing blocks.
 */
public interface Outbound {
  /** Returned when the send queue is full: poll, and try again later. */
  long BACK_PRESSURED = -1;

  /** Returned while there is no connection yet; by a broadcast while nobody listens. */
  long NOT_CONNECTED = -2;

  /** Returned after the channel or broadcast closed, for whatever reason. */
  long CLOSED = -3;

  /**
   * Sends a message, copying it.
   *
   * @param length 1..the channel's {@link Channel#maxMessageLength()}
   * @return the send position after it, or {@link #BACK_PRESSURED}, {@link #NOT_CONNECTED}, {@link
   *     #CLOSED}
   * @throws IllegalArgumentException if the length is wrong
   * @throws IndexOutOfBoundsException if the message lies outside the buffer
   */
  long offer(DirectBuffer buffer, int offset, int length);

  /**
   * Writes {@code length} bytes into the peer's region at {@code regionOffset}, without copying
   * them here where the transport can: {@code source} must stay valid and unchanged until {@link
   * #completedPosition()} has reached the returned position or this has closed.
   *
   * @return the send position after it, or {@link #BACK_PRESSURED}, {@link #NOT_CONNECTED}, {@link
   *     #CLOSED}
   * @throws IllegalArgumentException if the region offset is negative
   * @throws IndexOutOfBoundsException if the bytes lie outside the source
   */
  long write(int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length);

  /** Everything up to this send position has left the memory it was sent from. Never falls. */
  long completedPosition();
}
