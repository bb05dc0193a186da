// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderProgress;
import org.paceline.api.UnitRecord.Outcome;
import org.paceline.api.WorkUnit;
import org.paceline.api.WorkerStatus;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.protocol.KeyProof;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.scene.HostScene;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's side of a session: a state machine that sees commands, messages and a clock. It has no
 * thread; whoever calls {@link #doWork} owns it, everybody else talks to it with {@link #post}.
 */
final class HostSession implements Agent, WorkerLink.Listener {
  private static final Logger LOGGER = LoggerFactory.getLogger(HostSession.class);
  private static final long STATUS_INTERVAL_NS = 50_000_000;
  private static final long FIRST_UNIT_SAMPLES = 1024;
  private static final int SMALLEST_PART = 8;
  private static final long OVERDUE_MIN_NS = 1_000_000_000;
  private static final long OVERDUE_FACTOR = 4;

  private final ClusterConfig config;
  private final DeviceIdentity renderer;
  private final NanoClock clock;
  private final long overdueNs;
  private final ManyToOneConcurrentLinkedQueue<Runnable> commands =
      new ManyToOneConcurrentLinkedQueue<>();
  private final PassMemory passMemory = new PassMemory();
  private final byte[] id = KeyProof.nonce();
  private final MessageWriter writer = new MessageWriter();
  private final WorkerLinks workers;
  private final WorkerDeaths deaths = new WorkerDeaths();
  private final KernelLevels kernelLevels = new KernelLevels();
  private final List<WorkerLink> links;
  private final List<Runnable> releases = new ArrayList<>();
  private final SceneBroadcaster broadcaster;
  private volatile Runnable wakeUp = () -> {};
  private volatile List<WorkerStatus> statuses = List.of();
  private long nextStatusNs;
  private HostScene scene;
  private Job job;
  private int firstServed;
  private boolean ended;
  private volatile String endReason = "the session was closed";

  HostSession(
      ClusterConfig config,
      DeviceIdentity renderer,
      Route.Local local,
      Function<Endpoint, Channel> connector,
      Supplier<Channel> arrivals,
      Optional<Broadcast> broadcast,
      NanoClock clock) {
    this.config = config;
    this.renderer = renderer;
    this.clock = clock;
    overdueNs =
        OVERDUE_MIN_NS + OVERDUE_FACTOR * config.unitsInFlight() * config.unitTarget().toNanos();
    broadcaster = broadcast.map(SceneBroadcaster::new).orElse(null);
    nextStatusNs = clock.nanoTime();
    workers =
        new WorkerLinks(
            config,
            local,
            connector,
            arrivals,
            (dialling, twins) ->
                new WorkerLink(
                    dialling,
                    twins,
                    broadcast.isPresent(),
                    config,
                    renderer,
                    id,
                    writer,
                    passMemory,
                    this));
    links = workers.all();
    config.workers().forEach(worker -> workers.add(List.of(worker), nextStatusNs));
    publishStatuses();
  }

  /** Has the owner's thread woken up whenever there is a command for it. */
  void wakeWith(Runnable waker) {
    wakeUp = waker;
  }

  /** Runs a command on the owner's thread; false if the session has ended and it won't run. */
  boolean post(Runnable command) {
    synchronized (commands) {
      if (ended) {
        return false;
      }
      commands.add(command);
    }
    wakeUp.run();
    return true;
  }

  /** The session's thread failed, for this reason, and will end; on that thread. */
  void fail(String reason) {
    endReason = "the session ended: " + reason;
  }

  /** Whether it takes no commands any more; from any thread. */
  boolean hasEnded() {
    synchronized (commands) {
      return ended;
    }
  }

  /** Why it has ended, once {@link #hasEnded}. */
  String endReason() {
    return endReason;
  }

  /** What every worker must be to attach; equal for equal pixels only. */
  String requiredRenderer() {
    return renderer + ", kernels " + config.kernels();
  }

  /** Bytes that passes are written into, or may be. */
  long passBytes() {
    return passMemory.bytes();
  }

  /** The last snapshot of the workers; from any thread. */
  List<WorkerStatus> statuses() {
    return statuses;
  }

  // ---- commands

  /** Sends a new generation; {@code released} runs once nothing is sent from older ones' memory. */
  void commit(HostScene next, Runnable released) {
    endJob(RenderProgress.State.CANCELLED, "");
    scene = next;
    deaths.newScene();
    links.forEach(link -> link.scene(next));
    if (broadcaster != null) {
      broadcaster.scene(next);
    }
    releases.add(released);
  }

  /** Starts a job, ending the one before. */
  void start(Job next) {
    endJob(RenderProgress.State.CANCELLED, "");
    job = next;
    deaths.newJob();
    links.forEach(WorkerLink::tryAgain);
    if (job.isComplete()) {
      endJob(RenderProgress.State.DONE, "");
    }
  }

  /** Ends a job, if it still runs. */
  void cancel(Job cancelled) {
    if (job == cancelled) {
      endJob(RenderProgress.State.CANCELLED, "");
    }
  }

  /** A worker was found, or more addresses of it, best first. */
  void found(List<Endpoint> addresses) {
    workers.add(addresses, clock.nanoTime());
  }

  /** A worker that was found withdraws. */
  void gone(Endpoint worker) {
    workers.withdraw(worker);
  }

  // ---- the agent

  @Override
  public String roleName() {
    return "paceline-host";
  }

  @Override
  public int doWork() {
    long now = clock.nanoTime();
    int work = 0;
    for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
      command.run();
      work++;
    }
    work += workers.poll(now, scene);
    if (broadcaster != null) {
      work += broadcaster.poll(links);
    }
    for (int i = 0; i < links.size(); i++) {
      work += links.get(i).sendChunks();
    }
    work += runReleases();
    if (job != null) {
      work += schedule(now);
      work += job.checkpoint(now);
      watch(now);
    }
    if (now - nextStatusNs >= 0) {
      nextStatusNs = now + STATUS_INTERVAL_NS;
      publishStatuses();
    }
    return work;
  }

  /** Whatever fails of it, the rest is done: somebody waits for each. */
  @Override
  public void onClose() {
    synchronized (commands) {
      ended = true;
    }
    for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
      attempt(command);
    }
    attempt(() -> endJob(RenderProgress.State.FAILED, endReason));
    workers.forEach(link -> attempt(link::close));
    if (broadcaster != null) {
      attempt(broadcaster::close);
    }
    releases.forEach(HostSession::attempt);
    releases.clear();
  }

  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOGGER.error("ending a session", e);
    }
  }

  private int runReleases() {
    if (releases.isEmpty() || usesOlderScenes()) {
      return 0;
    }
    releases.forEach(Runnable::run);
    releases.clear();
    return 1;
  }

  private boolean usesOlderScenes() {
    return links.stream().anyMatch(WorkerLink::usesOlderScenes)
        || (broadcaster != null && broadcaster.usesOlderScenes());
  }

  private int schedule(long now) {
    int work = 0;
    double clusterSpeed = 0;
    int ready = 0;
    for (int i = 0; i < links.size(); i++) {
      clusterSpeed += links.get(i).samplesPerNs();
      ready += links.get(i).isReady() ? 1 : 0;
    }
    // one unit each in turn, and another first each time, so that none is starved of the last units
    boolean gave = ready > 0;
    firstServed++;
    while (gave && !job.isOver()) {
      gave = false;
      for (int i = 0; i < links.size(); i++) {
        WorkerLink link = links.get(Math.floorMod(i + firstServed, links.size()));
        if (link.hasCredit() && give(link, clusterSpeed, ready, now)) {
          gave = true;
          work++;
        }
      }
    }
    return work;
  }

  private boolean give(WorkerLink link, double clusterSpeed, int ready, long now) {
    OutstandingUnits outstanding = job.outstanding();
    PassScheduler scheduler = job.scheduler();
    boolean overdue = outstanding.isOverdue(now, overdueNs);
    WorkUnit copy = overdue ? outstanding.worthCopying(link, now) : null;
    WorkUnit unit = null;
    if (copy == null) {
      unit = scheduler.next(targetSamples(link, clusterSpeed, ready));
      copy = unit == null && !overdue ? outstanding.worthCopying(link, now) : null;
    }
    WorkUnit given = unit == null ? copy : unit;
    if (given == null) {
      return false;
    }
    if (link.give(job, given)) {
      outstanding.given(given, link, now);
      return true;
    }
    if (unit != null) {
      scheduler.giveBack(unit);
    }
    return false;
  }

  private long targetSamples(WorkerLink link, double clusterSpeed, int ready) {
    double speed = link.samplesPerNs();
    if (speed == 0) {
      return FIRST_UNIT_SAMPLES;
    }
    double target = speed * config.unitTarget().toNanos();
    if (ready > 1) {
      double fairPart = job.scheduler().unissuedSamples() * speed / clusterSpeed / 2;
      target = Math.max(target / SMALLEST_PART, Math.min(target, fairPart));
    }
    return (long) target;
  }

  private void watch(long now) {
    int ready = 0;
    int attached = 0;
    int refused = 0;
    for (int i = 0; i < links.size(); i++) {
      WorkerLink link = links.get(i);
      ready += link.isReady() ? 1 : 0;
      attached += link.isAttached() ? 1 : 0;
      refused += link.isRefused() ? 1 : 0;
    }
    job.workers(ready, attached);
    if (refused == links.size() && !config.expectsMore()) {
      StringBuilder reasons = new StringBuilder("no worker can render this");
      links.forEach(
          link -> reasons.append("; ").append(link.endpoint()).append(": ").append(link.detail()));
      endJob(RenderProgress.State.FAILED, reasons.toString());
      return;
    }
    deaths
        .verdict(attached, now)
        .ifPresent(sentence -> endJob(RenderProgress.State.FAILED, sentence));
  }

  private void endJob(RenderProgress.State state, String reason) {
    if (job != null) {
      if (!job.isOver()) {
        links.forEach(WorkerLink::cancelUnits);
      }
      Job ending = job;
      job = null;
      ending.end(state, reason);
    }
  }

  private void publishStatuses() {
    kernelLevels.observe(links);
    statuses = links.stream().map(WorkerLink::status).toList();
  }

  // ---- what links bring

  @Override
  public void onPass(WorkerLink link, HeldUnits.Held held, long renderNs, NativeMemory pass) {
    Job ofJob = held.job();
    WorkUnit unit = held.unit();
    deaths.rendered(unit);
    if (ofJob != job || !job.outstanding().awaits(unit)) {
      ofJob.ended(held, link, renderNs, Outcome.SURPLUS);
      return;
    }
    // first: with this pass the job may be over
    job.ended(held, link, renderNs, Outcome.MERGED);
    job.merge(unit, pass);
    job.outstanding().merged(unit);
    if (job.isOver()) {
      // copies of what has come
      links.forEach(WorkerLink::cancelUnits);
      job = null;
    }
  }

  @Override
  public void onUnitLost(WorkerLink link, HeldUnits.Held held) {
    Job ofJob = held.job();
    WorkUnit unit = held.unit();
    ofJob.ended(held, link, 0, Outcome.LOST);
    if (ofJob == job && job.outstanding().lost(unit, link)) {
      job.scheduler().giveBack(unit);
    }
  }

  @Override
  public void onAttached(String instance) {
    deaths.attached(instance);
  }

  @Override
  public void onDied(WorkerLink link, String instance, HeldUnits.Held inHand, String reason) {
    deaths.died(
        link + ": " + reason,
        instance,
        inHand == null ? null : inHand.unit(),
        inHand == null ? 0 : inHand.givenNs(),
        clock.nanoTime());
  }
}
