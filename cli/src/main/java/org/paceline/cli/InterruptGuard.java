// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.paceline.api.RenderJob;

/**
 * Turns Ctrl-C into a cancelled job: the JVM's end is held back until what is done has been
 * written.
 */
final class InterruptGuard implements AutoCloseable {
  /** Long enough to write the largest film; a hanging disk must not keep the process forever. */
  private static final long WRITE_LIMIT_SECONDS = 120;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::onShutdown, "interrupt");
  private volatile RenderJob job;
  private volatile boolean interrupted;
  private volatile boolean failed;

  /** Guards from here to {@link #close()}; before {@link #watch} there is nothing to save. */
  InterruptGuard() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** From now on an interrupt cancels {@code running}. */
  void watch(RenderJob running) {
    job = running;
    if (interrupted) {
      running.cancel();
    }
  }

  boolean interrupted() {
    return interrupted;
  }

  /** The image couldn't be written: the exit code must not say that it was. */
  void fail() {
    failed = true;
  }

  /** Lets the JVM end. */
  @Override
  public void close() {
    finished.countDown();
    if (!interrupted) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM began to end in between, which the count-down has just allowed.
        interrupted = true;
      }
    }
  }

  private void onShutdown() {
    interrupted = true;
    RenderJob running = job;
    if (running == null) {
      return;
    }
    running.cancel();
    try {
      if (!finished.await(WRITE_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("paceline: the image wasn't written in time");
        failed = true;
      }
      if (failed) {
        // A JVM that ends by a signal has that signal's exit code, unless it is halted.
        Runtime.getRuntime().halt(ExitCodes.FAILED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
