// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import static org.paceline.core.protocol.ProtocolException.inRange;

import java.util.ArrayDeque;
import org.paceline.api.DurationHistogram;
import org.paceline.api.FilmLayout;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkUnit;
import org.paceline.api.transport.Channel;
import org.paceline.core.DurationRecorder;
import org.paceline.core.WorkerActivity;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.protocol.PassStatus;
import org.paceline.core.protocol.RenderDecoder;

/** A host's units on this worker, from the message that brings one to its pass's leaving. */
final class UnitQueue {
  /** Largest pass a host may ask for. */
  static final long MAX_PASS_BYTES = 64L << 20;

  private static final int MAX_UNITS = 64;

  /** Pauses between frames are shorter. */
  private static final long KEEP_MEMORY_NS = 2_000_000_000;

  private final Channel channel;
  private final Seats seats;
  private final Seats.Seat seat;
  private final SceneLoader scene;
  private final PassPool pool;
  private final PassSender passes;

  /** Those that wait for their scene to come back, or for memory to be rendered into. */
  private final ArrayDeque<HeldUnit> waiting = new ArrayDeque<>();

  private final DurationRecorder unitTimes = new DurationRecorder();
  private int units;
  private long sequence;
  private volatile long cancelledThrough;
  private long nowNs;
  private long lastUnitNs;
  private long lastHeldNs;
  private long samples;
  private long renderNs;

  UnitQueue(
      Channel channel, MessageWriter writer, Seats seats, Seats.Seat seat, SceneLoader scene) {
    this.channel = channel;
    this.seats = seats;
    this.seat = seat;
    this.scene = scene;
    pool = new PassPool(seat.room());
    passes = new PassSender(channel, writer, pool);
  }

  /** How long the host has had no unit here; 0 if it has. */
  long idleForNs() {
    return units > 0 ? 0 : nowNs - lastUnitNs;
  }

  /** Units that the host has given and not been told the end of. */
  int held() {
    return units;
  }

  /** Pixel samples rendered. */
  long samples() {
    return samples;
  }

  /** How long that took, without the turns of others. */
  long renderNs() {
    return renderNs;
  }

  /** The same for each of the units. */
  DurationHistogram unitTimes() {
    return unitTimes.snapshot();
  }

  /** What is done about the units, with a scene that is ready. */
  WorkerActivity.Doing doing() {
    if (units == 0) {
      return WorkerActivity.Doing.WITHOUT_UNIT;
    }
    return seat.share().pending() > 0
        ? WorkerActivity.Doing.RENDERING
        : WorkerActivity.Doing.SENDING;
  }

  /** Goes on, and sends what the channel takes; returns how much was done. */
  int poll(long now) {
    nowNs = now;
    int ended = passes.send();
    units -= ended;
    if (units > 0 || ended > 0 || !scene.isReady()) {
      lastUnitNs = now;
    }
    if (units > 0 || ended > 0) {
      lastHeldNs = now;
    }
    submitWaiting();
    if (scene.awaitsRoom() || now - lastHeldNs > KEEP_MEMORY_NS) {
      pool.trim();
    }
    if (cancelledThrough == sequence && units > 0) {
      // a cancel that met the gap between two renders is lost: repeat it until none is left
      seats.cancelRender(seat);
    }
    return ended;
  }

  void onRender(RenderDecoder message) {
    inRange("units held", ++units, 1, MAX_UNITS);
    int width = (int) inRange("width", message.width(), 1, RenderRequest.MAX_SIDE);
    int height = (int) inRange("height", message.height(), 1, RenderRequest.MAX_SIDE);
    int x = (int) inRange("x", message.x(), 0, RenderRequest.MAX_SIDE - width);
    int y = (int) inRange("y", message.y(), 0, RenderRequest.MAX_SIDE - height);
    int count = (int) inRange("samples", message.sampleCount(), 1, RenderRequest.MAX_SAMPLES);
    int first =
        (int) inRange("first sample", message.firstSample(), 0, RenderRequest.MAX_SAMPLES - count);
    int stride = (int) inRange("stride", message.stride(), 1, FilmLayout.MAX_STRIDE);
    inRange("pass bytes", (long) width * height * stride * Float.BYTES, 1, MAX_PASS_BYTES);
    int told = message.slotRegion();
    int region = told == RenderDecoder.slotRegionNullValue() ? 0 : told;
    WorkUnit unit = new WorkUnit(message.generation(), x, y, width, height, first, count);
    waiting.add(new HeldUnit(message.unitId(), unit, stride, region, message.slotOffset()));
    if (scene.isEvicted(unit.generation())) {
      scene.restore();
    }
    submitWaiting();
  }

  private void submitWaiting() {
    for (HeldUnit next = waiting.peek(); next != null; next = waiting.peek()) {
      long generation = next.unit().generation();
      if (scene.isEvicted(generation)) {
        return;
      }
      if (!scene.isReady(generation)) {
        passes.add(waiting.poll(), null, 0, PassStatus.CANCELLED, "");
        continue;
      }
      NativeMemory pass = pool.take(next.passBytes());
      if (pass == null) {
        return;
      }
      seat.share().submit(new RenderTask(waiting.poll(), pass, ++sequence));
    }
  }

  /** Units given so far aren't wanted any more. */
  void cancelAll() {
    cancelledThrough = sequence;
    for (HeldUnit held = waiting.poll(); held != null; held = waiting.poll()) {
      passes.add(held, null, 0, PassStatus.CANCELLED, "");
    }
    if (units > 0) {
      seats.cancelRender(seat);
    }
  }

  /** After the channel closed: nothing of it is rendered any more. */
  void end() {
    cancelledThrough = Long.MAX_VALUE;
    waiting.clear();
    passes.close();
  }

  private final class RenderTask extends DeviceTask {
    private final HeldUnit unit;
    private final NativeMemory pass;
    private final long number;
    private boolean complete;
    private long deviceBytes;

    RenderTask(HeldUnit unit, NativeMemory pass, long number) {
      super(seat.scene());
      this.unit = unit;
      this.pass = pass;
      this.number = number;
    }

    @Override
    void execute() {
      if (number > cancelledThrough) {
        complete = device().render(unit.unit(), unit.stride(), pass.slice(0, unit.passBytes()));
      }
      deviceBytes = device().heldBytes();
    }

    @Override
    WorkUnit renders() {
      return number > cancelledThrough ? unit.unit() : null;
    }

    @Override
    void completed() {
      if (failure() == null) {
        seat.room().settleDevice(deviceBytes);
      }
      if (channel.isClosed()) {
        pool.giveBack(pass);
        return;
      }
      PassStatus status =
          failure() != null
              ? PassStatus.FAILED
              : complete ? PassStatus.RENDERED : PassStatus.CANCELLED;
      if (status == PassStatus.RENDERED) {
        samples += unit.unit().pixelSamples();
        renderNs += durationNs();
        unitTimes.record(durationNs());
      }
      String reason = failure() == null ? "" : String.valueOf(failure().getMessage());
      // as the host sees it, a worker that it shares is that much slower
      passes.add(unit, pass, durationNs() + heldUpNs(), status, reason);
    }
  }
}
