// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.paceline.api.AeronConfig;

/** Both ends of a stream of Aeron's own in each direction, and a media driver for them. */
final class AeronPair implements AutoCloseable {
  /** What its users do when idle. */
  final IdleStrategy idle;

  final AeronEnd near;
  final AeronEnd far;
  private final MediaDriver driver;

  private AeronPair(String media, AeronConfig settings, IdleStrategy idle) {
    this.idle = idle;
    driver = AeronEnd.driver(settings);
    far = AeronEnd.far(driver.aeronDirectoryName(), media, settings);
    near = AeronEnd.near(driver.aeronDirectoryName(), media, settings);
    near.connect(far.endpoint());
    far.connect(near.endpoint());
    near.awaitConnected();
    far.awaitConnected();
  }

  static AeronPair udp() {
    return new AeronPair(CommonContext.UDP_MEDIA, ChannelPair.OVER_UDP, ChannelPair.besideDriver());
  }

  static AeronPair ipc() {
    return new AeronPair(
        CommonContext.IPC_MEDIA, ChannelPair.OVER_IPC, BusySpinIdleStrategy.INSTANCE);
  }

  @Override
  public void close() {
    CloseHelper.closeAll(near, far, driver);
  }
}
