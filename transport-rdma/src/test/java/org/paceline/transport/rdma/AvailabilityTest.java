// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;

/** Where RDMA can't be had, that is said in a sentence and nothing else happens. */
@Timeout(120)
class AvailabilityTest {
  /** A program that tries everything on a machine or JVM that lacks something. */
  static final class Attempt {
    private Attempt() {}

    public static void main(String[] arguments) {
      Transport transport = new RdmaTransport();
      ClusterConfig config = ClusterConfig.builder().key("a secret").build();
      Endpoint endpoint = Endpoint.parse("rdma://localhost:4711");
      System.out.println(
          Availability.obstacle(Path.of(arguments[0]), Path.of(arguments[1])).orElse("available"));
      if (transport.unavailable().isPresent()) {
        try {
          transport.connect(endpoint, config);
        } catch (TransportException e) {
          System.out.println(e.getMessage());
        }
        try {
          transport.listen(endpoint, config);
        } catch (TransportException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  @TempDir private Path directory;

  /** The lines that a program prints which is started with these flags of the JVM. */
  private List<String> attempt(List<String> flags, Path devices, Path connectionManager)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Attempt.class.getName());
    command.add(devices.toString());
    command.add(connectionManager.toString());
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the program ends");
    List<String> lines = Files.readAllLines(output);
    assertEquals(0, process.exitValue(), lines::toString);
    return lines;
  }

  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");

  private Path device() throws IOException {
    return Files.createDirectories(directory.resolve("infiniband/rxe0")).getParent();
  }

  @Test
  void missingFlagsAreNamed() throws IOException, InterruptedException {
    Files.writeString(directory.resolve(System.mapLibraryName("disni")), "no library");
    List<String> flags = new ArrayList<>(FLAGS.subList(0, 1));
    flags.add("-Djava.library.path=" + directory);
    List<String> lines = attempt(flags, device(), directory);
    assertEquals(3, lines.size(), lines::toString);
    assertEquals("start the JVM with --add-exports=java.base/sun.nio.ch=ALL-UNNAMED", lines.get(0));
    assertTrue(lines.get(1).startsWith("can't connect to rdma://localhost:4711: "));
    assertTrue(lines.get(2).startsWith("can't listen on rdma://localhost:4711: "));
  }

  @Test
  void missingDeviceIsSaid() throws IOException, InterruptedException {
    List<String> lines = attempt(FLAGS, directory.resolve("none"), directory);
    assertTrue(lines.get(0).startsWith("this machine has no RDMA device"), lines::toString);
  }

  @Test
  void missingConnectionManagerIsSaid() throws IOException, InterruptedException {
    List<String> lines = attempt(FLAGS, device(), directory.resolve("none"));
    assertTrue(lines.get(0).contains("modprobe rdma_ucm"), lines::toString);
  }

  @Test
  void missingLibraryIsSaid() throws IOException, InterruptedException {
    List<String> flags = new ArrayList<>(FLAGS);
    flags.add("-Djava.library.path=" + directory);
    List<String> lines = attempt(flags, device(), directory);
    boolean packed = PackedLibrary.class.getResource(PackedLibrary.resource()) != null;
    String expected =
        packed
            ? "start the JVM with -Djava.library.path=/"
            : "libdisni.so is neither in java.library.path (" + directory + ") nor in";
    assertTrue(lines.get(0).startsWith(expected), lines::toString);
  }

  @Test
  void libraryThatCantBeLoadedIsSaid() throws IOException, InterruptedException {
    Files.writeString(directory.resolve(System.mapLibraryName("disni")), "no library");
    List<String> flags = new ArrayList<>(FLAGS);
    flags.add("-Djava.library.path=" + directory);
    List<String> lines = attempt(flags, device(), directory);
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("libdisni.so can't be loaded (")),
        lines::toString);
  }
}
