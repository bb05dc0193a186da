// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.paceline.api.ClusterConfig;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;
import org.paceline.core.AgentThread;
import org.paceline.core.Arrivals;
import org.paceline.core.Door;
import org.paceline.core.Machine;
import org.paceline.core.RepeatedFault;
import org.paceline.core.Strangers;
import org.paceline.core.Transports;
import org.paceline.core.WarmUp;
import org.paceline.core.WorkerActivity;
import org.paceline.core.protocol.CloseCode;
import org.paceline.core.protocol.KeyProof;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.scene.SceneCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts channels, gives the hosts at their other ends seats, and drives the sessions. Has no
 * thread of its own.
 */
public final class WorkerAgent implements Agent {
  private static final Logger LOGGER = LoggerFactory.getLogger(WorkerAgent.class);

  /** Opens listeners beside the first. */
  interface Opener {
    /** Listens, as {@link org.paceline.api.transport.Transport#listen} does. */
    Listener listen(Endpoint endpoint);
  }

  /** One way in. */
  private record Entrance(Listener listener, Door door) {}

  private final List<Entrance> entrances = new ArrayList<>();
  private final Opener opener;
  private final WorkerSettings settings;
  private final Seats seats;
  private final NanoClock clock;
  private final List<WorkerSession> sessions = new ArrayList<>();
  private final Strangers<WorkerSession> strangers = new Strangers<>(Strangers.affordable());
  private final WorkerSession.Admission admission = new SeatAdmission();
  private final MessageWriter writer = new MessageWriter();
  private final RepeatedFault lost = new RepeatedFault(LOGGER);
  private volatile boolean busy;
  private volatile boolean leaving;
  private boolean said;
  private final ActivityMeter activity;

  WorkerAgent(
      Listener listener, Opener opener, WorkerSettings settings, Seats seats, NanoClock clock) {
    addEntrance(listener);
    this.opener = opener;
    this.settings = settings;
    this.seats = seats;
    this.clock = clock;
    activity = new ActivityMeter(clock.nanoTime());
  }

  /** Threads that drive a worker. */
  public static final class Running implements AutoCloseable {
    private final Endpoint endpoint;
    private final WorkerAgent agent;
    private final AgentThread thread;
    private final DeviceThread deviceThread;
    private final Seats seats;
    private final SceneCache cache;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean leftBehind;

    private Running(
        Endpoint endpoint,
        WorkerAgent agent,
        AgentThread thread,
        DeviceThread deviceThread,
        Seats seats,
        SceneCache cache) {
      this.endpoint = endpoint;
      this.agent = agent;
      this.thread = thread;
      this.deviceThread = deviceThread;
      this.seats = seats;
      this.cache = cache;
    }

    /** What its device is, for people. */
    public String description() {
      return seats.description();
    }

    /** Where it listens. */
    public Endpoint endpoint() {
      return endpoint;
    }

    /** Whether a host has it. */
    public boolean isBusy() {
      return agent.isBusy();
    }

    /** See {@link WorkerAgent#leave}. */
    public void leave() {
      agent.leave();
    }

    /** Pixel samples it has rendered so far, those included that were cancelled then. */
    public long samplesRendered() {
      return deviceThread.samplesRendered();
    }

    /** What it has done, as a snapshot. */
    public WorkerActivity activity() {
      return agent.activity();
    }

    /** Why it has failed, as a sentence; empty if it hasn't. */
    public Optional<String> failure() {
      return thread.failure();
    }

    /** See {@link org.paceline.core.WorkerNode#leftDeviceBehind}. */
    public boolean leftDeviceBehind() {
      return leftBehind;
    }

    /** Waits for {@link #close()}, or until it has failed. */
    public void awaitClosed() throws InterruptedException {
      thread.awaitEnd();
      if (failure().isEmpty()) {
        closed.await();
      }
    }

