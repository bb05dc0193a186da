// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import static org.paceline.transport.conformance.HostilePeer.REGION;
import static org.paceline.transport.conformance.HostilePeer.REGION_BYTES;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.transport.Endpoint;
import org.paceline.transport.conformance.Await;
import org.paceline.transport.conformance.HostilePeer;

/** Peers with a queue pair of their own that send what no channel of ours would. */
final class HostileSends {
  private final List<HostilePeer> peers = new ArrayList<>();

  private HostileSends() {
    openings();
    headers();
    frames();
    regions();
    ends();
  }

  static List<HostilePeer> all() {
    return new HostileSends().peers;
  }

  private void openings() {
    byte[] http = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    add("speaks HTTP", "does not speak Paceline's protocol", http);
    add("sends one byte first", "does not speak Paceline's protocol", new byte[1]);
    add("begins with a message", "does not speak Paceline's protocol", message(10));
    byte[] later = preamble();
    later[8]++;
    add("is of a later version", "upgrade this side", later);
    byte[] earlier = preamble();
    earlier[8]--;
    add("is of an earlier version", "upgrade the other side", earlier);
  }

  private void headers() {
    greeted("sends half a header", "11 bytes, less than a header", new byte[11]);
    greeted("says too much", "that 8 of them are frames", header(64, 0, 0, 8));
    greeted("says too little", "that -8 of them are frames", header(64, 0, 0, -8));
    greeted("grants too much", "granted 66 sends", header(66, 0, 0, 0));
    greeted("grants less than none", "granted -1 sends", header(-1, 0, 0, 0));
    greeted("takes back", "granted 63 sends", header(63, 0, 0, 0));
    greeted("wrote less than none", "wrote -1 bytes", header(64, -1, 0, 0));
    greeted("wrote too much", "wrote " + Long.MAX_VALUE, header(64, Long.MAX_VALUE, 0, 0));
    greeted("unwrote", "wrote 4 bytes", header(64, 5, 0, 0), header(64, 4, 0, 0));
    greeted("obeyed too much", "obeyed 1 revocations, of 0", header(64, 0, 1, 0));
    greeted("obeyed less than none", "obeyed -1 revocations", header(64, 0, -1, 0));
  }

