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
  private record Ended(HeldUnit unit, long renderNs, PassStatus status, String reason) {}

  private record Sent(NativeMemory pass, long position) {}

  private final Channel channel;
  private final MessageWriter writer;
  private final PassPool pool = new PassPool();
  private final ArrayDeque<Ended> ended = new ArrayDeque<>();
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private boolean firstIsWritten;

  PassSender(Channel channel, MessageWriter writer) {
    this.channel = channel;
    this.writer = writer;
  }

  /** Memory for a pass. */
  NativeMemory take(long lengthBytes) {
    return pool.take(lengthBytes);
  }

  /** A unit has ended, one way or another. */
  void add(HeldUnit unit, long renderNs, PassStatus status, String reason) {
    ended.add(new Ended(unit, renderNs, status, reason));
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
          channel.write(unit.region(), unit.slotOffset(), unit.pass(), 0, unit.passBytes());
      if (position < 0) {
        return false;
      }
      sent.add(new Sent(unit.pass(), position));
      firstIsWritten = true;
    }
    if (writer.passDone(channel, unit.id(), next.renderNs(), next.status(), next.reason()) < 0) {
      return false;
    }
    firstIsWritten = false;
    if (!rendered) {
      pool.giveBack(unit.pass());
    }
    return true;
  }

  /** After the channel has closed: releases all memory but that of units still on the device. */
  @Override
  public void close() {
    sent.forEach(pass -> pool.giveBack(pass.pass()));
    sent.clear();
    ended.forEach(unit -> pool.giveBack(unit.unit().pass()));
    ended.clear();
    pool.close();
  }
}