    @Override
    public synchronized void close() {
      if (closed.getCount() > 0) {
        // what a thread that hangs uses stays
        boolean ended = thread.close();
        leftBehind = !deviceThread.close() || !ended;
        if (!leftBehind) {
          seats.close();
          cache.close();
        }
        closed.countDown();
      }
    }
  }

  /**
   * Starts a worker with a thread for the agent and one for its devices.
   *
   * @throws org.paceline.api.transport.TransportException if the endpoint can't be had
   * @throws org.paceline.api.device.DeviceException if there is no device
   */
  public static Running start(
      ClusterConfig config, Endpoint listen, Supplier<? extends RenderDevice> opener) {
    Transports transports = new Transports();
    Arrivals arrivals = new Arrivals();
    return start(
        config, transports, arrivals, () -> transports.of(listen).listen(listen, config), opener);
  }

  /**
   * Starts one that dials a host instead of listening.
   *
   * @throws org.paceline.api.transport.TransportException if the endpoint can't be understood
   * @throws org.paceline.api.device.DeviceException if there is no device
   */
  public static Running join(
      ClusterConfig config, Endpoint host, Supplier<? extends RenderDevice> opener) {
    Transports transports = new Transports();
    Transport transport = transports.of(host);
    Arrivals arrivals = new Arrivals();
    HostDialler dialler =
        new HostDialler(
            host,
            endpoint -> arrivals.watch(transport.connect(endpoint, config)),
            config.reconnectInterval().toNanos(),
            SystemNanoClock.INSTANCE);
    return start(config, transports, arrivals, () -> dialler, opener);
  }

  private static Running start(
      ClusterConfig config,
      Transports transports,
      Arrivals arrivals,
      Supplier<Listener> listening,
      Supplier<? extends RenderDevice> opener) {
    SystemNanoClock clock = SystemNanoClock.INSTANCE;
    SceneCache cache = new SceneCache(config.workerMemoryBytes());
    DeviceThread deviceThread = new DeviceThread(clock, arrivals::wakeUp);
    Seats seats;
    try {
      seats = new Seats(deviceThread, config.workerMemoryBytes(), cache, opener);
    } catch (RuntimeException e) {
      deviceThread.close();
      throw e;
    }
    Listener listener;
    try {
      listener = arrivals.watch(listening.get());
    } catch (TransportException e) {
      deviceThread.close();
      seats.close();
      throw e;
    }
    WarmUp.run();
    WorkerSettings settings =
        new WorkerSettings(
            Machine.processName(),
            KeyProof.nonce(),
            Machine.id(),
            transports.schemes(),
            config.key(),
            config.kernels(),
            config.workerMemoryBytes(),
            config.heartbeatTimeout().toNanos());
    WorkerAgent agent =
        new WorkerAgent(
            listener,
            endpoint -> arrivals.watch(transports.of(endpoint).listen(endpoint, config)),
            settings,
            seats,
            clock);
    AgentThread thread =
        AgentThread.start(
            arrivals.around(agent),
            arrivals.idleStrategy(config.idle()),
            failure -> LOGGER.error("worker: {}", failure));
    return new Running(listener.endpoint(), agent, thread, deviceThread, seats, cache);
  }

  /** What was done since the start, as a snapshot; from any thread. */
  WorkerActivity activity() {
    return activity.snapshot();
  }

  @Override
  public String roleName() {
    return "paceline-worker";
  }

  @Override
  public int doWork() {
    long now = clock.nanoTime();
    int work = 0;
    if (leaving && !said) {
      said = true;
      sessions.forEach(WorkerSession::leave);
    }
    for (int i = 0; i < entrances.size() && !leaving; i++) {
      work += accept(entrances.get(i).door(), now);
    }
    work += seats.poll();
    for (int i = sessions.size() - 1; i >= 0; i--) {
      WorkerSession session = sessions.get(i);
      work += session.poll(now);
      if (session.isOver()) {
        sessions.remove(i);
        ended(session);
      }
    }
    busy = isAttached();
    activity.observe(sessions, now);
    return work;
  }

