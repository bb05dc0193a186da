// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import org.paceline.api.NativeMemory;
import org.paceline.api.RenderRequest;

/**
 * A thin-lens camera: the constant {@code camera}, {@value #BYTES} bytes in the order of the
 * components.
 *
 * @param position of the lens
 * @param target what it looks at; also the plane in focus goes through it
 * @param up roughly up; not along the view
 * @param width of the film in pixels
 * @param height of the film in pixels
 * @param tanHalfHeight tangent of half the vertical field of view
 * @param lensRadius in world units, 0 for a pinhole
 */
public record Camera(
    Vec3 position,
    Vec3 target,
    Vec3 up,
    int width,
    int height,
    float tanHalfHeight,
    float lensRadius) {
  static final int BYTES = 3 * Vec3.BYTES + 16;

  /** Validates. */
  public Camera {
    position.check("camera position", -Checks.MAX_COORDINATE, Checks.MAX_COORDINATE);
    target.check("camera target", -Checks.MAX_COORDINATE, Checks.MAX_COORDINATE);
    up.check("camera up", -1, 1);
    Checks.range("camera width", width, 1, RenderRequest.MAX_SIDE);
    Checks.range("camera height", height, 1, RenderRequest.MAX_SIDE);
    Checks.range("camera tanHalfHeight", tanHalfHeight, 1e-4f, 100);
    Checks.range("camera lensRadius", lensRadius, 0, 1e4f);
    float distance = target.minus(position).length();
    Checks.range("distance from camera to target", distance, 1e-4f, 4 * Checks.MAX_COORDINATE);
    float sine = target.minus(position).times(1 / distance).cross(up).length();
    Checks.range("sine between the camera's view and up", sine, 1e-4f, 2);
  }

  /** The same view on a film of another size. */
  public Camera withFilm(int newWidth, int newHeight) {
    return new Camera(position, target, up, newWidth, newHeight, tanHalfHeight, lensRadius);
  }

  static Camera get(NativeMemory memory) {
    Checks.length("constant camera", memory.lengthBytes(), BYTES);
    return new Camera(
        Vec3.get(memory, 0),
        Vec3.get(memory, 12),
        Vec3.get(memory, 24),
        memory.getInt(36),
        memory.getInt(40),
        memory.getFloat(44),
        memory.getFloat(48));
  }

  void put(NativeMemory memory) {
    position.put(memory, 0);
    target.put(memory, 12);
    up.put(memory, 24);
    memory.putInt(36, width);
    memory.putInt(40, height);
    memory.putFloat(44, tanHalfHeight);
    memory.putFloat(48, lensRadius);
  }
}
