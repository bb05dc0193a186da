// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

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
 * broadcast; one that is lost holds it up no longer than the heartbeat timeout. While nobody
 * listens, what was accepted counts as completed.
 */
public interface Broadcast extends Outbound, AutoCloseable {
  /**
   * Asks the channel's peer to listen, as soon as the channel is connected; {@link #reaches} tells
   * when it does. A channel that can't (of another transport, say) is left alone.
   */
  void invite(Channel channel);

  /** Whether the channel is open and its peer listens, as far as is known. */
  boolean reaches(Channel channel);

  /** Sends what is queued; returns how much was done, 0 when idle. */
  int poll();

  /** Where it goes, for people: {@code 224.20.30.40:4712}. */
  String group();

  /** Ends it; peers hear no more. */
  @Override
  void close();
}
