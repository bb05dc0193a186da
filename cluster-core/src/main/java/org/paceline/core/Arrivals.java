// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;
import org.paceline.api.IdleMode;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Sockets;

/**
 * What may arrive for one agent: an idle one waits for that instead of looking again and again. A
 * transport without sockets can't wake anybody: while the agent has a channel or listener of such a
 * one, it looks often, and less often once nothing has happened for a while.
 *
 * <p>All calls but {@link #wakeUp} come from the agent's thread, or before it starts.
 */
public final class Arrivals {
  /** The first waits after some work are short: what the agent does often follows on itself. */
  private static final int SHORT_WAITS = 16;

  private static final long SHORT_WAIT_MS = 1;
  private static final int WAITS_OF_EACH_LENGTH = 4;

  /** The longest wait: timers of the agent are late by no more than that. */
  private static final long LONG_WAIT_MS = 25;

  /** The same while nobody is connected. */
  private static final long ALONE_WAIT_MS = 100;

  /**
   * After that long without work, nothing is likely to come soon over a transport that is blind.
   */
  private static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(500);

  /** The wait where an arrival doesn't end it. */
  private static final long BLIND_WAIT_MS = 5;

  private static final int SPINS = 10;
  private static final int YIELDS = 10;

  private final Sockets sockets = new Sockets();
  private final List<Channel> blindChannels = new ArrayList<>();
  private boolean blind;

  /** Has a channel's arrivals wake the agent, if its transport can. */
  public Channel watch(Channel channel) {
    if (!channel.watch(sockets)) {
      blindChannels.add(channel);
    }
    return channel;
  }

  /** The same for the next channel of those that come to several agents; null if there is none. */
  public Channel watch(Supplier<Channel> callers) {
    Channel caller = callers.get();
    return caller == null ? null : watch(caller);
  }

  /** The same for a listener of the agent's own, and the channels that it accepts. */
  public Listener watch(Listener listener) {
    if (!listener.watch(sockets)) {
      unwatched();
    }
    return listener;
  }

  /** Something else arrives for the agent that can't wake it. */
  public void unwatched() {
    blind = true;
  }

  /** Has an idle agent look at once; from any thread. */
  public void wakeUp() {
    sockets.wakeUp();
  }

  /** The agent, with its sockets looked at first in each duty cycle, and let go at its end. */
  public Agent around(Agent agent) {
    return new WatchingAgent(agent);
  }

  /** What the agent does when it is idle. */
  public IdleStrategy idleStrategy(IdleMode mode) {
    return switch (mode) {
      case BUSY_SPIN, YIELD -> Idling.strategy(mode);
      case BACKOFF -> new Waiting(SPINS, SPINS + YIELDS, Idling.strategy(mode));
      case SLEEP -> new Waiting(0, 0, Idling.strategy(mode));
    };
  }

  private long longWaitMs() {
    return sockets.count() > 1 ? LONG_WAIT_MS : ALONE_WAIT_MS;
  }

  private boolean isBlind() {
    blindChannels.removeIf(Channel::isClosed);
    return blind || !blindChannels.isEmpty();
  }

  /** Spins, yields, then waits for what arrives. */
  private final class Waiting implements IdleStrategy {
    private final int spins;
    private final int yields;
    private final IdleStrategy whenBlind;
    private int idleCycles;
    private int shortWaits;
    private long idleSinceNs;

    private Waiting(int spins, int yields, IdleStrategy whenBlind) {
      this.spins = spins;
      this.yields = yields;
      this.whenBlind = whenBlind;
    }

    @Override
    public void idle(int workCount) {
      if (workCount > 0) {
        reset();
      } else {
        idle();
      }
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // lets a renderer on the same core go on
    public void idle() {
      if (idleCycles < spins) {
        idleCycles++;
        Thread.onSpinWait();
      } else if (idleCycles < yields) {
        idleCycles++;
        Thread.yield();
      } else {
        await();
      }
    }

    private void await() {
      if (!isBlind()) {
        sockets.await(
            shortWaits < SHORT_WAITS
                ? SHORT_WAIT_MS << (shortWaits / WAITS_OF_EACH_LENGTH)
                : longWaitMs());
        shortWaits++;
        return;
      }
      if (idleSinceNs == 0) {
        idleSinceNs = System.nanoTime();
      }
      if (System.nanoTime() - idleSinceNs > QUIET_NS) {
        sockets.await(BLIND_WAIT_MS);
      } else {
        whenBlind.idle();
      }
    }

    @Override
    public void reset() {
      idleCycles = 0;
      shortWaits = 0;
      idleSinceNs = 0;
      whenBlind.reset();
    }

    @Override
    public String alias() {
      return "waiting";
    }
  }

  private final class WatchingAgent implements Agent {
    private final Agent agent;

    private WatchingAgent(Agent agent) {
      this.agent = agent;
    }

    @Override
    public void onStart() {
      agent.onStart();
    }

    @Override
    public int doWork() throws Exception {
      sockets.update();
      return agent.doWork();
    }

    @Override
    public void onClose() {
      try {
        agent.onClose();
      } finally {
        sockets.close();
      }
    }

    @Override
    public String roleName() {
      return agent.roleName();
    }
  }
}