  private void frames() {
    greeted("sends an unknown type", "unknown type 77", frame(77, 0, HostileSends::zeros));
    greeted("sends no type", "unknown type 0", frame(0, 8, HostileSends::zeros));
    greeted("sends nothing", "a message of 0 bytes", message(0));
    byte[] longer = message(8);
    longer[Frame.HEADER_BYTES + 4] = 9;
    greeted("claims more", "a frame of 9 bytes where 8 are left", longer);
    byte[] negative = message(8);
    Arrays.fill(negative, Frame.HEADER_BYTES + 4, Frame.HEADER_BYTES + 8, (byte) -1);
    greeted("claims less than none", "a frame of -1 bytes", negative);
    List<byte[]> parts = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      parts.add(frame(Frame.PART, 16_000, HostileSends::zeros));
    }
    greeted("goes on and on", "a message of 16000 bytes after 128000", parts);
    greeted("says part of nothing", "of 0 bytes", frame(Frame.PART, 0, HostileSends::zeros));
    greeted("says too long a bye", "type 7 and 8 bytes", frame(Frame.BYE, 8, HostileSends::zeros));
  }

  private void regions() {
    byte[] announce = range(Frame.ANNOUNCE, 5, 4096, 100);
    greeted("announces twice", "region 5 twice", announce, announce);
    greeted("announces less than none", "of -1 bytes", range(Frame.ANNOUNCE, 5, 4096, -1));
    greeted("announces beyond all", "announced region 5", range(Frame.ANNOUNCE, 5, -50, 100));
    greeted("sends a key of nothing", "key of region 6", key(6, 0));
    greeted("sends too many keys", "has 1 keys", announce, key(5, 0), key(5, 1));
    greeted("sends a later key", "has 0 keys", announce, key(5, 7));
    greeted(
        "revokes nothing",
        "revoked region 6",
        frame(Frame.REVOKE, 8, (buffer, at) -> Frame.putRevoke(buffer, at, 6)));
    greeted("writes nowhere", "region 8, which is not", range(Frame.FAULT, 8, 0, 1));
    greeted("writes below", "offset=-1 ", range(Frame.FAULT, REGION, -1, 1));
    greeted("writes beyond", "offset=1000 ", range(Frame.FAULT, REGION, REGION_BYTES, 1));
    greeted("writes too early", "before it was told", range(Frame.FAULT, REGION, 0, 1));
    peers.add(
        new HostilePeer(
            "writes with a made-up key",
            endpoint -> {
              RawPeer peer = new RawPeer(endpoint);
              peer.send(preamble());
              peer.write();
              return peer;
            },
            "was lost"));
  }

  private void ends() {
    peers.add(
        new HostilePeer(
            "leaves at once",
            endpoint -> {
              new RawPeer(endpoint).close();
              return () -> {};
            },
            "was lost"));
  }

  private void greeted(String name, String reason, byte[]... sends) {
    greeted(name, reason, List.of(sends));
  }

  private void greeted(String name, String reason, List<byte[]> sends) {
    List<byte[]> all = new ArrayList<>();
    all.add(preamble());
    all.addAll(sends);
    add(name, reason, all.toArray(new byte[0][]));
  }

  private void add(String name, String reason, byte[]... sends) {
    peers.add(
        new HostilePeer(
            name,
            endpoint -> {
              RawPeer peer = new RawPeer(endpoint);
              for (byte[] send : sends) {
                peer.send(send);
              }
              return peer;
            },
            reason));
  }

  private static void zeros(UnsafeBuffer buffer, int at) {}

  private static byte[] preamble() {
    byte[] bytes = new byte[Frame.PREAMBLE_BYTES];
    Frame.putPreamble(new UnsafeBuffer(bytes), 0);
    return bytes;
  }

  private static byte[] header(long granted, long written, int revoked, int frameBytes) {
    byte[] bytes = new byte[Frame.HEADER_BYTES];
    Frame.putHeader(new UnsafeBuffer(bytes), 0, granted, written, revoked, frameBytes);
    return bytes;
  }

  private static byte[] message(int length) {
    return frame(Frame.MESSAGE, length, HostileSends::zeros);
  }

  private static byte[] range(int type, int regionId, long start, long length) {
    return frame(type, 24, (buffer, at) -> Frame.putRange(buffer, at, regionId, start, length));
  }

  private static byte[] key(int regionId, int piece) {
    return frame(Frame.KEY, 16, (buffer, at) -> Frame.putKey(buffer, at, regionId, piece, 1));
  }

  private static byte[] frame(int type, int length, ObjIntConsumer<UnsafeBuffer> payload) {
    int frameBytes = Frame.FRAME_HEADER_BYTES + Frame.aligned(length);
    byte[] bytes = new byte[Frame.HEADER_BYTES + frameBytes];
    UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    Frame.putHeader(buffer, 0, Credits.RECEIVES, 0, 0, frameBytes);
    int at = Frame.putFrame(buffer, Frame.HEADER_BYTES, type, length);
    payload.accept(buffer, at);
    return bytes;
  }

  /** A queue pair that obeys no rules. */
  private static final class RawPeer implements Closeable {
    private final Connection connection;
    private int at;

    RawPeer(Endpoint listener) {
      connection = Connection.dial(listener);
      Await.until(
          () -> "the hostile peer is connected; " + connection.fault(), connection::isEstablished);
    }

    void send(byte[] bytes) throws IOException {
      QueuePair queuePair = connection.queuePair();
      queuePair.sendMemory().putBytes(at, bytes, 0, bytes.length);
      queuePair.send(at, bytes.length, true);
      at += Frame.MAX_SEND_BYTES;
    }

    void write() throws IOException {
      QueuePair queuePair = connection.queuePair();
      long address = queuePair.sendMemory().address();
      queuePair.write(address, 8, queuePair.localKey(), address, 0x1234500, true);
    }

    @Override
    public void close() {
      connection.end(false, Duration.ZERO);
    }
  }
}