  private boolean isAttached() {
    for (int i = 0; i < sessions.size(); i++) {
      if (sessions.get(i).isAttached()) {
        return true;
      }
    }
    return false;
  }

  /** Asks all hosts to let go, and serves nobody else; from any thread. */
  void leave() {
    leaving = true;
  }

  /** Whether a host has this worker; from any thread. */
  boolean isBusy() {
    return busy;
  }

  /** Whatever fails of it, the rest is done: its port must be free afterwards. */
  @Override
  public void onClose() {
    for (WorkerSession session : sessions) {
      attempt(() -> session.channel().close());
      attempt(session::end);
    }
    sessions.clear();
    entrances.forEach(entrance -> attempt(entrance.listener()::close));
  }

  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOGGER.error("ending a worker", e);
    }
  }

  private void addEntrance(Listener listener) {
    entrances.add(new Entrance(listener, new Door(listener::accept, LOGGER)));
  }

  private int accept(Door door, long now) {
    int work = 0;
    door.begin(now);
    for (Channel caller = door.next(now, this::makeRoom);
        caller != null;
        caller = door.next(now, this::makeRoom)) {
      work++;
      WorkerSession session =
          new WorkerSession(caller, settings, writer, seats, admission, this::open, now);
      sessions.add(session);
      dismiss(strangers.add(caller.peer(), session));
    }
    return work;
  }

  private void makeRoom() {
    dismiss(strangers.evict());
  }

  private static void dismiss(WorkerSession stranger) {
    if (stranger != null) {
      stranger.close(
          CloseCode.CROWDED, "the worker has too many connections on which no host has attached");
    }
  }

  /** A listener for another transport, at the first one's address. */
  private int open(String scheme) {
    for (Entrance entrance : entrances) {
      Endpoint there = entrance.listener().endpoint();
      if (there.scheme().equals(scheme)) {
        entrance.listener().requireRoom();
        return there.port();
      }
    }
    if (!settings.transports().contains(scheme)) {
      throw new TransportException("this worker has no transport '" + scheme + "'");
    }
    Endpoint first = entrances.get(0).listener().endpoint();
    Listener opened;
    try {
      // the same number, so that a firewall needs one rule
      opened = opener.listen(Transports.endpoint(scheme, first.host(), first.port()));
    } catch (TransportException e) {
      LOGGER.debug("taking any port, for: {}", e.getMessage());
      opened = opener.listen(Transports.endpoint(scheme, first.host(), 0));
    }
    LOGGER.info("listening on {}, too", opened.endpoint());
    addEntrance(opened);
    return opened.endpoint().port();
  }

  /** Gives seats to the hosts whose sessions have proved to hold the key. */
  private final class SeatAdmission implements WorkerSession.Admission {
    @Override
    public boolean isElsewhere(WorkerSession session) {
      for (WorkerSession other : sessions) {
        if (other.isAttached() && other.isSameHostAs(session)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public Optional<Seats.Seat> admit(WorkerSession session, int weight) {
      for (WorkerSession other : sessions) {
        if (other != session && other.isSameLinkAs(session)) {
          // what it left when its old channel broke, perhaps without this end's noticing
          other.close(CloseCode.OTHER, "its host has come back over another channel");
        }
      }
      Optional<Seats.Seat> seat = seats.take(session, weight);
      if (seat.isPresent()) {
        strangers.remove(session);
        LOGGER.info("host {} attached with weight {}", session.channel().peer(), weight);
      }
      return seat;
    }
  }

  private void ended(WorkerSession session) {
    activity.ended(session);
    strangers.remove(session);
    session.end();
    if (session.gaveUp()) {
      String host = session.channel().peer();
      lost.happened("host " + host + " lost: " + session.channel().closeReason(), clock.nanoTime());
    } else if (session.isAttached()) {
      LOGGER.info("host {} gone: {}", session.channel().peer(), session.channel().closeReason());
    }
  }
}
