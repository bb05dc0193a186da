// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import org.paceline.api.NativeMemory;

/**
 * One ordered, reliable link between a host and a worker with two primitives: a message, and a
 * write into a region that the peer registered.
 *
 * <p>Nothing blocks. All calls come from one owner thread, which calls {@link #poll} regularly: it
 * drives sending, too. A peer that breaks the channel's rules (bad framing, too long a message, an
 * unknown region, a write outside it) closes the channel; {@link #closeReason} tells.
 */
public interface Channel extends Outbound, AutoCloseable {
  /** Bytes received so far, more and more also while a large write is still arriving. */
  long receivedBytes();

  /**
   * Lets the peer write into {@code memory} under {@code regionId}, until {@link #unregister} or
   * close. The memory must stay valid for that long. The peer may do so once it has a message that
   * was sent after this call.
   *
   * @throws IllegalArgumentException if the id is taken
   */
  void register(int regionId, NativeMemory memory);

  /** Ends a registration: a write to it that is arriving, or comes later, closes the channel. */
  void unregister(int regionId);

  /**
   * Sends what is queued, receives, and hands at most {@code limit} messages to {@code handler}.
   *
   * @return how much was done; 0 when idle
   */
  int poll(MessageHandler handler, int limit);

  /**
   * Has the owner thread's sockets tell this channel when something arrives, and end a wait then;
   * called once, before the first {@link #poll}.
   *
   * @return false where the transport has no sockets: then only {@link #poll} finds out
   */
  default boolean watch(Sockets sockets) {
    return false;
  }

  /** Whether messages can be exchanged. */
  boolean isConnected();

  /** Whether the channel has ended; it never comes back. */
  boolean isClosed();

  /** Why it closed, as a sentence; empty while open. */
  String closeReason();

  /** The peer, for people. */
  String peer();

  /** Longest message in bytes, at least 64 KiB. */
  int maxMessageLength();

  /**
   * Closes after what was accepted so far has been handed to the system, as far as that needs no
   * waiting.
   */
  @Override
  void close();

  /** Closes for a reason found by the layer above, which {@link #closeReason} then tells. */
  void close(String reason);
}
