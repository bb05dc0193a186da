// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.agrona.concurrent.IdleStrategy;

/** The far end of a link: repeats one step on a thread of its own. */
final class SpinningPeer implements AutoCloseable {
  /** One turn, and how much it did; not called again once closed. */
  @FunctionalInterface
  interface Step {
    int run() throws IOException;
  }

  private final Thread thread;
  private volatile boolean stopped;

  SpinningPeer(IdleStrategy idle, Step step) {
    thread = new Thread(() -> spin(idle, step), "benchmark-peer");
    thread.setDaemon(true);
    thread.start();
  }

  private void spin(IdleStrategy idle, Step step) {
    try {
      while (!stopped) {
        idle.idle(step.run());
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
