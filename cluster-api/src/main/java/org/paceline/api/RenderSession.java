// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.List;

/**
 * One stateful conversation between a host and its workers about one scene: Cycles' {@code Device},
 * call by call.
 *
 * <p>Calls up to {@link #commit()} collect an edit; commit makes it the next generation and sends
 * what changed. Workers that attach later get the whole scene. All calls come from one thread at a
 * time; only {@link #workers()} and {@link #close()} may come from any. Listeners run on the
 * session's own thread, for which some calls wait: from a listener, all but those two throw {@link
 * IllegalStateException} at once. So does every call, {@link #workers()} excepted, once the session
 * is closed or has failed; the message says why.
 *
 * <p>Memory given to {@link #copyTo} is sent from where it is. It must stay valid and unchanged
 * until a later {@link #commit()} has returned that replaced or freed the buffer, or until the
 * session is closed.
 *
 * @see <a href="https://projects.blender.org/blender/cycles">Cycles, src/device/device.h</a>
 */
public interface RenderSession extends AutoCloseable {
  /**
   * Cycles' {@code mem_alloc}: a buffer that exists on the device with undefined content and costs
   * no transfer.
   */
  void alloc(BufferSpec spec);

  /**
   * Cycles' {@code mem_copy_to}: the buffer's content is {@code source}, all of it. A buffer of the
   * same name is replaced.
   *
   * @throws IllegalArgumentException if {@code source} is not {@code spec.lengthBytes()} long
   */
  void copyTo(BufferSpec spec, NativeMemory source);

  /** Cycles' {@code mem_zero}: the buffer's content is zeros; costs no transfer. */
  void zero(BufferSpec spec);

  /**
   * Cycles' {@code mem_free}.
   *
   * @throws IllegalArgumentException if there is no buffer of that name
   */
  void free(String name);

  /** Cycles' {@code const_copy_to}: a small named constant; copied before this returns. */
  void constCopyTo(String name, NativeMemory value);

  /**
   * Cycles' {@code build_bvh}: each device builds its own acceleration structure from {@code
   * description} (opaque to the cluster, copied before this returns) and the scene buffers it
   * refers to, after they have arrived.
   */
  void buildBvh(String name, NativeMemory description);

  /**
   * Says which image the scene is made for, as its camera may be: from the next commit on a request
   * for another width, height or film layout is refused. Without a call any is rendered.
   */
  default void expect(RenderRequest request) {}

  /**
   * Makes everything since the last commit the next generation and starts sending it. Running jobs
   * of the previous generation are cancelled. Buffers replaced or freed are no longer used when
   * this returns.
   *
   * @return the generation, 1 for the first
   * @throws IllegalStateException if the session ends meanwhile, or its thread hasn't let go of
   *     older memory within five heartbeat time-outs; that memory may be in use until the session
   *     is closed
   */
  long commit();

  /**
   * Tells {@code listener} of every unit that a worker is done with, of the jobs that are started
   * from now on.
   *
   * @throws UnsupportedOperationException if this kind of session has no workers
   */
  default void addUnitListener(UnitListener listener) {
    throw new UnsupportedOperationException("this session has no workers");
  }

  /**
   * Starts to render the committed generation. One job runs at a time; a running one is cancelled.
   *
   * @throws IllegalArgumentException if the scene is for another image than the request, see {@link
   *     #expect}
   * @throws IllegalStateException before the first commit
   */
  RenderJob render(RenderRequest request);

  /**
   * The same with checkpoints. A resumed job merges only what the checkpoint lacks, and ends with
   * the same bits as one that was never interrupted. What is lost by a crash is rendered again: one
   * interval at most, and what workers held.
   *
   * @throws IllegalArgumentException if the scene is for another image than the request
   * @throws CheckpointException if the checkpoint is of another scene, renderer or request, is
   *     damaged as well as the one before it, or exists although it is not to be resumed
   * @throws IllegalStateException before the first commit
   * @throws UnsupportedOperationException if this kind of session keeps no checkpoints
   */
  default RenderJob render(RenderRequest request, Checkpointing checkpointing) {
    throw new UnsupportedOperationException("this session keeps no checkpoints");
  }

  /** A snapshot of the workers: all that are configured, and those that came by themselves. */
  List<WorkerStatus> workers();

  /**
   * Ends the session: a running job fails, workers are told, films are closed, memory given to it
   * is no longer used. The second time it does nothing. From a listener it returns at once, and the
   * session ends when the listener has returned; a call from another thread waits for that. A
   * listener that doesn't return is interrupted after 5 s and given up after 10 s: then the session
   * ends when it does.
   */
  @Override
  void close();
}
