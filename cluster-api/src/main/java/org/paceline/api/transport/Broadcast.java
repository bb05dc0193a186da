// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import org.agrona.DirectBuffer;
import org.paceline.api.NativeMemory;

/**
 * Messages and region writes to the peers of many channels at once, for about the price of one.
 *
 * <p>What is sent here arrives in order, but in no order relative to what the channels carry
 * themselves, and not surely: a peer that listens late, falls silent or is dropped misses things
 * and is not told. So a broadcast brings what can be checked and asked for again. At a peer, a
 * message goes to the handler of its channel; a write goes to the region registered at its channel
 * under that id, and is skipped, not a fault, where there is none or it doesn't fit.
 *
 * <p>Belongs to the thread that owns the channels, and nothing blocks. One slow peer slows the
 * broadcast; one that is lost holds it up no longer than the heartbeat timeout.
 */
public interface Broadcast extends AutoCloseable {
  /**
   * Asks the channel's peer to listen, as soon as the channel is connected; {@link #reaches} tells
   * when it does. A channel that can't (of another transport, say) is left alone.
   */
  void invite(Channel channel);

  /** Whether the channel is open and its peer listens, as far as is known. */
  boolean reaches(Channel channel);

  /**
   * Sends a message to all who listen, copying it.
   *
   * @param length 1..the channels' {@link Channel#maxMessageLength()}
   * @return the send position after it, or {@link Channel#BACK_PRESSURED}, {@link
   *     Channel#NOT_CONNECTED} (nobody listens), {@link Channel#CLOSED}
   */
  long offer(DirectBuffer buffer, int offset, int length);

  /**
   * Writes into a region of all who listen. {@code source} must stay valid and unchanged until
   * {@link #completedPosition()} has reached the returned position or the broadcast is closed.
   *
   * @return the send position after it, or {@link Channel#BACK_PRESSURED}, {@link
   *     Channel#NOT_CONNECTED} (nobody listens), {@link Channel#CLOSED}
   */
  long write(int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length);

  /**
   * Everything up to this send position has left the memory it was sent from, or is given up as
   * nobody listens any more. Never falls.
   */
  long completedPosition();

  /** Sends what is queued; returns how much was done, 0 when idle. */
  int poll();

  /** Where it goes, for people: {@code 224.20.30.40:4712}. */
  String group();

  /** Ends it; peers hear no more. */
  @Override
  void close();
}
