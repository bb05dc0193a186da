// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.Arrays;
import org.paceline.api.transport.Channel;
import org.paceline.core.protocol.MessageWriter;

/** Tells the host what is missing of a generation, and notices when next to none of it comes. */
final class WantList {
  private static final long STALL_NS = 1_000_000_000;

  /** More than heartbeats make in that time. */
  private static final long HARDLY_ANY_BYTES = 16 << 10;

  private static final int[] NOTHING = {};

  private final Channel channel;
  private final MessageWriter writer;
  private long generation;
  private int[] ranges = NOTHING;
  private int sent;
  private long checkedBytes;
  private long checkedNs;

  WantList(Channel channel, MessageWriter writer) {
    this.channel = channel;
    this.writer = writer;
  }

  /**
   * Asks for triples (entry index, first chunk, chunk count), and forgets what was asked before.
   */
  void ask(long ofGeneration, int[] missing, long nowNs) {
    generation = ofGeneration;
    ranges = missing;
    sent = 0;
    checkedBytes = channel.receivedBytes();
    checkedNs = nowNs;
  }

  /** Asks for more. */
  void askAlso(int[] more) {
    int unsent = ranges.length - 3 * sent;
    int[] next = Arrays.copyOfRange(ranges, 3 * sent, 3 * sent + unsent + more.length);
    System.arraycopy(more, 0, next, unsent, more.length);
    ranges = next;
    sent = 0;
  }

  void clear() {
    ranges = NOTHING;
    sent = 0;
  }

  /** Sends what the channel takes; returns how much was done. */
  int send() {
    int work = 0;
    while (sent < ranges.length / 3) {
      int count = Math.min(MessageWriter.MAX_RANGES, ranges.length / 3 - sent);
      if (writer.want(channel, generation, ranges, sent, count) < 0) {
        return work;
      }
      sent += count;
      work++;
    }
    return work;
  }

  /**
   * Whether hardly anything has come for a while; a host may believe that a broadcast brought it.
   */
  boolean hasStalled(long nowNs) {
    if (nowNs - checkedNs < STALL_NS) {
      return false;
    }
    boolean stalled = channel.receivedBytes() - checkedBytes < HARDLY_ANY_BYTES;
    checkedBytes = channel.receivedBytes();
    checkedNs = nowNs;
    return stalled;
  }
}
