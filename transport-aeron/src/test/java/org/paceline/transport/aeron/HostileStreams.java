// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;
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
    peers.add(
        hostile("wants no answer", "answered at port 0", port -> greeting(1, Frame.VERSION, 0)));
    peers.add(afterHello("invites to nothing", "nor its own", frame(5, 1, 0, 0, 0)));
    peers.add(afterHello("invites elsewhere", "nor its own", join(10, 0, 0, 1, 4)));
    peers.add(afterHello("invites to no address", "nor its own", join(127, 0, 0, 1, 5)));
    peers.add(new HostilePeer("sends garbage datagrams", HostileStreams::garbage, ""));
    return peers;
  }

  /** Through shared memory. */
  static List<HostilePeer> onThisMachine() {
    List<HostilePeer> peers = anywhere();
    peers.add(
        hostile("wants an answer", "answered at port 1", port -> greeting(1, Frame.VERSION, 1)));
    peers.add(afterHello("invites", "only a host on a network", join(224, 0, 0, 1, 4)));
    return peers;
  }

  private static List<HostilePeer> anywhere() {
    List<HostilePeer> peers = new ArrayList<>();
    peers.add(greeted("speaks HTTP", "does not speak Paceline's protocol", http()));
    peers.add(greeted("says nothing in one byte", "does not speak Paceline's", new byte[1]));
    peers.add(greeted("begins with a message", "does not speak Paceline's", frame(3, 0, 0, 0, 9)));
    peers.add(
        greeted(
            "begins with WELCOME", "does not speak Paceline's", greeting(2, Frame.VERSION, 99)));
    peers.add(hostile("is of a later version", "upgrade this side", port -> greeting(1, 99, port)));
    peers.add(
        greeted("wants one nowhere", "answered at port 65536", greeting(1, Frame.VERSION, 65_536)));
    peers.add(greeted("wants one below", "answered at port -1", greeting(1, Frame.VERSION, -1)));
    peers.add(afterHello("sends an unknown type", "unknown type 77", frame(77, 0, 0, 0, 0)));
    peers.add(afterHello("greets twice", "unknown type 1", greeting(1, Frame.VERSION, 5)));
    peers.add(afterHello("sends half a header", "a frame of 11 bytes", new byte[11]));
    peers.add(afterHello("sends nothing", "a message of 0 bytes", frame(3, 0, 0, 0, 0)));
    peers.add(afterHello("names a region", "names a region", frame(3, REGION, 0, 0, 1)));
    peers.add(
        afterHello("sends too much", "a message of more than", frame(3, 0, 0, 0, 128 * 1024 + 1)));
    peers.add(
        afterHello("sends far too much", "a message of more than", frame(3, 0, 0, 0, 1_900_000)));
    peers.add(
        afterHello("cuts a frame in pieces", "that is no message", frame(7, 1, 0, 0, 70_000)));
    peers.add(afterHello("cuts a short write", "65448 of 9 bytes", frame(4, REGION, 0, 9, 70_000)));
    peers.add(afterHello("writes nowhere", "region 8, which", frame(4, 8, 0, 1, 1)));
    peers.add(afterHello("writes below", "offset=-1 ", frame(4, REGION, -1, 1, 1)));
    peers.add(afterHello("writes beyond", "offset=1000 ", frame(4, REGION, 1000, 1, 1)));
    peers.add(afterHello("writes far beyond", "offset=92", frame(4, REGION, Long.MAX_VALUE, 1, 1)));
    peers.add(afterHello("means to", "length=1001", frame(4, REGION, 0, 1001, 1)));
    peers.add(afterHello("writes less than none", "length=-5", frame(4, REGION, 0, -5, 1)));
    peers.add(afterHello("writes more than it says", "2 bytes behind", frame(4, REGION, 0, 5, 10)));
    peers.add(
        afterHello(
            "talks behind a write",
            "32 bytes behind",
            joined(frame(4, REGION, 0, 8, 8), frame(3, 0, 0, 0, 8))));
    peers.add(
        afterHello(
            "writes beyond behind a write",
            "offset=1000 ",
            joined(frame(4, REGION, 0, 8, 8), frame(4, REGION, 1000, 1, 1))));
    peers.add(
        afterHello(
            "goes backwards behind a write",
            "length=-64",
            joined(frame(4, REGION, 0, 8, 8), frame(4, REGION, 0, -64, 8))));
    peers.add(afterHello("writes in none", "0 of 5", frame(4, REGION, 0, 5, 0)));
    peers.add(afterHello("writes half", "10 of 20", frame(4, REGION, 0, 20, 10)));
    peers.add(inPieces("has written before it begins", "fits no other", last(10)));
    peers.add(
        inPieces("writes elsewhere in pieces", "offset=990 ", first(frame(4, REGION, 990, 20, 5))));
    peers.add(inPieces("is done and goes on", "20 of 20", first(frame(4, REGION, 0, 20, 20))));
    Piece half = first(frame(4, REGION, 0, 20, 10));
    peers.add(inPieces("goes on too long", "11 of 10 bytes of a write", half, middle(11)));
    peers.add(inPieces("goes on after the end", "10 of 10 bytes", half, middle(10)));
    peers.add(inPieces("ends too early", "9 of 10 bytes of a write and ended", half, last(9)));
    peers.add(inPieces("ends too late", "11 of 10 bytes of a write and", half, last(11)));
    peers.add(
        inPieces("talks amid a write", "in the middle of a write", half, frame(3, 0, 0, 0, 1)));
    peers.add(
        inPieces(
            "writes amid a write", "in the middle of another", half, frame(4, REGION, 0, 1, 1)));
    peers.add(inPieces("begins amid a write", "a frame in the middle of a write", half, half));
    peers.add(inPieces("leaves amid a write", "the middle of a frame", half, bye()));
    peers.add(afterHello("answers unasked", "nobody gave", frame(6, 1, 0, 0, 0)));
    return peers;
  }

  /** What is published at once: a frame, or a piece of one, which its flags tell. */
  private record Piece(byte flags, byte[] bytes) {
    static Piece whole(byte[] frame) {
      return new Piece(FrameDescriptor.UNFRAGMENTED, frame);
    }

    /** Anything but whole frames fits one fragment. */
    long publish(ExclusivePublication publication) {
      if (flags == FrameDescriptor.UNFRAGMENTED) {
        return publication.offer(new UnsafeBuffer(bytes), 0, bytes.length);
      }
      BufferClaim claim = new BufferClaim();
      long result = publication.tryClaim(bytes.length, claim);
      if (result > 0) {
        claim.buffer().putBytes(claim.offset(), bytes);
        claim.flags(flags);
        claim.commit();
      }
      return result;
    }
  }

  private static Piece first(byte[] bytes) {
    return new Piece(FrameDescriptor.BEGIN_FRAG_FLAG, bytes);
  }

  private static Piece middle(int length) {
    return new Piece((byte) 0, new byte[length]);
  }

  private static Piece last(int length) {
    return new Piece(FrameDescriptor.END_FRAG_FLAG, new byte[length]);
  }

  private static HostilePeer greeted(String name, String reason, byte[] first) {
    return hostile(name, reason, port -> first);
  }

  private static HostilePeer afterHello(String name, String reason, byte[] frame) {
    return inPieces(name, reason, Piece.whole(frame));
  }

  private static HostilePeer inPieces(String name, String reason, Piece first, byte[] frame) {
    return inPieces(name, reason, first, Piece.whole(frame));
  }

  private static HostilePeer inPieces(String name, String reason, Piece... pieces) {
    List<IntFunction<Piece>> all = new ArrayList<>();
    all.add(port -> Piece.whole(greeting(1, Frame.VERSION, port)));
    for (Piece piece : pieces) {
      all.add(port -> piece);
    }
    return new HostilePeer(name, endpoint -> publish(endpoint, all), reason);
  }

  private static HostilePeer hostile(String name, String reason, IntFunction<byte[]> first) {
    return new HostilePeer(
        name,
        endpoint -> publish(endpoint, List.of(port -> Piece.whole(first.apply(port)))),
        reason);
  }

  /** Sends the frames, which are told where an answer would be heard. */
  private static Closeable publish(Endpoint endpoint, List<IntFunction<Piece>> pieces)
      throws IOException {
    boolean ipc = endpoint.scheme().equals(IpcTransport.SCHEME);
    List<AutoCloseable> opened = new ArrayList<>();
    Closeable all = () -> CloseHelper.closeAll(opened);
    try {
      Path driver = DriverDirectory.driver("ipc-" + endpoint.port());
      if (!ipc) {
        DriverDirectory directory = DriverDirectory.claimNew();
        opened.add(directory);
        driver = directory.driver();
        opened.add(0, driver(driver));
      }
      Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.toString()));
      opened.add(0, aeron);
      ExclusivePublication publication =
          ipc
              ? aeron.addExclusivePublication("aeron:ipc?mtu=65504", endpoint.port())
              : aeron.addExclusivePublication(
                  "aeron:udp?endpoint=127.0.0.1:" + endpoint.port() + "|mtu=65504|so-sndbuf=1m",
                  AeronTransport.HELLO_STREAM);
      int replyPort = subscribe(aeron, ipc, publication.sessionId());
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

  /** Listens for an answer; the port. */
  private static int subscribe(Aeron aeron, boolean ipc, int stream) {
    if (ipc) {
      aeron.addSubscription("aeron:ipc", stream);
      return 0;
    }
    String[] resolved = new String[1];
    Subscription subscription = aeron.addSubscription("aeron:udp?endpoint=127.0.0.1:0", stream);
    Await.until(
        "the reply port is bound", () -> (resolved[0] = subscription.resolvedEndpoint()) != null);
    return Integer.parseInt(resolved[0].substring(resolved[0].lastIndexOf(':') + 1));
  }

  private static MediaDriver driver(Path directory) {
    return MediaDriver.launch(
        new MediaDriver.Context()
            .aeronDirectoryName(directory.toString())
            .threadingMode(ThreadingMode.SHARED)
            .dirDeleteOnShutdown(true)
            .errorHandler(error -> {}));
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

  private static byte[] bye() {
    return frame(8, 0, 0, 0, 0);
  }

  private static byte[] greeting(int type, int version, long replyPort) {
    byte[] frame = frame(type, version, 0, replyPort, 0);
    System.arraycopy("PACELINE".getBytes(StandardCharsets.US_ASCII), 0, frame, 8, 8);
    return frame;
  }

  private static byte[] join(int a, int b, int c, int d, int addressLength) {
    byte[] frame = frame(5, 1, 4000 | (long) addressLength << 32, 0, 16);
    System.arraycopy(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d}, 0, frame, 24, 4);
    return frame;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  private static byte[] frame(int type, int id, long offset, long remaining, int payload) {
    return ByteBuffer.allocate(24 + payload)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(type)
        .putInt(id)
        .putLong(offset)
        .putLong(remaining)
        .array();
  }
}
