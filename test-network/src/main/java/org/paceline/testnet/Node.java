// SPDX-License-Identifier: Apache-2.0
package org.paceline.testnet;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One host of a {@link VirtualNetwork}. It shares all but the network with this machine: files,
 * memory, process ids.
 */
public final class Node {
  /** Its one network interface, besides loopback. */
  public static final String INTERFACE = "eth0";

  private static final long MIN_RATE = 100_000;

  /** What may pass at once; longer than a timer's error, shorter than anything measured. */
  private static final Pattern SENT = Pattern.compile("Sent (\\d+) bytes");

  private static final double BURST_SECONDS = 0.001;

  /** Largest frame and more: with less, nothing would pass at all. */
  private static final long MIN_BURST_BYTES = 16 << 10;

  /** What waits before it is dropped, as in the buffers of a switch. */
  private static final double QUEUE_SECONDS = 0.03;

  private static final long MIN_QUEUE_BYTES = 64 << 10;

  /** The kernel's BR_STATE_DISABLED and BR_STATE_FORWARDING. */
  private static final int DISABLED = 0;

  private static final int FORWARDING = 3;

  private final String namespace;
  private final String address;
  private final String switchNamespace;
  private final String port;

  Node(String namespace, String address, String switchNamespace, String port) {
    this.namespace = namespace;
    this.address = address;
    this.switchNamespace = switchNamespace;
    this.port = port;
  }

  /** Its IPv4 address. */
  public String address() {
    return address;
  }

  /**
   * A process that, once started, runs on this node; closing the network kills it if it still does.
   */
  public ProcessBuilder process(List<String> command) {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    inside.addAll(command);
    return new ProcessBuilder(inside);
  }

  /**
   * Bytes of frames that have left it, Ethernet headers included. What the kernel would cut into
   * frames only at a network card counts with one set of headers for all of its frames: some 4 %
   * too little.
   */
  public long sentBytes() {
    return counter("tx_bytes");
  }

  /** Bytes of frames that have reached it, counted like {@link #sentBytes()}. */
  public long receivedBytes() {
    return counter("rx_bytes");
  }

  /** Bytes of frames that its link, once shaped, has taken from it; with the headers of all. */
  public long shapedBytes() {
    String queue =
        SystemCommand.run("tc", "-n", namespace, "-s", "qdisc", "show", "dev", INTERFACE);
    Matcher sent = SENT.matcher(queue);
    if (!sent.find()) {
      throw new IllegalStateException("tc doesn't tell what was sent: " + queue);
    }
    return Long.parseLong(sent.group(1));
  }

  private long counter(String name) {
    String file = "/sys/class/net/" + INTERFACE + "/statistics/" + name;
    return Long.parseLong(SystemCommand.run("ip", "netns", "exec", namespace, "cat", file));
  }

  /**
   * Limits its link to a rate in each direction, with 30 ms of buffer before anything is dropped.
   *
   * @param bitsPerSecond at least 100,000; counts whole frames
   */
  public void shape(long bitsPerSecond) {
    if (bitsPerSecond < MIN_RATE) {
      throw new IllegalArgumentException("bitsPerSecond=" + bitsPerSecond + " < " + MIN_RATE);
    }
    shape(namespace, INTERFACE, bitsPerSecond);
    shape(switchNamespace, port, bitsPerSecond);
  }

  private static void shape(String where, String device, long bitsPerSecond) {
    double bytesPerSecond = bitsPerSecond / 8.0;
    long burst = Math.max(MIN_BURST_BYTES, (long) (bytesPerSecond * BURST_SECONDS));
    long queue = Math.max(MIN_QUEUE_BYTES, (long) (bytesPerSecond * QUEUE_SECONDS));
    SystemCommand.run(
        ("tc -n " + where + " qdisc replace dev " + device + " root tbf")
            .concat(" rate " + bitsPerSecond + "bit burst " + burst + "b limit " + queue + "b")
            .split(" "));
  }

  /**
   * Sets the longest packet that its link takes, 1500 bytes unless this says otherwise.
   *
   * @param bytes Ethernet's payload: 9000 with jumbo frames
   */
  public void mtu(int bytes) {
    for (String[] end : new String[][] {{namespace, INTERFACE}, {switchNamespace, port}}) {
      SystemCommand.run("ip", "-n", end[0], "link", "set", end[1], "mtu", "" + bytes);
    }
  }

  /**
   * Loses packets of more than so many bytes on its link, in either direction, and tells nobody: as
   * a VPN does where ICMP is dropped. Its interface goes on to say what it said.
   */
  public void loseLongerPackets(int bytes) {
    SystemCommand.run("ip", "-n", switchNamespace, "link", "set", port, "mtu", "" + bytes);
  }

  /**
   * Drops longer packets to and from it without a word, as a tunnel does that nobody knows of.
   * Senders must be {@link #withoutOffload()}.
   */
  public void swallowLongerThan(int bytes) {
    SystemCommand.run("ip", "-n", switchNamespace, "link", "set", port, "mtu", "" + bytes);
  }

  /** Has it send each packet by itself, as it leaves a network card, not several as one. */
  public void withoutOffload() {
    SystemCommand.run("ip", "-n", namespace, "link", "set", INTERFACE, "gso_max_segs", "1");
  }

  /** Lets nothing through any more, in either direction; nobody is told, as with a dead switch. */
  public void cutOff() {
    setPortState(DISABLED);
  }

  /** Undoes {@link #cutOff()}. */
  public void restore() {
    setPortState(FORWARDING);
  }

  private void setPortState(int state) {
    SystemCommand.run(
        ("bridge -n " + switchNamespace + " link set dev " + port + " state " + state).split(" "));
  }
}
