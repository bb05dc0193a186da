// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Supplier;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.RenderDevice;
import org.paceline.core.scene.Manifest;
import org.paceline.core.scene.SceneCache;
import org.paceline.core.scene.SceneEntry;

/**
 * What a worker has to offer, in portions: each host gets a device of its own, with its scene on
 * it, a share of the time in which one of them renders, and room for its scene.
 *
 * <p>Belongs to the sessions' owner.
 */
final class Seats {
  /** More hosts than that would each get little. */
  static final int MOST = 16;

  /**
   * One portion.
   *
   * @param scene the device, which has forgotten whatever was on it
   * @param share its turns on the lane
   * @param room its part of the memory
   */
  record Seat(DeviceScene scene, FairLane.Share share, MemoryBudget.Room room) {
    /** Queues that the device forgets its scene; its room is free after that. */
    void forget(Runnable then) {
      room.leaves();
      share.submit(new ForgetTask(scene, then));
    }
  }

  private static final class ForgetTask extends DeviceTask {
    private final DeviceScene scene;
    private final Runnable then;

    ForgetTask(DeviceScene scene, Runnable then) {
      super(scene);
      this.scene = scene;
      this.then = then;
    }

    @Override
    void execute() {
      scene.forget();
    }

    @Override
    void completed() {
      then.run();
    }
  }

  /** Closes a device that has forgotten its scene. */
  private static final class CloseTask extends DeviceTask {
    private final DeviceScene scene;
    private final Runnable then;

    CloseTask(DeviceScene scene, Runnable then) {
      super(scene);
      this.scene = scene;
      this.then = then;
    }

    @Override
    void execute() {
      scene.close();
    }

    @Override
    void completed() {
      then.run();
    }
  }

  private final FairLane lane;
  private final DeviceLane device;
  private final MemoryBudget budget;
  private final SceneCache cache;
  private final Supplier<? extends RenderDevice> opener;
  private final DeviceIdentity identity;
  private final String description;
  private final String kernels;
  private final RenderDevice sample;
  private final ArrayDeque<DeviceScene> free = new ArrayDeque<>();
  private int taken;

  /**
   * All are free.
   *
   * @param opener opens a device, each time another one: the first here, which shows that there is
   *     one, others on the lane
   * @throws org.paceline.api.device.DeviceException if there is no device
   */
  Seats(
      DeviceLane device,
      long memoryBytes,
      SceneCache cache,
      Supplier<? extends RenderDevice> opener) {
    this.device = device;
    this.cache = cache;
    this.opener = opener;
    lane = new FairLane(device);
    budget = new MemoryBudget(memoryBytes);
    DeviceScene first = new DeviceScene(opener, cache);
    first.open();
    sample = first.device();
    cache.shareWith(budget::otherBytes);
    identity = sample.identity();
    description = sample.description();
    kernels = sample.kernels();
    free.add(first);
  }

  /** What all devices are. */
  DeviceIdentity identity() {
    return identity;
  }

  /** The same for people. */
  String description() {
    return description;
  }

  /** See {@link RenderDevice#kernels}. */
  String kernels() {
    return kernels;
  }

  /** About how many bytes a device needs beside a scene's buffers. */
  long workingBytes(Manifest manifest) {
    return sample.workingBytes(
        manifest.entries().stream()
            .filter(entry -> entry.key().sort() == SceneEntry.Sort.BUFFER)
            .map(SceneEntry::spec)
            .toList());
  }

  /** A seat; empty if all are taken. */
  Optional<Seat> take(MemoryBudget.Tenant tenant, int weight) {
    if (taken == MOST) {
      return Optional.empty();
    }
    DeviceScene scene = free.isEmpty() ? new DeviceScene(opener, cache) : free.pop();
    taken++;
    return Optional.of(new Seat(scene, lane.open(weight), budget.open(tenant)));
  }

  /**
   * Its session is over: others may have the seat once its device has forgotten the scene. One
   * device stays open for the next host.
   */
  void giveBack(Seat seat) {
    cancelRender(seat);
    seat.forget(
        () -> {
          if (free.stream().anyMatch(scene -> scene.device() != null)) {
            seat.share().submit(new CloseTask(seat.scene(), () -> release(seat)));
          } else {
            release(seat);
          }
        });
  }

  private void release(Seat seat) {
    seat.share().close();
    seat.room().close();
    if (seat.scene().device() == null) {
      free.addLast(seat.scene());
    } else {
      free.addFirst(seat.scene());
    }
    taken--;
  }

  /** Makes a seat's render return soon, if there is one. */
  void cancelRender(Seat seat) {
    RenderDevice open = seat.scene().device();
    if (open != null) {
      device.cancelRender(open);
    }
  }

  /** Completes what devices have done; returns how much that was. */
  int poll() {
    return lane.poll();
  }

  /** After all seats were given back and the lane has stopped: closes the devices. */
  void close() {
    lane.drop();
    for (DeviceScene scene : free) {
      scene.forget();
      scene.close();
    }
    free.clear();
  }
}
