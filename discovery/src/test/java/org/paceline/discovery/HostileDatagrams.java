// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.MulticastSocket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** A neighbour that sends mDNS datagrams which are wrong in one way or another. */
final class HostileDatagrams {
  private static final int PORT = 5353;
  private static final int COUNT = 2000;

  /** Faster ones would be dropped by the system and so harm nobody. */
  private static final long PAUSE_NS = 500_000;

  private static final int MAX_ODD_LENGTH = 20;
  private static final int TYPE_A = 1;
  private static final int TYPE_PTR = 12;
  private static final int TYPE_TXT = 16;
  private static final int TYPE_AAAA = 28;
  private static final int TYPE_SRV = 33;
  private static final int[] TYPES = {TYPE_A, TYPE_PTR, TYPE_TXT, TYPE_AAAA, TYPE_SRV, 41, 47, 255};
  private static final int TIME_TO_LIVE = 120;

  private final Random random;

  private HostileDatagrams(long seed) {
    random = new Random(seed);
  }

  public static void main(String[] args) throws IOException {
    HostileDatagrams source = new HostileDatagrams(Long.parseLong(args[0]));
    InetAddress group = InetAddress.getByName("224.0.0.251");
    try (MulticastSocket socket = new MulticastSocket(PORT)) {
      for (int i = 0; i < COUNT; i++) {
        byte[] bytes = source.next(i);
        socket.send(new DatagramPacket(bytes, bytes.length, group, PORT));
        LockSupport.parkNanos(PAUSE_NS);
      }
    }
    System.out.println("sent all");
  }

  private byte[] next(int number) {
    return switch (number % 4) {
      case 0 -> noise();
      case 1 -> mutated(response(number));
      case 2 -> oddLength(number / 4);
      default -> response(number);
    };
  }

  private byte[] noise() {
    byte[] bytes = new byte[random.nextInt(600)];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] mutated(byte[] bytes) {
    for (int i = random.nextInt(8); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  /** A record of a known type, but with data of another length. */
  private byte[] oddLength(int number) {
    int type = TYPES[number % TYPES.length];
    byte[] data = new byte[number / TYPES.length % MAX_ODD_LENGTH];
    random.nextBytes(data);
    return message(1, out -> record(out, "x._paceline._tcp.local", type, data));
  }

  /** A well-formed announcement that says nonsense. */
  private byte[] response(int number) {
    String instance = "evil" + number + "\u001b[31m";
    String name = instance + "._paceline._tcp.local";
    String server = "evil" + number + ".local";
    byte[] noise = new byte[random.nextInt(300)];
    random.nextBytes(noise);
    byte[] text = concat("\u0009txtvers=1".getBytes(StandardCharsets.UTF_8), noise);
    return message(
        4,
        out -> {
          record(out, "_paceline._tcp.local", TYPE_PTR, name(name));
          record(out, name, TYPE_SRV, concat(new byte[] {0, 0, 0, 0, 0, 9}, name(server)));
          record(out, name, TYPE_TXT, number % 8 == 3 ? text : noise);
          record(out, server, TYPE_A, new byte[] {10, 71, 0, (byte) number});
        });
  }

  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] message(int answers, Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeShort(0);
      out.writeShort(0x8400);
      out.writeShort(0);
      out.writeShort(answers);
      out.writeShort(0);
      out.writeShort(0);
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void record(DataOutputStream out, String name, int type, byte[] data)
      throws IOException {
    out.write(name(name));
    out.writeShort(type);
    out.writeShort(1);
    out.writeInt(TIME_TO_LIVE);
    out.writeShort(data.length);
    out.write(data);
  }

  private static byte[] name(String dotted) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String label : dotted.split("\\.", -1)) {
      byte[] utf8 = label.getBytes(StandardCharsets.UTF_8);
      bytes.write(utf8.length);
      bytes.writeBytes(utf8);
    }
    bytes.write(0);
    return bytes.toByteArray();
  }

  private static byte[] concat(byte[] left, byte[] right) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(left);
    bytes.writeBytes(right);
    return bytes.toByteArray();
  }
}
