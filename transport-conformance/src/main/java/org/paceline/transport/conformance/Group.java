// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;

/** A broadcast and links, whose client ends have it and whose server ends hear it. */
final class Group implements AutoCloseable {
  private final Broadcast broadcast;
  private final List<Link> links = new ArrayList<>();

  Group(Broadcast broadcast, Link first, int size) {
    this.broadcast = broadcast;
    links.add(first);
    for (int i = 1; i < size; i++) {
      links.add(first.another());
    }
  }

  Broadcast broadcast() {
    return broadcast;
  }

  Link link(int index) {
    return links.get(index);
  }

  List<Link> links() {
    return links;
  }

  /** Invites the first so many and waits until they are reached. */
  void invite(int count) {
    List<Link> invited = links.subList(0, count);
    invited.forEach(link -> broadcast.invite(link.client()));
    until(
        "all who are invited are reached",
        () -> invited.stream().allMatch(link -> broadcast.reaches(link.client())));
  }

  void poll() {
    broadcast.poll();
    links.forEach(Link::pollBoth);
  }

  void until(String what, BooleanSupplier condition) {
    Await.until(
        () -> what + "; " + links,
        () -> {
          poll();
          return condition.getAsBoolean();
        });
  }

  /** Repeats it, polling all, until it is no longer back-pressured. */
  long accepted(LongSupplier call) {
    long[] result = new long[1];
    until("accepted", () -> (result[0] = call.getAsLong()) != Channel.BACK_PRESSURED);
    assertTrue(result[0] > 0, () -> "not accepted but " + result[0] + "; " + links);
    return result[0];
  }

  long send(byte... message) {
    UnsafeBuffer buffer = new UnsafeBuffer(message);
    return accepted(() -> broadcast.offer(buffer, 0, message.length));
  }

  long write(int regionId, long regionOffset, NativeMemory source) {
    return accepted(() -> broadcast.write(regionId, regionOffset, source, 0, source.lengthBytes()));
  }

  /** Broadcasts a message and waits until these have it and nothing else. */
  void announceTo(List<Link> receivers) {
    send((byte) 1);
    until(
        "a broadcast message has arrived",
        () -> receivers.stream().noneMatch(link -> link.atServer().isEmpty()));
    for (Link link : receivers) {
      assertTrue(link.atServer().size() == 1, () -> "too many messages; " + link);
      link.atServer().clear();
    }
  }

  @Override
  public void close() {
    broadcast.close();
    CloseHelper.closeAll(links.subList(1, links.size()));
    links.get(0).close();
  }
}
