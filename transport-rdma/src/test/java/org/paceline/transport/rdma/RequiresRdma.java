// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips the tests of a class where there is no RDMA device with an IPv4 address. */
public final class RequiresRdma implements ExecutionCondition {
  private static final Path DEVICES = Path.of("/sys/class/infiniband");
  private static final String IPV4_GID = "0000:0000:0000:0000:0000:ffff:";

  /** Made by JUnit. */
  public RequiresRdma() {}

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<String> obstacle = new RdmaTransport().unavailable();
    if (obstacle.isPresent()) {
      return ConditionEvaluationResult.disabled("no RDMA here: " + obstacle.get());
    }
    return address().isPresent()
        ? ConditionEvaluationResult.enabled("there is an RDMA device")
        : ConditionEvaluationResult.disabled("no RDMA device has an IPv4 address");
  }

  /**
   * An IPv4 address of the first RoCE device that has one; its table of GIDs has them as mapped
   * IPv6 addresses.
   */
  public static Optional<String> address() {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(DEVICES)) {
      for (Path device : all) {
        try (DirectoryStream<Path> gids =
            Files.newDirectoryStream(device.resolve("ports/1/gids"))) {
          for (Path gid : gids) {
            String text = Files.readString(gid).strip();
            if (text.startsWith(IPV4_GID)) {
              return Optional.of(dotted(text.substring(IPV4_GID.length()).replace(":", "")));
            }
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String dotted(String hex) {
    long address = Long.parseLong(hex, 16);
    return (address >> 24)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }
}
