// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayDeque;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.protocol.PassStatus;

/**
 * Brings ended units to the host: a rendered pass is written into the host's region, then
 * announced. Lends the memory that passes are rendered into, and takes it back once it has been
 * sent.
 */
final class PassSender implements AutoCloseable {
  private record Ended(
      HeldUnit unit, NativeMemory pass, long renderNs, PassStatus status, String reason) {}

  private record Sent(NativeMemory pass, long position) {}

  private final Channel channel;
  private final MessageWriter writer;
  private final PassPool pool;
  private final ArrayDeque<Ended> ended = new ArrayDeque<>();
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private boolean firstIsWritten;

  PassSender(Channel channel, MessageWriter writer, PassPool pool) {
    this.channel = channel;
    this.writer = writer;
    this.pool = pool;
  }

  /**
   * A unit has ended, one way or another.
   *
   * @param pass what it was rendered into; null if it wasn't rendered
   */
  void add(HeldUnit unit, NativeMemory pass, long renderNs, PassStatus status, String reason) {
    ended.add(new Ended(unit, pass, renderNs, status, reason));
  }

  /** Sends what the channel takes; returns how many units the host has been told of. */
  int send() {
    while (!sent.isEmpty() && sent.peek().position() <= channel.completedPosition()) {
      pool.giveBack(sent.poll().pass());
    }
    int told = 0;
    while (!ended.isEmpty() && send(ended.peek())) {
      ended.poll();
      told++;
    }
    return told;
  }

  private boolean send(Ended next) {
    HeldUnit unit = next.unit();
    boolean rendered = next.status() == PassStatus.RENDERED;
    if (rendered && !firstIsWritten) {
      long position =
          channel.write(unit.region(), unit.slotOffset(), next.pass(), 0, unit.passBytes());
      if (position < 0) {
        return false;
      }
      sent.add(new Sent(next.pass(), position));
      firstIsWritten = true;
    }
    if (writer.passDone(channel, unit.id(), next.renderNs(), next.status(), next.reason()) < 0) {
      return false;
    }
    firstIsWritten = false;
    if (!rendered && next.pass() != null) {
      pool.giveBack(next.pass());
    }
    return true;
  }

  /** After the channel has closed: releases all memory but that of units still on the device. */
  @Override
  public void close() {
    sent.forEach(pass -> pool.giveBack(pass.pass()));
    sent.clear();
    for (Ended each : ended) {
      if (each.pass() != null) {
        pool.giveBack(each.pass());
      }
    }
    ended.clear();
    pool.close();
  }
}
