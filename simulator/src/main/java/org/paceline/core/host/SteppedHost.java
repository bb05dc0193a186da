// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.Checkpointing;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkerStatus;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.film.CheckpointHeader;
import org.paceline.core.scene.HostScene;
import org.paceline.core.scene.SceneEditor;

/**
 * A host's session without threads: whoever calls {@link #doWork} is its thread, and its caller,
 * too, so that a commit tells when it is done instead of blocking.
 */
public final class SteppedHost implements AutoCloseable {
  /** Bytes of a host's memory that one pass is written into. */
  public static final long MAX_PASS_BYTES = WorkerLink.MAX_PASS_BYTES;

  private final HostSession session;
  private final SceneEditor editor;
  private final NanoClock clock;

  /** A session that has nothing to render yet and dials the configured workers. */
  public SteppedHost(
      ClusterConfig config,
      DeviceIdentity renderer,
      String scheme,
      Function<Endpoint, Channel> connector,
      Optional<Broadcast> broadcast,
      NanoClock clock) {
    this.clock = clock;
    editor = new SceneEditor(config.chunkBytes());
    session =
        new HostSession(
            config,
            renderer,
            new Route.Local("host", Set.of(scheme), Map.of()),
            connector,
            () -> null,
            broadcast,
            clock);
  }

  /** Collects edits for the next commit; not to be used before the last commit is done. */
  public SceneEditor editor() {
    return editor;
  }

  /**
   * Makes the edits a generation; {@code done} runs once memory of those before it is out of use.
   *
   * @return the generation
   */
  public long commit(Runnable done) {
    HostScene scene = editor.commit();
    session.post(
        () ->
            session.commit(
                scene,
                () -> {
                  editor.takeSuperseded().forEach(NativeMemory::close);
                  done.run();
                }));
    return scene.generation();
  }

  /** Starts a job. */
  public RenderJob render(RenderRequest request) {
    return start(
        new Job(
            request,
            editor.generation(),
            WorkerLink.MAX_PASS_BYTES,
            clock,
            this::cancel,
            Job::release));
  }

  /** Starts a job that keeps checkpoints, which {@code disk} writes; it goes on from the last. */
  public RenderJob render(RenderRequest request, Checkpointing checkpointing, Executor disk) {
    CheckpointHeader header =
        CheckpointHeader.of(checkpointing.scene(), session.requiredRenderer(), request);
    return start(
        new Job(
            request,
            editor.generation(),
            WorkerLink.MAX_PASS_BYTES,
            clock,
            this::cancel,
            Job::release,
            Checkpointer.open(checkpointing, header, request, editor.generation(), clock, disk)));
  }

  private RenderJob start(Job job) {
    session.post(() -> session.start(job));
    return job;
  }

  private void cancel(Job job) {
    session.post(() -> session.cancel(job));
  }

  /** A worker was found; {@code done} runs when that is known. */
  public void found(Endpoint worker, Runnable done) {
    session.post(
        () -> {
          session.found(List.of(worker));
          done.run();
        });
  }

  /** A worker that was found withdraws; {@code done} runs when that is known. */
  public void gone(Endpoint worker, Runnable done) {
    session.post(
        () -> {
          session.gone(worker);
          done.run();
        });
  }

  /** One duty cycle; returns how much was done. */
  public int doWork() {
    return session.doWork();
  }

  /** The last snapshot of the workers. */
  public List<WorkerStatus> statuses() {
    return session.statuses();
  }

  /** Ends the session. The films of its jobs stay until those are closed. */
  @Override
  public void close() {
    session.onClose();
    editor.close();
  }
}
