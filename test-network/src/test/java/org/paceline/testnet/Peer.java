// SPDX-License-Identifier: Apache-2.0
package org.paceline.testnet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program that runs on a node and tells on stdout what it sees of the network. */
final class Peer {
  private static final int PORT = 5000;
  private static final int CONNECT_TIMEOUT_MS = 500;
  private static final InetSocketAddress GROUP = new InetSocketAddress("224.20.30.40", 5001);

  private Peer() {}

  public static void main(String[] args) throws IOException {
    switch (args[0]) {
      case "sink" -> sink();
      case "send" -> send(args[1], Integer.parseInt(args[2]));
      case "try" -> tryConnect(args[1]);
      case "listen" -> listen();
      case "cast" -> cast(args[1]);
      case "network" -> network();
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  /** Starts this program on a node. */
  static Process start(Node node, String... arguments) throws IOException {
    return node.process(command(arguments)).redirectErrorStream(true).start();
  }

  static List<String> command(String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    List<String> command =
        new ArrayList<>(
            List.of(
                java, "-Djava.net.preferIPv4Stack=true", "-cp", classPath, Peer.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs this program to its end; what it said. */
  static String run(Node node, String... arguments) throws IOException {
    try (InputStream output = start(node, arguments).getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  /** The next line of a running one. */
  static String line(Process process) throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream output = process.getInputStream();
    for (int c = output.read(); c >= 0 && c != '\n'; c = output.read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  /** Takes connections one after another and reads each to its end. */
  private static void sink() throws IOException {
    try (ServerSocket server = new ServerSocket(PORT)) {
      System.out.println("ready");
      while (true) {
        try (Socket socket = server.accept()) {
          long count = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
          System.out.println(count);
        }
      }
    }
  }

  /** Sends and waits until the sink has all; says how many milliseconds that took. */
  private static void send(String address, int bytes) throws IOException {
    try (Socket socket = new Socket(address, PORT)) {
      long start = System.nanoTime();
      socket.getOutputStream().write(new byte[bytes]);
      socket.shutdownOutput();
      if (socket.getInputStream().read() >= 0) {
        throw new IOException("a sink does not answer");
      }
      System.out.println((System.nanoTime() - start) / 1_000_000);
    }
  }

  private static void tryConnect(String address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, PORT), CONNECT_TIMEOUT_MS);
      System.out.println("connected");
    } catch (IOException e) {
      System.out.println("no way: " + e.getMessage());
    }
  }

  private static void listen() throws IOException {
    try (MulticastSocket socket = new MulticastSocket(GROUP.getPort())) {
      socket.joinGroup(GROUP, NetworkInterface.getByName(Node.INTERFACE));
      System.out.println("ready");
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      socket.receive(packet);
      System.out.println(
          new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
    }
  }

  private static void cast(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (MulticastSocket socket = new MulticastSocket()) {
      socket.send(new DatagramPacket(bytes, bytes.length, GROUP));
    }
  }

  /** Makes a network and ends without closing it. */
  private static void network() throws IOException {
    VirtualNetwork network = VirtualNetwork.create(2);
    Process left = start(network.node(0), "sink");
    try (BufferedReader reader = left.inputReader()) {
      System.out.println(reader.readLine());
    }
    System.exit(0);
  }
}
