// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.paceline.transport.conformance.Link;

/** Somebody unloads the driver or pulls the card. Nothing over RDMA works after it: run it last. */
@Tag("slow")
@Timeout(120)
@Tag("rdma")
@ExtendWith(RequiresRdma.class)
class DeviceRemovalTest {
  @Test
  void bothEndsCloseAndSayWhatHappened() throws IOException {
    assumeTrue(
        Files.exists(Path.of("/sys/class/net/soft0")),
        "only the device of native/softroce is there to be taken away");
    Link link = Link.open(new RdmaUnderTest());
    // it returns when the last program has let go of the device, and that is this one
    new ProcessBuilder("rdma", "link", "delete", "rxe0").inheritIO().start();
    link.pollUntil(
        "both ends have closed", () -> link.client().isClosed() && link.server().isClosed());
    String reasons = link.client().closeReason() + "\n" + link.server().closeReason();
    assertTrue(reasons.contains("was lost: the RDMA device was removed"), reasons);
  }
}
