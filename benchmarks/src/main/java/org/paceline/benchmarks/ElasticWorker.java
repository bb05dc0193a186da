// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.agrona.CloseHelper;
import org.paceline.api.ClusterConfig;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.WorkerNode;
import org.paceline.discovery.Announcement;
import org.paceline.discovery.KeyFingerprint;
import org.paceline.discovery.WorkerProfile;
import org.paceline.reference.PacedDevice;
import org.paceline.reference.ReferenceDeviceProvider;

/** A worker with the reference device and one thread, until its stdin ends. */
final class ElasticWorker {
  /** What it prints before its endpoint, once it listens. */
  static final String LISTENING = "listening";

  private ElasticWorker() {}

  /**
   * Arguments: where to listen, and the most pixel samples a second, 0 for no limit. Announces
   * itself unless it listens on loopback.
   */
  public static void main(String[] args) throws IOException {
    long samplesPerSecond = Long.parseLong(args[1]);
    ClusterConfig config = FanOutWorker.config().build();
    Announcement announcement = null;
    try (WorkerNode worker =
        WorkerNode.start(config, Endpoint.parse(args[0]), () -> device(samplesPerSecond))) {
      if (!InetAddress.getByName(worker.endpoint().host()).isLoopbackAddress()) {
        announcement = announce(worker, config);
      }
      System.out.println(LISTENING + " " + worker.endpoint());
      while (System.in.read() >= 0) {}
    } finally {
      CloseHelper.close(announcement);
    }
  }

  private static RenderDevice device(long samplesPerSecond) {
    RenderDevice device = new ReferenceDeviceProvider().open(new DeviceOptions(1, "auto"));
    return samplesPerSecond == 0 ? device : new PacedDevice(device, samplesPerSecond);
  }

  private static Announcement announce(WorkerNode worker, ClusterConfig config) {
    WorkerProfile profile =
        new WorkerProfile(
            "bench-" + ProcessHandle.current().pid(),
            "",
            WorkerProfile.shortened(worker.description()),
            1,
            List.of(worker.endpoint().scheme()),
            KeyFingerprint.of(config.key()),
            0);
    return Announcement.start(profile, worker.endpoint());
  }
}
