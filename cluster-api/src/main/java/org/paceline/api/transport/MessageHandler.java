// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import org.agrona.DirectBuffer;

/** Receives a channel's messages. */
@FunctionalInterface
public interface MessageHandler {
  /**
   * One whole message, after every region write that the peer issued before it has landed.
   *
   * @param channel where it came from; calling {@link Channel#offer}, {@link Channel#write} or
   *     {@link Channel#close} from here is allowed, {@link Channel#poll} is not
   * @param buffer lent for the duration of the call
   * @param offset first byte
   * @param length bytes
   */
  void onMessage(Channel channel, DirectBuffer buffer, int offset, int length);
}
