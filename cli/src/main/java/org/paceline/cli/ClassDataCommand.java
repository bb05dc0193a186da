// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.paceline.api.ClusterConfig;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderSession;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.WorkerNode;
import picocli.CommandLine.Command;

/**
 * Does once, in one process, what hosts and workers do, so that a JVM started with {@code
 * -XX:ArchiveClassesAtExit} archives the classes that it takes. The launcher runs it after a build:
 * commands start faster with the archive, and the first pass comes in half the time.
 */
@Command(name = "class-data", hidden = true, description = "Load what other commands need.")
final class ClassDataCommand implements Callable<Integer> {
  private static final long LIMIT_SECONDS = 30;

  @Override
  public Integer call() throws InterruptedException {
    render("tcp", "");
    render("aeron", "mdc");
    return ExitCodes.OK;
  }

  private static void render(String transport, String multicast) throws InterruptedException {
    ClusterConfig settings = ClusterPlan.settings(null);
    DemoScene demo = DemoScene.of(64, 36, 1);
    DeviceOptions options = new DeviceOptions(1, settings.kernels());
    try (WorkerNode worker =
            WorkerNode.start(
                settings,
                Endpoint.parse(transport + "://127.0.0.1:0"),
                () -> Devices.open(demo.device(), options));
        LoadedScene scene = demo.open();
        RenderCluster cluster =
            RenderCluster.open(
                settings.toBuilder().worker(worker.endpoint()).multicast(multicast).build());
        RenderSession session = cluster.openSession(demo.renderer())) {
      scene.push(session);
      session.render(scene.request()).await(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }
}
