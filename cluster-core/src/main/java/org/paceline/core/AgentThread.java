// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent on a thread of its own, until it is closed or fails. An {@link Error} is a failure, and
 * so is an exception that comes in every duty cycle for {@link #PATIENCE_NS}. A failed agent is
 * closed like any other: whoever waits for it hears of it.
 *
 * <p>Agrona's AgentRunner calls {@code onClose} after no Error, repeats a cycle that fails without
 * a pause, and its {@code close} waits for ever for an agent that hangs.
 */
public final class AgentThread {
  /** How long each cycle may fail before the agent has failed. */
  static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);

  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long INTERRUPT_AFTER_MS = 5_000;
  private static final long CLOSE_LIMIT_MS = 10_000;
  private static final Logger LOGGER = LoggerFactory.getLogger(AgentThread.class);

  /** What {@link #isCurrent} looks for. */
  private static final class Carrier extends Thread {
    Carrier(Runnable body, String name) {
      super(body, name);
    }
  }

  private final Agent agent;
  private final IdleStrategy idle;
  private final Consumer<String> onFailure;
  private final Carrier thread;
  private final RepeatedFault faults = new RepeatedFault(LOGGER);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean running = true;
  private volatile String failure = "";

  // the agent's thread
  private boolean failing;
  private long failingSinceNs;

  private AgentThread(Agent agent, IdleStrategy idle, Consumer<String> onFailure) {
    this.agent = agent;
    this.idle = idle;
    this.onFailure = onFailure;
    thread = new Carrier(this::run, agent.roleName());
  }

  /**
   * Starts an agent.
   *
   * @param onFailure gets a sentence on the agent's thread if it fails, before its {@code onClose}
   */
  public static AgentThread start(Agent agent, IdleStrategy idle, Consumer<String> onFailure) {
    AgentThread started = new AgentThread(agent, idle, onFailure);
    started.thread.start();
    return started;
  }

  /** Whether the calling thread drives an agent: it must not wait for one. */
  public static boolean isCurrent() {
    return Thread.currentThread() instanceof Carrier;
  }

  /**
   * Throws on the thread of an agent, where listeners run.
   *
   * @param method what was called, for people
   */
  public static void requireOther(String method) {
    if (isCurrent()) {
      throw new IllegalStateException(
          method
              + " can't be called from a listener: it may wait for the thread that listeners run"
              + " on; call it from another thread");
    }
  }

  /** Why the agent failed; empty if it didn't. */
  public Optional<String> failure() {
    return failure.isEmpty() ? Optional.empty() : Optional.of(failure);
  }

  /** Waits until the agent has ended. */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /**
   * Ends the agent and waits for it, whatever interrupts come. What blocks it is interrupted after
   * 5 s and given up after 10 s. On an agent's thread it doesn't wait.
   *
   * @return whether the agent has ended; what it uses must not be freed otherwise
   */
  public boolean close() {
    running = false;
    if (isCurrent()) {
      return ended.getCount() == 0;
    }
    if (Waiting.uninterruptibly(ended, INTERRUPT_AFTER_MS)) {
      return true;
    }
    thread.interrupt();
    if (Waiting.uninterruptibly(ended, CLOSE_LIMIT_MS - INTERRUPT_AFTER_MS)) {
      return true;
    }
    LOGGER.warn(
        "{} doesn't end within {} s; it is in {}",
        agent.roleName(),
        CLOSE_LIMIT_MS / 1000,
        place());
    return false;
  }

  private String place() {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length == 0 ? "no method" : stack[0].toString();
  }

  private void run() {
    try {
      while (running) {
        cycle();
      }
    } finally {
      closeAgent();
      ended.countDown();
    }
  }

  private void cycle() {
    try {
      int work = agent.doWork();
      failing = false;
      idle.idle(work);
      // a listener's interrupt would close sockets
      boolean ignored = Thread.interrupted();
    } catch (Exception e) {
      failed(e, System.nanoTime());
    } catch (Error e) {
      LOGGER.error("{} failed", agent.roleName(), e);
      fail(agent.roleName() + " failed: " + e);
    }
  }

  private void failed(Exception e, long nowNs) {
    faults.happened(agent.roleName() + " failed and goes on", e, nowNs);
    if (!failing) {
      failing = true;
      failingSinceNs = nowNs;
    }
    if (nowNs - failingSinceNs > PATIENCE_NS) {
      fail(agent.roleName() + " has failed again and again: " + e);
    } else if (running) {
      LockSupport.parkNanos(PAUSE_NS);
    }
  }

  private void fail(String sentence) {
    running = false;
    failure = sentence;
    try {
      onFailure.accept(sentence);
    } catch (RuntimeException | Error e) {
      LOGGER.error("{} can't tell that it failed", agent.roleName(), e);
    }
  }

  private void closeAgent() {
    try {
      agent.onClose();
    } catch (RuntimeException | Error e) {
      LOGGER.error("closing {}", agent.roleName(), e);
    }
  }
}
