// SPDX-License-Identifier: Apache-2.0
package io.aeron.driver;

import io.aeron.driver.buffer.LogFactory;

/** Reaches the one setting that Aeron's context keeps to its package. */
public final class LogFactories {
  private LogFactories() {}

  /** Has a driver's log buffers made by {@code factory}. */
  public static void install(MediaDriver.Context context, LogFactory factory) {
    context.logFactory(factory);
  }
}
