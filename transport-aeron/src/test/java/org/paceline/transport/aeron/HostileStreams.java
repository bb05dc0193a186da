// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FrameDescriptor;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.transport.conformance.Await;
import org.paceline.transport.conformance.HostilePeer;

/** Peers with an Aeron of their own that publish what no channel of ours would. */
final class HostileStreams {
  private static final int REGION = HostilePeer.REGION;

  private HostileStreams() {}

  /** Over UDP. */
  static List<HostilePeer> onANetwork() {
    List<HostilePeer> peers = anywhere();
    peers.add(hostile("wants no answer", "answered at port 0", port -> hello(0)));
    peers.add(afterHello("invites to nothing", "nor its own", control(Frame.JOIN, 1)));
    peers.add(afterHello("invites elsewhere", "nor its own", join(10, 0, 0, 1, 4)));
    peers.add(afterHello("invites to no address", "nor its own", join(127, 0, 0, 1, 5)));
    peers.add(new HostilePeer("sends garbage datagrams", HostileStreams::garbage, ""));
    return peers;
  }

  /** Through shared memory. */
  static List<HostilePeer> onThisMachine() {
    List<HostilePeer> peers = anywhere();
    peers.add(hostile("wants an answer", "answered at port 1", port -> hello(1)));
    peers.add(afterHello("invites", "only a host on a network", join(224, 0, 0, 1, 4)));
    return peers;
  }

  private static List<HostilePeer> anywhere() {
    List<HostilePeer> peers = new ArrayList<>();
    Piece half = write(REGION, 0, 20, 10).as(FrameDescriptor.BEGIN_FRAG_FLAG);
    peers.add(greeted("speaks HTTP", "does not speak Paceline's protocol", whole(0, 0, http())));
    peers.add(greeted("says one byte", "does not speak Paceline's", whole(0, 0, new byte[1])));
    peers.add(greeted("begins with a message", "does not speak Paceline's", message(0, 9)));
    peers.add(
        greeted(
            "begins with WELCOME",
            "does not speak Paceline's",
            greeting(Frame.WELCOME, Frame.VERSION, 99)));
    peers.add(
        hostile(
            "is of a later version", "upgrade this side", port -> greeting(Frame.HELLO, 99, port)));
    peers.add(
        hostile(
            "is of an earlier version",
            "upgrade the other side",
            port -> greeting(Frame.HELLO, 1, port)));
    peers.add(greeted("wants one nowhere", "answered at port 65536", hello(65_536)));
    peers.add(greeted("wants one below", "answered at port -1", hello(-1)));
    peers.add(afterHello("sends an unknown type", "unknown type 77", control(77, 0)));
    peers.add(afterHello("greets twice", "unknown type 1", hello(5)));
    peers.add(afterHello("sends nothing", "a message of 0 bytes", message(0, 0)));
    peers.add(afterHello("names a region", "names a region", message(REGION, 1)));
    peers.add(afterHello("sends too much", "a message of more than", message(0, 128 * 1024 + 1)));
    peers.add(afterHello("sends far too much", "a message of more than", message(0, 1_900_000)));
    peers.add(
        afterHello(
            "cuts a frame", "neither a message nor", whole(Frame.LEFT, 1, new byte[70_000])));
    peers.add(afterHello("cuts a short write", "65456 of 9 bytes", write(REGION, 0, 9, 70_000)));
    peers.add(
        afterHello("sends half a header", "of 11 bytes", whole(Frame.WRITE, 1, new byte[11])));
    peers.add(afterHello("writes nowhere", "region 8, which", write(8, 0, 1, 1)));
    peers.add(afterHello("writes below", "offset=-1 ", write(REGION, -1, 1, 1)));
    peers.add(afterHello("writes beyond", "offset=1000 ", write(REGION, 1000, 1, 1)));
    peers.add(afterHello("writes far beyond", "offset=92", write(REGION, Long.MAX_VALUE, 1, 1)));
    peers.add(afterHello("means to", "length=1001", write(REGION, 0, 1001, 1)));
    peers.add(afterHello("writes less than none", "length=-5", write(REGION, 0, -5, 1)));
    peers.add(afterHello("writes more than it says", "10 of 5 bytes", write(REGION, 0, 5, 10)));
    peers.add(afterHello("writes in none", "0 of 5 bytes", write(REGION, 0, 5, 0)));
    peers.add(afterHello("writes half", "10 of 20 bytes", write(REGION, 0, 20, 10)));
    peers.add(
        afterHello("writes beyond behind a write", "offset=1000 ", writes(0, 8, 8, 1000, 1, 8)));
    peers.add(afterHello("never ends", "h=2147483647", writes(0, 8, 8, 0, Integer.MAX_VALUE, 8)));
    peers.add(afterHello("goes backwards", "length=-16", writes(0, 8, 8, 0, -16, 8)));
    peers.add(afterHello("ends within a write", "8 of 500 bytes", writes(0, 8, 8, 0, 500, 8)));
    peers.add(afterHello("writes too little", "do not end where", writes(0, 8, 8, 0, 0, 8)));
    peers.add(afterHello("has written before it begins", "fits no other", last(9)));
    peers.add(
        afterHello(
            "writes elsewhere in pieces",
            "offset=990 ",
            write(REGION, 990, 20, 5).as(FrameDescriptor.BEGIN_FRAG_FLAG)));
    peers.add(
        afterHello(
            "is done and goes on",
            "20 of 20",
            write(REGION, 0, 20, 20).as(FrameDescriptor.BEGIN_FRAG_FLAG)));
    peers.add(afterHello("goes on too long", "11 of 10 bytes of a write", half, middle(11)));
    peers.add(afterHello("goes on after the end", "10 of 10 bytes", half, middle(10)));
    peers.add(afterHello("ends too late", "11 of 10 bytes of a write and ended", half, last(11)));
    peers.add(afterHello("ends too early", "9 of 10 bytes of a write and", half, last(9)));
    peers.add(afterHello("talks amid a write", "in the middle of a write", half, message(0, 1)));
    peers.add(
        afterHello(
            "writes amid a write", "in the middle of another", half, write(REGION, 0, 1, 1)));
    peers.add(
        afterHello(
            "writes little amid a write",
            "in the middle of another",
            half,
            writes(0, 8, 8, 0, 8, 8)));
    peers.add(afterHello("begins amid a write", "a frame in the middle of a write", half, half));
    peers.add(
        afterHello("leaves amid a write", "the middle of a frame", half, control(Frame.BYE, 0)));
    peers.add(afterHello("answers unasked", "nobody gave", control(Frame.JOINED, 1)));
    return peers;
  }

