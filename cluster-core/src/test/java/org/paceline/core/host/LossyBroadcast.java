// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;

/** A broadcast over wires in virtual time that loses a part of what it carries, anew for each. */
final class LossyBroadcast implements Broadcast {
  private final List<Wire.End> listeners = new ArrayList<>();
  private final Random random;
  private long position;
  double loss;
  int invitationsLost;
  long regionBytesSent;

  LossyBroadcast(double loss, long seed) {
    this.loss = loss;
    random = new Random(seed);
  }

  @Override
  public void invite(Channel channel) {
    if (invitationsLost > 0) {
      invitationsLost--;
    } else {
      listeners.add((Wire.End) channel);
    }
  }

  @Override
  public boolean reaches(Channel channel) {
    return !channel.isClosed() && listeners.contains(channel);
  }

  @Override
  public long offer(DirectBuffer buffer, int offset, int length) {
    byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    return send(Wire.MESSAGE, 0, bytes);
  }

  @Override
  public long write(
      int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length) {
    byte[] bytes = new byte[Math.toIntExact(length)];
    source.getBytes(sourceOffset, bytes, 0, bytes.length);
    long result = send(regionId, regionOffset, bytes);
    regionBytesSent += result > 0 ? length : 0;
    return result;
  }

  private long send(int regionId, long regionOffset, byte[] bytes) {
    listeners.removeIf(Channel::isClosed);
    if (listeners.isEmpty()) {
      return NOT_CONNECTED;
    }
    if (!listeners.stream().allMatch(Wire.End::hasRoomForBroadcast)) {
      return BACK_PRESSURED;
    }
    for (Wire.End listener : listeners) {
      if (random.nextDouble() >= loss) {
        listener.broadcast(regionId, regionOffset, bytes);
      }
    }
    position += bytes.length;
    return position;
  }

  @Override
  public long completedPosition() {
    return position;
  }

  @Override
  public int poll() {
    return 0;
  }

  @Override
  public String group() {
    return "everybody";
  }

  @Override
  public void close() {
    listeners.clear();
  }
}
