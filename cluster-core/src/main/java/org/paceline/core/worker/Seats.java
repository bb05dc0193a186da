// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Supplier;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.RenderDevice;
import org.paceline.core.scene.SceneCache;

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
      super(scene.device());
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

  private final FairLane lane;
  private final DeviceLane device;
  private final MemoryBudget budget;
  private final SceneCache cache;
  private final Supplier<? extends RenderDevice> opener;
  private final DeviceIdentity identity;
  private final String description;
  private final String kernels;
  private final ArrayDeque<DeviceScene> free = new ArrayDeque<>();
  private int taken;

  /**
   * All are free.
   *
   * @param first the first one's device
   * @param opener opens a device like that, each time another one
   */
  Seats(
      DeviceLane device,
      long memoryBytes,
      SceneCache cache,
      RenderDevice first,
      Supplier<? extends RenderDevice> opener) {
    this.device = device;
    this.cache = cache;
    this.opener = opener;
    lane = new FairLane(device);
    budget = new MemoryBudget(memoryBytes);
    identity = first.identity();
    description = first.description();
    kernels = first.kernels();
    free.add(new DeviceScene(first, cache));
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

  /**
   * A seat; empty if all are taken.
   *
   * @throws org.paceline.api.device.DeviceException if another device can't be had
   */
  Optional<Seat> take(MemoryBudget.Tenant tenant, int weight) {
    if (taken == MOST) {
      return Optional.empty();
    }
    DeviceScene scene = free.isEmpty() ? new DeviceScene(opener.get(), cache) : free.pop();
    taken++;
    return Optional.of(new Seat(scene, lane.open(weight), budget.open(tenant)));
  }

  /** Its session is over: others may have the seat once its device has forgotten the scene. */
  void giveBack(Seat seat) {
    cancelRender(seat);
    seat.forget(
        () -> {
          seat.share().close();
          seat.room().close();
          free.push(seat.scene());
          taken--;
        });
  }

  /** Makes a seat's render return soon, if there is one. */
  void cancelRender(Seat seat) {
    device.cancelRender(seat.scene().device());
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
      scene.device().close();
    }
    free.clear();
  }
}
