// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.BufferSpec;
import org.paceline.api.Checkpointing;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.UnitListener;
import org.paceline.api.WorkerStatus;
import org.paceline.core.Agents;
import org.paceline.core.film.CheckpointHeader;
import org.paceline.core.scene.HostScene;
import org.paceline.core.scene.SceneEditor;
import org.paceline.core.scene.SceneEntry.Sort;

/**
 * The caller's side of a session: collects edits on the caller's thread and hands generations to
 * the host session. The lock keeps a close from freeing what a commit still reads.
 */
final class ClusterRenderSession implements RenderSession {
  private final HostSession host;
  private final AgentRunner runner;
  private final SceneEditor editor;
  private final NanoClock clock;
  private final Runnable onClose;
  private final Set<Job> jobs = ConcurrentHashMap.newKeySet();
  private final List<UnitListener> unitListeners = new ArrayList<>();
  private HostScene scene;
  private CheckpointWriter writer;
  private boolean closed;

  ClusterRenderSession(
      HostSession host, AgentRunner runner, int chunkBytes, NanoClock clock, Runnable onClose) {
    this.host = host;
    this.runner = runner;
    this.clock = clock;
    this.onClose = onClose;
    editor = new SceneEditor(chunkBytes);
  }

  @Override
  public synchronized void alloc(BufferSpec spec) {
    requireOpen();
    editor.allocate(spec, false);
  }

  @Override
  public synchronized void copyTo(BufferSpec spec, NativeMemory source) {
    requireOpen();
    editor.copyTo(spec, source);
  }

  @Override
  public synchronized void zero(BufferSpec spec) {
    requireOpen();
    editor.allocate(spec, true);
  }

  @Override
  public synchronized void free(String name) {
    requireOpen();
    editor.free(name);
  }

  @Override
  public synchronized void constCopyTo(String name, NativeMemory value) {
    requireOpen();
    editor.copy(Sort.CONSTANT, name, value);
  }

  @Override
  public synchronized void buildBvh(String name, NativeMemory description) {
    requireOpen();
    editor.copy(Sort.BVH, name, description);
  }

  @Override
  public synchronized long commit() {
    requireOpen();
    HostScene committed = editor.commit();
    scene = committed;
    CountDownLatch released = new CountDownLatch(1);
    post(() -> host.commit(committed, released::countDown));
    Agents.awaitUninterruptibly(released);
    editor.takeSuperseded().forEach(NativeMemory::close);
    return committed.generation();
  }

  @Override
  public synchronized void addUnitListener(UnitListener listener) {
    requireOpen();
    unitListeners.add(listener);
  }

  @Override
  public synchronized RenderJob render(RenderRequest request) {
    requireScene();
    return start(
        new Job(
            request,
            scene.generation(),
            WorkerLink.MAX_PASS_BYTES,
            clock,
            this::cancel,
            this::release));
  }

  @Override
  public synchronized RenderJob render(RenderRequest request, Checkpointing checkpointing) {
    requireScene();
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
    // first the agent, which lets a waiting commit go; its lock is free afterwards
    Agents.close(runner);
    synchronized (this) {
      if (!closed) {
        closed = true;
        editor.close();
        jobs.forEach(Job::release);
        jobs.clear();
        if (writer != null) {
          writer.close();
        }
        onClose.run();
      }
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
      throw new IllegalStateException("the session is closed");
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
      throw new IllegalStateException("the session is closed");
    }
  }
}