  /** What is published at once: a frame, or a piece of one, which its flags tell. */
  private record Piece(byte flags, long value, byte[] bytes) {
    Piece as(byte otherFlags) {
      return new Piece(otherFlags, value, bytes);
    }

    /** Anything but whole frames fits one fragment. */
    long publish(ExclusivePublication publication) {
      if (flags == FrameDescriptor.UNFRAGMENTED) {
        return publication.offer(
            new UnsafeBuffer(bytes), 0, bytes.length, (buffer, offset, length) -> value);
      }
      BufferClaim claim = new BufferClaim();
      long result = publication.tryClaim(bytes.length, claim);
      if (result > 0) {
        claim.buffer().putBytes(claim.offset(), bytes);
        claim.flags(flags).reservedValue(value);
        claim.commit();
      }
      return result;
    }
  }

  private static Piece whole(int type, int id, byte[] bytes) {
    return new Piece(FrameDescriptor.UNFRAGMENTED, Frame.value(type, id), bytes);
  }

  private static Piece middle(int length) {
    return new Piece((byte) 0, Frame.value(Frame.WRITE, REGION), new byte[length]);
  }

  private static Piece last(int length) {
    return middle(length).as(FrameDescriptor.END_FRAG_FLAG);
  }

  private static HostilePeer greeted(String name, String reason, Piece first) {
    return hostile(name, reason, port -> first);
  }

  private static HostilePeer afterHello(String name, String reason, Piece... pieces) {
    List<IntFunction<Piece>> all = new ArrayList<>();
    all.add(HostileStreams::hello);
    for (Piece piece : pieces) {
      all.add(port -> piece);
    }
    return new HostilePeer(name, endpoint -> publish(endpoint, all), reason);
  }

  private static HostilePeer hostile(String name, String reason, IntFunction<Piece> first) {
    return new HostilePeer(name, endpoint -> publish(endpoint, List.of(first)), reason);
  }

