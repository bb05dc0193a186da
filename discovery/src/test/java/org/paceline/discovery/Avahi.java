// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.paceline.testnet.Node;

/** Avahi's daemon on a node, with a message bus of its own: nothing of the machine's is used. */
final class Avahi implements AutoCloseable {
  private static final String BUS_VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS";

  private static final String BUS_CONFIGURATION =
      """
      <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
       "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
      <busconfig>
        <type>system</type>
        <listen>ADDRESS</listen>
        <auth>EXTERNAL</auth>
        <policy context="default">
          <allow user="*"/>
          <allow own="*"/>
          <allow send_destination="*"/>
          <allow receive_sender="*"/>
        </policy>
      </busconfig>
      """;

  private static final String DAEMON_CONFIGURATION =
      """
      [server]
      host-name=avahi
      use-ipv4=yes
      use-ipv6=yes
      allow-interfaces=eth0
      enable-dbus=yes
      [wide-area]
      enable-wide-area=no
      [publish]
      publish-hinfo=no
      publish-workstation=no
      """;

  private final Node node;
  private final Path directory;
  private final String bus;
  private final List<Program> programs = new ArrayList<>();

  private Avahi(Node node, Path directory) {
    this.node = node;
    this.directory = directory;
    this.bus = "unix:path=" + directory.resolve("bus");
  }

  /** Why there can be none on this machine, as a sentence; null if there can. */
  static String unavailableBecause() {
    List<String> missing =
        Stream.of("avahi-daemon", "avahi-browse", "avahi-publish", "dbus-daemon")
            .filter(program -> !isInstalled(program))
            .toList();
    return missing.isEmpty()
        ? null
        : missing + " not installed (Debian: apt-get install avahi-daemon avahi-utils dbus)";
  }

  private static boolean isInstalled(String program) {
    return Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Starts the daemon and waits until it works. */
  static Avahi start(Node node, Path directory) throws IOException {
    Avahi avahi = new Avahi(node, directory);
    Path busFile = directory.resolve("bus.conf");
    Files.writeString(busFile, BUS_CONFIGURATION.replace("ADDRESS", avahi.bus));
    Path daemonFile = directory.resolve("avahi.conf");
    Files.writeString(daemonFile, DAEMON_CONFIGURATION);
    avahi
        .run(
            "dbus-daemon",
            "--config-file=" + busFile,
            "--nofork",
            "--nopidfile",
            "--print-address=1")
        .await(line -> line.startsWith("unix:"));
    // The daemon's pid file has a fixed place. A node's processes have mount tables of their own.
    avahi
        .run(
            "sh",
            "-c",
            "mount -t tmpfs none /run && exec avahi-daemon --no-chroot --no-drop-root -f "
                + daemonFile)
        .await(line -> line.startsWith("Server startup complete"));
    return avahi;
  }

  /** Starts a program on the node that talks to the daemon. */
  Program run(String... command) throws IOException {
    ProcessBuilder builder = node.process(List.of(command)).directory(directory.toFile());
    builder.environment().put(BUS_VARIABLE, bus);
    Program program = Program.start(builder);
    programs.add(program);
    return program;
  }

  @Override
  public void close() {
    programs.forEach(Program::close);
  }
}
