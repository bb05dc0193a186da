// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceException;

/**
 * A process of its own that gives a device scenes with wrong numbers in them, and renders those
 * that the device takes. Arguments: seed, rounds. Says what it changed, so that the last line
 * before a crash tells the reason.
 */
public final class HostileScenes {
  /** Exit code for a render that a cancel didn't end. */
  static final int HANGS = 3;

  private static final int SIDE = 12;
  private static final long CANCEL_AFTER_MS = 2_000;
  private static final long HANGS_AFTER_MS = 30_000;

  private static final int[] NUMBERS = {
    0,
    1,
    2,
    -1,
    -2,
    255,
    1 << 16,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0x7fc00000, // not a number
    0x7f800000, // infinity
    0x7149f2ca, // 1e30
    0xf149f2ca,
  };

  private final SplittableRandom random;
  private final CyclesDevice device = Native.device();
  private final Map<BufferSpec, NativeMemory> buffers = new LinkedHashMap<>();
  private final List<NativeMemory> constants = new ArrayList<>();
  private final NativeMemory bvh;
  private final int shaders;
  private final int stride;
  private int taken;

  private HostileScenes(long seed, CyclesScene scene) {
    random = new SplittableRandom(seed);
    NativeMemory[] described = new NativeMemory[1];
    try (DirectSession session =
        new DirectSession(device) {
          @Override
          public void copyTo(BufferSpec spec, NativeMemory source) {
            buffers.put(spec, copy(source));
            super.copyTo(spec, source);
          }

          @Override
          public void constCopyTo(String name, NativeMemory value) {
            constants.add(copy(value));
            super.constCopyTo(name, value);
          }

          @Override
          public void buildBvh(String name, NativeMemory description) {
            described[0] = copy(description);
            super.buildBvh(name, description);
          }
        }) {
      scene.push(session);
    }
    bvh = described[0];
    stride = scene.filmLayout().stride();
    shaders =
        buffers.entrySet().stream()
            .filter(each -> each.getKey().name().equals("shaders"))
            .mapToInt(each -> (int) each.getValue().lengthBytes() / 32)
            .sum();
  }

  private static NativeMemory copy(NativeMemory source) {
    NativeMemory copy = NativeMemory.allocate(source.lengthBytes());
    copy.copyFrom(0, source, 0, source.lengthBytes());
    return copy;
  }

  /** The program. */
  public static void main(String[] arguments) throws InterruptedException {
    long seed = Long.parseLong(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    HostileScenes hostile = new HostileScenes(seed, scene());
    hostile.wholeScene();
    for (int round = 0; round < rounds; round++) {
      hostile.round(round);
    }
    hostile.device.close();
    System.out.println("taken " + hostile.taken + " of " + rounds);
  }

  private static CyclesScene scene() {
    CyclesSettings settings =
        CyclesSettings.withSamples(16)
            .withSize(Scenes.WIDTH, Scenes.HEIGHT)
            .withThreads(2)
            .withPasses(List.of("depth", "normal", "diffuse_direct", "cryptomatte_object"));
    try (CyclesSceneBuilder builder = CyclesScene.builder(settings)) {
      Scenes.hair(builder, false, true);
      Scenes.octahedron(builder, "clay");
      builder.object(1, Scenes.at(0, 0, 5)).object(1, Scenes.sliding(1, 1, 6, 0.3f));
      return builder.build();
    }
  }

  private void wholeScene() throws InterruptedException {
    load(true);
    if (!render()) {
      throw new IllegalStateException("the scene as it is was cancelled");
    }
  }

  private void load(boolean withBvh) {
    buffers.forEach(device::copyTo);
    if (withBvh) {
      device.buildBvh("scene", bvh);
    }
    constants.forEach(constant -> device.constCopyTo("data", constant));
    device.commit();
  }

  private void round(int round) throws InterruptedException {
    List<BufferSpec> specs = new ArrayList<>(buffers.keySet());
    boolean inData = random.nextInt(3) == 0;
    BufferSpec spec = inData ? null : specs.get(random.nextInt(specs.size()));
    NativeMemory memory = inData ? constants.get(0) : buffers.get(spec);
    String name = inData ? "KernelData" : spec.name();
    long words = memory.lengthBytes() / 4;
    if (name.equals("svm_nodes")) {
      words = 4L * shaders; // programs themselves aren't checked
    }
    int changes = 1 + random.nextInt(2);
    long[] at = new long[changes];
    int[] before = new int[changes];
    StringBuilder what = new StringBuilder("round " + round + ": " + name);
    for (int i = 0; i < changes; i++) {
      at[i] = 4 * random.nextLong(words);
      before[i] = memory.getInt(at[i]);
      int number =
          switch (random.nextInt(3)) {
            case 0 -> random.nextInt();
            case 1 -> before[i] + random.nextInt(-9, 10);
            default -> NUMBERS[random.nextInt(NUMBERS.length)];
          };
      memory.putInt(at[i], number);
      what.append(" [").append(at[i]).append("] = ").append(number);
    }
    System.out.println(what);
    try {
      load(random.nextInt(4) == 0);
      render();
      taken++;
    } catch (DeviceException e) {
      System.out.println("  " + e.getMessage());
    } finally {
      for (int i = changes - 1; i >= 0; i--) {
        memory.putInt(at[i], before[i]);
      }
    }
    if (random.nextInt(50) == 0) {
      wholeScene();
    } else {
      load(true);
    }
  }

  /** False if it took so long that it was cancelled. */
  private boolean render() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    Thread watch = new Thread(() -> cancelUnless(done));
    watch.start();
    try (NativeMemory pass = NativeMemory.allocate((long) SIDE * SIDE * stride * Float.BYTES)) {
      int x = random.nextInt(Scenes.WIDTH - SIDE);
      int y = random.nextInt(Scenes.HEIGHT - SIDE);
      return device.render(new WorkUnit(1, x, y, SIDE, SIDE, 0, 2), stride, pass);
    } finally {
      done.countDown();
      watch.join();
    }
  }

  private void cancelUnless(CountDownLatch done) {
    try {
      if (done.await(CANCEL_AFTER_MS, TimeUnit.MILLISECONDS)) {
        return;
      }
      System.out.println("  cancelled");
      device.cancel();
      if (!done.await(HANGS_AFTER_MS, TimeUnit.MILLISECONDS)) {
        System.out.println("  hangs");
        Runtime.getRuntime().halt(HANGS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
