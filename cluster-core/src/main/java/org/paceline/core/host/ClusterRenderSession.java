// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.BufferSpec;
import org.paceline.api.Checkpointing;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.UnitListener;
import org.paceline.api.WorkerStatus;
import org.paceline.core.AgentThread;
import org.paceline.core.Waiting;
import org.paceline.core.film.CheckpointHeader;
import org.paceline.core.scene.HostScene;
import org.paceline.core.scene.SceneEditor;
import org.paceline.core.scene.SceneEntry.Sort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The caller's side of a session: collects edits on the caller's thread and hands generations to
 * the host session. The lock keeps a close from freeing what a commit still reads.
 */
final class ClusterRenderSession implements RenderSession {
  /** A worker that takes no data is given up after one time-out. */
  private static final long COMMIT_PATIENCE = 5;

  private static final long MIN_COMMIT_LIMIT_MS = 2_000;
  private static final Logger LOGGER = LoggerFactory.getLogger(ClusterRenderSession.class);

  private final HostSession host;
  private final AgentThread agent;
  private final SceneEditor editor;
  private final NanoClock clock;
  private final Consumer<RenderSession> onClose;
  private final long commitLimitMs;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Set<Job> jobs = ConcurrentHashMap.newKeySet();
  private final List<UnitListener> unitListeners = new ArrayList<>();
  private final ExpectedImage expected = new ExpectedImage();
  private HostScene scene;
  private CheckpointWriter writer;
  private boolean closed;

  ClusterRenderSession(
      HostSession host,
      AgentThread agent,
      ClusterConfig config,
      NanoClock clock,
      Consumer<RenderSession> onClose) {
    this.host = host;
    this.agent = agent;
    commitLimitMs =
        Math.max(MIN_COMMIT_LIMIT_MS, COMMIT_PATIENCE * config.heartbeatTimeout().toMillis());
    this.clock = clock;
    this.onClose = onClose;
    editor = new SceneEditor(config.chunkBytes());
  }

  @Override
  public void alloc(BufferSpec spec) {
    edit("alloc()", () -> editor.allocate(spec, false));
  }

  @Override
  public void copyTo(BufferSpec spec, NativeMemory source) {
    edit("copyTo()", () -> editor.copyTo(spec, source));
  }

  @Override
  public void zero(BufferSpec spec) {
    edit("zero()", () -> editor.allocate(spec, true));
  }

  @Override
  public void free(String name) {
    edit("free()", () -> editor.free(name));
  }

  @Override
  public void constCopyTo(String name, NativeMemory value) {
    edit("constCopyTo()", () -> editor.copy(Sort.CONSTANT, name, value));
  }

  @Override
  public void buildBvh(String name, NativeMemory description) {
    edit("buildBvh()", () -> editor.copy(Sort.BVH, name, description));
  }

  /** A listener that waited here would wait for a commit, which waits for the listener's thread. */
  private void edit(String method, Runnable change) {
    AgentThread.requireOther(method);
    synchronized (this) {
      requireOpen();
      change.run();
    }
  }

  @Override
  public void expect(RenderRequest request) {
    edit("expect()", () -> expected.expect(request));
  }

  @Override
  public long commit() {
    AgentThread.requireOther("commit()");
    synchronized (this) {
      requireOpen();
      HostScene committed = editor.commit();
      scene = committed;
      expected.commit();
      CountDownLatch released = new CountDownLatch(1);
      post(() -> host.commit(committed, released::countDown));
      if (!Waiting.uninterruptibly(released, commitLimitMs)) {
        throw new IllegalStateException(
            "commit(): memory of older generations is still in use after "
                + commitLimitMs
                + " ms; does a listener wait for something? It may be in use until the session is"
                + " closed");
      }
      requireRunning();
      editor.takeSuperseded().forEach(NativeMemory::close);
      return committed.generation();
    }
  }

  @Override
  public void addUnitListener(UnitListener listener) {
    edit("addUnitListener()", () -> unitListeners.add(listener));
  }

  @Override
  public RenderJob render(RenderRequest request) {
    AgentThread.requireOther("render()");
    synchronized (this) {
      requireScene();
      expected.require(request);
      return start(
          new Job(
              request,
              scene.generation(),
              WorkerLink.MAX_PASS_BYTES,
              clock,
              this::cancel,
              this::release));
    }
  }

  @Override
  public RenderJob render(RenderRequest request, Checkpointing checkpointing) {
    AgentThread.requireOther("render()");
    synchronized (this) {
      requireScene();
      expected.require(request);
      if (writer == null) {
        writer = new CheckpointWriter();
      }
      writer.drain(); // what the job before is still to write may be what this one goes on from
      return start(
          new Job(
              request,
              scene.generation(),
              WorkerLink.MAX_PASS_BYTES,
              clock,
              this::cancel,
              this::release,
              Checkpointer.open(
                  checkpointing,
                  header(request, checkpointing.scene()),
                  request,
                  scene.generation(),
                  clock,
                  writer)));
    }
  }

  private CheckpointHeader header(RenderRequest request, String sceneGiven) {
    String identity = sceneGiven.isEmpty() ? SceneIdentity.of(scene) : sceneGiven;
    return CheckpointHeader.of(identity, host.requiredRenderer(), request);
  }

  private RenderJob start(Job job) {
    job.addUnitListeners(unitListeners);
    jobs.add(job);
    try {
      post(() -> host.start(job));
    } catch (IllegalStateException e) {
      jobs.remove(job);
      job.release();
      throw e;
    }
    return job;
  }

  @Override
  public List<WorkerStatus> workers() {
    return host.statuses();
  }

  @Override
  public void close() {
    if (AgentThread.isCurrent()) {
      closeElsewhere();
      return;
    }
    // first the agent, which lets a waiting commit go; its lock is free afterwards
    if (agent.close()) {
      free();
    } else {
      LOGGER.error(
          "the session's thread doesn't end; memory given to the session may still be in use");
      closeElsewhere();
    }
  }

  /** For who mustn't wait for the session's thread, or has waited for long. */
  private void closeElsewhere() {
    if (closing.compareAndSet(false, true)) {
      Thread thread = new Thread(this::closeWhenEnded, "paceline-closing");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void closeWhenEnded() {
    agent.close();
    try {
      agent.awaitEnd();
    } catch (InterruptedException e) {
      return; // nobody does that to this thread
    }
    free();
  }

  /** Once the session's thread has ended. */
  private synchronized void free() {
    if (!closed) {
      closed = true;
      editor.close();
      jobs.forEach(Job::release);
      jobs.clear();
      if (writer != null) {
        writer.close();
      }
      onClose.accept(this);
    }
  }

  private void cancel(Job job) {
    host.post(() -> host.cancel(job));
  }

  /** The session's thread may be merging into the film: it lets go of the job first. */
  private void release(Job job) {
    if (jobs.remove(job)) {
      boolean posted =
          host.post(
              () -> {
                host.cancel(job);
                job.release();
              });
      if (!posted) {
        job.release();
      }
    }
  }

  private void post(Runnable command) {
    if (!host.post(command)) {
      throw new IllegalStateException(host.endReason());
    }
  }

  private void requireScene() {
    requireOpen();
    if (scene == null) {
      throw new IllegalStateException("nothing was committed yet: call commit() before render()");
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(host.endReason());
    }
  }

  /** A command that was the last to be taken has not been carried out as it should. */
  private void requireRunning() {
    if (host.hasEnded()) {
      throw new IllegalStateException(host.endReason());
    }
  }
}
