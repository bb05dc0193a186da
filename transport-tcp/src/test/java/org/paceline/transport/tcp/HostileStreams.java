// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.paceline.transport.conformance.HostilePeer.REGION;
import static org.paceline.transport.conformance.HostilePeer.REGION_BYTES;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.paceline.transport.conformance.HostilePeer;

/** Streams that break the rules of the TCP transport's framing. */
final class HostileStreams {
  private final List<HostilePeer> peers = new ArrayList<>();

  private HostileStreams() {
    openings();
    messages();
    writes();
    ends();
  }

  static List<HostilePeer> all() {
    return new HostileStreams().peers;
  }

  private void openings() {
    says("otherProtocol", "it isn't Paceline", "GET / HTTP/1.1\r\n\r\n");
    says("otherProtocolOfFewBytes", "it isn't Paceline", "PACE\n");
    for (int version : new int[] {0, 2, -1}) {
      String reason = version > Frame.VERSION ? "upgrade this side" : "upgrade the other side";
      add("version " + version, reason, peer -> peer.send(RawPeer.preamble().putInt(8, version)));
    }
  }

  private void messages() {
    sends("unknownType", "unknown type 3", RawPeer.frame(3, 0, 0, 1, 1));
    sends("messageThatNamesARegion", "names a region", RawPeer.frame(1, REGION, 0, 1, 1));
    long tooLong = Frame.MAX_MESSAGE_BYTES + 1;
    for (long length : new long[] {0, -1, tooLong, 1L << 31, 1L << 32, Long.MIN_VALUE}) {
      String what = "a message of " + length + " bytes";
      sends(what, what, RawPeer.frame(1, 0, 0, length, 10));
    }
  }

  private void writes() {
    sends("unknownRegion", "region 8, which is not registered", RawPeer.frame(2, 8, 0, 1, 1));
    long[] offsets = {-1, 991, 1001, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 9};
    for (long offset : offsets) {
      String reason = "outside region " + REGION + ": offset=" + offset;
      sends("writes at " + offset, reason, RawPeer.frame(2, REGION, offset, 10, 10));
    }
    for (long length : new long[] {-1, 1001, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32}) {
      String reason = "length=" + length + " region=" + REGION_BYTES;
      sends("writes " + length + " bytes", reason, RawPeer.frame(2, REGION, 0, length, 2000));
    }
  }

  private void ends() {
    add("ends at once", "before it said anything", RawPeer::close);
    add("resets", "was lost", peer -> peer.send(RawPeer.preamble()).reset());
    for (int bytes : new int[] {1, 23, 24, 25, 33}) {
      endsInside("write", RawPeer.frame(2, REGION, 0, 10, 10), bytes);
    }
    for (int bytes : new int[] {1, 24, 29}) {
      endsInside("message", RawPeer.frame(1, 0, 0, 6, 6), bytes);
    }
  }

  private void says(String name, String reason, String words) {
    byte[] bytes = words.getBytes(StandardCharsets.US_ASCII);
    add(name, reason, peer -> peer.send(ByteBuffer.wrap(bytes)));
  }

  private void sends(String name, String reason, ByteBuffer frame) {
    add(name, reason, peer -> peer.send(RawPeer.preamble()).send(frame));
  }

  private void endsInside(String what, ByteBuffer frame, int bytes) {
    add(
        "ends after " + bytes + " bytes of a " + what,
        "in the middle of a frame",
        peer -> peer.send(RawPeer.preamble()).send(frame.limit(bytes)).close());
  }

  private void add(String name, String reason, Script script) {
    peers.add(
        new HostilePeer(
            name,
            listener -> {
              RawPeer peer = RawPeer.connect(listener);
              script.play(peer);
              return peer;
            },
            reason));
  }

  private interface Script {
    void play(RawPeer peer) throws IOException;
  }
}