  /** Sends the frames, which are told where an answer would be heard. */
  private static Closeable publish(Endpoint endpoint, List<IntFunction<Piece>> pieces)
      throws IOException {
    boolean ipc = endpoint.scheme().equals(IpcTransport.SCHEME);
    List<AutoCloseable> opened = new ArrayList<>();
    Closeable all =
        () -> {
          CloseHelper.closeAll(opened);
          opened.clear(); // what is shared is given back once
        };
    try {
      ClusterConfig config = new AeronUnderTest().config().build();
      Media media =
          ipc
              ? MediaDrivers.ipcHost(config, DriverDirectory.driver("ipc-" + endpoint.port()))
              : MediaDrivers.udp(config);
      opened.add(media::release);
      Aeron aeron = media.awaitClient();
      ExclusivePublication publication =
          ipc
              ? aeron.addExclusivePublication(
                  "aeron:ipc?term-length=16m|mtu=65504", endpoint.port())
              : aeron.addExclusivePublication(
                  "aeron:udp?endpoint=127.0.0.1:"
                      + endpoint.port()
                      + "|term-length=16m|mtu=65504|so-sndbuf=4194304",
                  AeronTransport.HELLO_STREAM);
      opened.add(0, publication::revoke);
      Subscription answers =
          aeron.addSubscription(
              ipc ? "aeron:ipc" : "aeron:udp?endpoint=127.0.0.1:0", publication.sessionId());
      opened.add(0, answers);
      int replyPort = ipc ? 0 : port(answers);
      for (IntFunction<Piece> piece : pieces) {
        Piece sent = piece.apply(replyPort);
        Await.until(
            "the hostile frame is sent",
            () -> {
              long result = sent.publish(publication);
              return result > 0 || result == Publication.CLOSED;
            });
      }
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  /** Where answers are heard. */
  private static int port(Subscription answers) {
    String[] resolved = new String[1];
    Await.until(
        "the reply port is bound", () -> (resolved[0] = answers.resolvedEndpoint()) != null);
    return Integer.parseInt(resolved[0].substring(resolved[0].lastIndexOf(':') + 1));
  }

  /** Datagrams of noise, and of Aeron's own frame types with nonsense in them. */
  private static Closeable garbage(Endpoint endpoint) throws IOException {
    Random random = new Random(77);
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < 500; i++) {
        byte[] bytes = new byte[random.nextInt(1400)];
        random.nextBytes(bytes);
        if (i % 2 == 0 && bytes.length >= 40) {
          ByteBuffer.wrap(bytes)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(0, random.nextInt(3) * 40)
              .put(4, (byte) 0)
              .putShort(6, (short) random.nextInt(12));
        }
        socket.send(
            new DatagramPacket(
                bytes, bytes.length, InetAddress.getLoopbackAddress(), endpoint.port()));
      }
    }
    return () -> {};
  }

  private static byte[] http() {
    return "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  }

  private static Piece control(int type, int id) {
    return whole(type, id, new byte[0]);
  }

  private static Piece message(int id, int length) {
    return whole(Frame.MESSAGE, id, new byte[length]);
  }

  private static Piece hello(int replyPort) {
    return greeting(Frame.HELLO, Frame.VERSION, replyPort);
  }

  private static Piece greeting(int type, int version, int replyPort) {
    byte[] frame = new byte[24];
    littleEndian(frame)
        .putInt(type)
        .putInt(version)
        .put("PACELINE".getBytes(StandardCharsets.US_ASCII))
        .putLong(replyPort);
    return whole(Frame.GREETING, 0, frame);
  }

  private static Piece join(int a, int b, int c, int d, int addressLength) {
    byte[] frame = new byte[24];
    littleEndian(frame)
        .putInt(4000)
        .putInt(addressLength)
        .put(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
    return whole(Frame.JOIN, 1, frame);
  }

  private static Piece write(int region, long offset, long length, int payload) {
    byte[] frame = new byte[16 + payload];
    littleEndian(frame).putLong(offset).putLong(length);
    return whole(Frame.WRITE, region, frame);
  }

  /** Two small writes. */
  private static Piece writes(
      long offset, int length, int payload, long offset2, int length2, int payload2) {
    byte[] frame = new byte[32 + payload + payload2];
    littleEndian(frame)
        .putInt(REGION)
        .putInt(length)
        .putLong(offset)
        .position(16 + payload)
        .putInt(REGION)
        .putInt(length2)
        .putLong(offset2);
    return whole(Frame.WRITES, 0, frame);
  }

  private static ByteBuffer littleEndian(byte[] frame) {
    return ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
  }
}
