// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The far end of a link: repeats one step on a thread of its own, never giving up its core. */
final class SpinningPeer implements AutoCloseable {
  /** One turn; not called again once closed. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  private final Thread thread;
  private volatile boolean stopped;

  SpinningPeer(Step step) {
    thread = new Thread(() -> spin(step), "benchmark-peer");
    thread.setDaemon(true);
    thread.start();
  }

  private void spin(Step step) {
    try {
      while (!stopped) {
        step.run();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops the thread and waits for its end; then its sockets may be closed. */
  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
