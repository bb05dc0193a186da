// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;

/** A broadcast that loses what it likes, for each listener anew, and damages chunks at times. */
final class LossyBroadcast implements Broadcast {
  private static final int MESSAGE = -1;
  private static final int MAX_QUEUED = 32;

  private record Queued(
      int regionId,
      long regionOffset,
      NativeMemory source,
      long sourceOffset,
      byte[] bytes,
      long length) {}

  private final Wire.Conditions conditions;
  private final long nsPerWrite;
  private final Map<Wire.Ending, Long> listenFromNs = new LinkedHashMap<>();
  private final ArrayDeque<Queued> queue = new ArrayDeque<>();
  private long position;
  private long completed;
  private long freeNs;
  private double loss;

  /** A broadcast that loses nothing yet and needs so long for each thing that it sends. */
  LossyBroadcast(Wire.Conditions conditions, long nsPerWrite) {
    this.conditions = conditions;
    this.nsPerWrite = nsPerWrite;
  }

  void loseFrom(double chance) {
    loss = chance;
  }

  @Override
  public void invite(Channel channel) {
    Wire.Ending ending = (Wire.Ending) channel;
    long roundTrip = 2 * ending.line().latencyNs;
    listenFromNs.put(ending, conditions.time().nowNs() + roundTrip);
  }

  @Override
  public boolean reaches(Channel channel) {
    Wire.Ending ending = (Wire.Ending) channel;
    Long from = listenFromNs.get(ending);
    return from != null && from <= conditions.time().nowNs() && !ending.isClosed();
  }

  @Override
  public long offer(DirectBuffer buffer, int offset, int length) {
    byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    return accept(new Queued(MESSAGE, 0, null, 0, bytes, length));
  }

  @Override
  public long write(
      int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length) {
    source.checkBounds(sourceOffset, length);
    return accept(new Queued(regionId, regionOffset, source, sourceOffset, null, length));
  }

  private long accept(Queued queued) {
    List<Wire.Ending> listeners = listeners();
    if (listeners.isEmpty()) {
      return NOT_CONNECTED;
    }
    if (queue.size() >= MAX_QUEUED
        || !listeners.stream().allMatch(Wire.Ending::hasRoomForBroadcast)) {
      return BACK_PRESSURED;
    }
    queue.add(queued);
    position += queued.length();
    poll();
    return position;
  }

  private List<Wire.Ending> listeners() {
    listenFromNs.keySet().removeIf(Channel::isClosed);
    List<Wire.Ending> listeners = new ArrayList<>();
    listenFromNs.keySet().stream().filter(this::reaches).forEach(listeners::add);
    return listeners;
  }

  @Override
  public long completedPosition() {
    if (listeners().isEmpty()) {
      queue.clear();
      completed = position;
    }
    return completed;
  }

  @Override
  public int poll() {
    int work = 0;
    while (!queue.isEmpty() && freeNs <= conditions.time().nowNs()) {
      freeNs = conditions.time().nowNs() + nsPerWrite;
      leave(queue.poll());
      work++;
    }
    return work;
  }

  private void leave(Queued queued) {
    byte[] bytes = queued.bytes();
    if (bytes == null) {
      bytes = new byte[Math.toIntExact(queued.length())];
      queued.source().getBytes(queued.sourceOffset(), bytes, 0, bytes.length);
    }
    completed += queued.length();
    for (Wire.Ending listener : listeners()) {
      if (conditions.random().nextDouble() >= loss) {
        boolean damaged =
            queued.regionId() != MESSAGE
                && conditions.random().nextDouble() < listener.line().damagedWrites;
        listener.peerHears(queued.regionId(), queued.regionOffset(), bytes, damaged);
      }
    }
  }

  @Override
  public String group() {
    return "everybody";
  }

  @Override
  public void close() {
    listenFromNs.clear();
    queue.clear();
  }
}
