// SPDX-License-Identifier: Apache-2.0
package org.paceline.testnet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Some nodes on one switch, each a network namespace with an address of its own.
 *
 * <p>The switch is a bridge in a namespace, too, so the machine's own network is neither seen nor
 * touched. It floods multicast to every port, as a switch without IGMP snooping does. Closing it,
 * or the end of this JVM unless it is killed, ends the processes in the nodes and leaves nothing
 * behind. Thread-safe.
 */
public final class VirtualNetwork implements AutoCloseable {
  private static final int MAX_NODES = 250;
  private static final String SUBNET = "10.71.0.";
  private static final String BRIDGE = "switch0";
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name =
      "paceline-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-";
  private final String switchNamespace = name + "switch";
  private final List<String> namespaces = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Thread atExit = new Thread(this::remove, name + "removal");
  private boolean removed;

  private VirtualNetwork() {}

  /**
   * Makes a network.
   *
   * @param count nodes, 1..250
   * @throws IllegalStateException if the machine forbids it, with the words of the program that
   *     failed
   */
  public static VirtualNetwork create(int count) {
    if (count < 1 || count > MAX_NODES) {
      throw new IllegalArgumentException("count=" + count + " is not in 1.." + MAX_NODES);
    }
    VirtualNetwork network = new VirtualNetwork();
    Runtime.getRuntime().addShutdownHook(network.atExit);
    try {
      network.addSwitch();
      for (int number = 1; number <= count; number++) {
        network.addNode(number);
      }
      return network;
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /**
   * Why there can be no network on this machine, as a sentence; null if there can. Found by making
   * one.
   */
  public static String unavailableBecause() {
    try (VirtualNetwork network = create(1)) {
      network.node(0).shape(1_000_000_000);
      network.node(0).sentBytes();
      network.node(0).restore();
      return null;
    } catch (IllegalStateException e) {
      return "network namespaces can't be had, which needs root and iproute2: " + e.getMessage();
    }
  }

  /** The nodes, in the order of their addresses. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** One node, counted from 0. */
  public Node node(int index) {
    return nodes.get(index);
  }

  private synchronized void addSwitch() {
    addNamespace(switchNamespace);
    ip(switchNamespace, "link", "add", BRIDGE, "type", "bridge", "mcast_snooping", "0");
    ip(switchNamespace, "link", "set", BRIDGE, "up");
  }

  private synchronized void addNode(int number) {
    String namespace = name + number;
    String port = "port" + number;
    String address = SUBNET + number;
    String device = Node.INTERFACE;
    addNamespace(namespace);
    ip(
        namespace,
        "link",
        "add",
        device,
        "type",
        "veth",
        "peer",
        "name",
        port,
        "netns",
        switchNamespace);
    // Without IPv6 nobody speaks unasked, and the counters count what was sent on purpose.
    ip(switchNamespace, "link", "set", port, "addrgenmode", "none", "master", BRIDGE, "up");
    ip(namespace, "addr", "add", address + "/24", "dev", device);
    ip(namespace, "link", "set", "lo", "up");
    ip(namespace, "link", "set", device, "addrgenmode", "none", "up");
    ip(namespace, "route", "add", "224.0.0.0/4", "dev", device);
    nodes.add(new Node(namespace, address, switchNamespace, port));
  }

  private void addNamespace(String namespace) {
    // The end of the JVM may have come first, and then nobody would remove it.
    if (removed) {
      throw new IllegalStateException("the network " + name + " is closed");
    }
    SystemCommand.run("ip", "netns", "add", namespace);
    namespaces.add(namespace);
  }

  private static void ip(String namespace, String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
    command.addAll(List.of(arguments));
    SystemCommand.run(command.toArray(String[]::new));
  }

  private synchronized void remove() {
    if (removed) {
      return;
    }
    removed = true;
    List<IllegalStateException> failures = new ArrayList<>();
    for (String namespace : namespaces) {
      try {
        endProcesses(namespace);
        SystemCommand.run("ip", "netns", "delete", namespace);
      } catch (IllegalStateException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }

  /** Ends whatever runs in a namespace, daemons that left their parent included. */
  private static void endProcesses(String namespace) {
    SystemCommand.run("ip", "netns", "pids", namespace)
        .lines()
        .map(Long::valueOf)
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .filter(ProcessHandle::destroyForcibly)
        .toList()
        .forEach(process -> process.onExit().join());
  }

  /** Kills the processes in the nodes and removes everything. Does nothing the second time. */
  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook runs, and finds nothing to do.
      return;
    }
  }
}
