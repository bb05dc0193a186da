// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.WorkerStatus;
import org.paceline.core.scene.HostScene;
import org.paceline.core.scene.SceneEditor;
import org.paceline.core.scene.SceneEntry.Sort;

/**
 * The caller's side of a session: collects edits on the caller's thread and hands generations to
 * the host session.
 */
final class ClusterRenderSession implements RenderSession {
  private final HostSession host;
  private final AgentRunner runner;
  private final SceneEditor editor;
  private final NanoClock clock;
  private final Runnable onClose;
  private final List<Job> jobs = new ArrayList<>();
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
  public void alloc(BufferSpec spec) {
    editor.allocate(spec, false);
  }

  @Override
  public void copyTo(BufferSpec spec, NativeMemory source) {
    editor.copyTo(spec, source);
  }

  @Override
  public void zero(BufferSpec spec) {
    editor.allocate(spec, true);
  }

  @Override
  public void free(String name) {
    editor.free(name);
  }

  @Override
  public void constCopyTo(String name, NativeMemory value) {
    editor.copy(Sort.CONSTANT, name, value);
  }

  @Override
  public void buildBvh(String name, NativeMemory description) {
    editor.copy(Sort.BVH, name, description);
  }

  @Override
  public long commit() {
    requireOpen();
    HostScene scene = editor.commit();
    CountDownLatch released = new CountDownLatch(1);
    host.post(() -> host.commit(scene, released::countDown));
    try {
      released.await();
    } catch (InterruptedException e) {
      // the copies stay with the editor: they may still be sent from
      Thread.currentThread().interrupt();
      return scene.generation();
    }
    editor.takeSuperseded().forEach(NativeMemory::close);
    return scene.generation();
  }

  @Override
  public RenderJob render(RenderRequest request) {
    requireOpen();
    if (editor.generation() == 0) {
      throw new IllegalStateException("nothing was committed yet: call commit() before render()");
    }
    Job job =
        new Job(
            request,
            editor.generation(),
            WorkerLink.SLOT_BYTES,
            clock,
            cancelled -> host.post(() -> host.cancel(cancelled)));
    jobs.add(job);
    host.post(() -> host.start(job));
    return job;
  }

  @Override
  public List<WorkerStatus> workers() {
    return host.statuses();
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      CloseHelper.close(runner);
      editor.close();
      jobs.forEach(Job::release);
      onClose.run();
    }
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
  }
}
