// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import java.util.Map;
import org.paceline.api.NativeMemory;
import org.paceline.api.device.DeviceException;

/**
 * The scene buffers of a generation, checked, with the tree over them and the list of lights.
 * Immutable; normals, indices and material numbers are read in place.
 */
final class Geometry {
  /** Three floats per vertex. */
  static final String VERTS = "verts";

  /** Three floats per vertex, roughly of length 1; empty for flat shading. */
  static final String NORMALS = "normals";

  /** Three ints per triangle, counter-clockwise seen from outside. */
  static final String INDICES = "indices";

  /** One int per triangle. */
  static final String TRI_MATERIAL = "tri_material";

  /** {@link Material#BYTES} bytes per material. */
  static final String MATERIALS = "materials";

  static final int MAX_VERTICES = 1 << 26;
  static final int MAX_TRIANGLES = 1 << 24;
  static final int MAX_MATERIALS = 1 << 16;
  static final int TRIANGLE_BYTES = 3 * Integer.BYTES;

  final Bvh bvh;
  private final NativeMemory indices;
  private final NativeMemory normals;
  private final NativeMemory triMaterial;
  private final Material[] materials;
  private final int[] lightSlots;
  private final float[] lightShares;
  private final float emittedTotal;

  /**
   * Checks everything that rendering relies on.
   *
   * @param buffers by name
   * @param reusable the tree from before if vertices and indices are unchanged, else null
   * @param leafSize most triangles in a leaf of a new tree
   * @throws DeviceException saying what is wrong with which buffer
   */
  Geometry(Map<String, NativeMemory> buffers, Bvh reusable, int leafSize) {
    NativeMemory verts = buffer(buffers, VERTS);
    indices = buffer(buffers, INDICES);
    normals = buffer(buffers, NORMALS);
    triMaterial = buffer(buffers, TRI_MATERIAL);
    int vertices = Checks.count("buffer verts", verts.lengthBytes(), Vec3.BYTES, MAX_VERTICES);
    int count =
        Checks.count("buffer indices", indices.lengthBytes(), TRIANGLE_BYTES, MAX_TRIANGLES);
    if (normals.lengthBytes() > 0) {
      Checks.length("buffer normals", normals.lengthBytes(), verts.lengthBytes());
    }
    Checks.length("buffer tri_material", triMaterial.lengthBytes(), (long) count * Integer.BYTES);
    checkFloats("a coordinate in buffer verts", verts, Checks.MAX_COORDINATE);
    checkFloats("a component in buffer normals", normals, 2);
    checkInts("a vertex number in buffer indices", indices, vertices - 1);
    materials = materials(buffer(buffers, MATERIALS));
    checkInts("a material number in buffer tri_material", triMaterial, materials.length - 1);
    bvh = reusable != null ? reusable : new Bvh(verts, indices, count, leafSize);

    int lights = 0;
    for (int slot = 0; slot < count; slot++) {
      lights += material(slot).emittedLuminance() > 0 ? 1 : 0;
    }
    lightSlots = new int[lights];
    lightShares = new float[lights];
    double[] sums = new double[lights];
    double sum = 0;
    Vec cross = new Vec();
    for (int slot = 0, light = 0; slot < count; slot++) {
      float luminance = material(slot).emittedLuminance();
      if (luminance > 0) {
        bvh.cross(slot, cross);
        sum += 0.5 * Math.sqrt(cross.dot(cross)) * luminance;
        lightSlots[light] = slot;
        sums[light++] = sum;
      }
    }
    for (int light = 0; light < lights; light++) {
      lightShares[light] = (float) (sums[light] / sum);
    }
    emittedTotal = (float) sum;
  }

  private static NativeMemory buffer(Map<String, NativeMemory> buffers, String name) {
    NativeMemory buffer = buffers.get(name);
    if (buffer == null) {
      throw new DeviceException("the scene has no buffer " + name + "; copy one before commit");
    }
    return buffer;
  }

  private static void checkFloats(String what, NativeMemory memory, float max) {
    for (long at = 0; at < memory.lengthBytes(); at += Float.BYTES) {
      Checks.range(what, memory.getFloat(at), -max, max);
    }
  }

  private static void checkInts(String what, NativeMemory memory, int max) {
    for (long at = 0; at < memory.lengthBytes(); at += Integer.BYTES) {
      Checks.range(what, memory.getInt(at), 0, max);
    }
  }

  private static Material[] materials(NativeMemory memory) {
    int count =
        Checks.count("buffer materials", memory.lengthBytes(), Material.BYTES, MAX_MATERIALS);
    Material[] materials = new Material[count];
    for (int i = 0; i < count; i++) {
      materials[i] = Material.get(memory, (long) i * Material.BYTES);
    }
    return materials;
  }

  /** The material of a leaf slot's triangle. */
  Material material(int slot) {
    return materials[triMaterial.getInt(4L * bvh.original(slot))];
  }

  /**
   * Interpolates the vertices' normals at a hit; false if there are none or they cancel out, and
   * the result is undefined.
   */
  boolean smoothNormal(Ray hit, Vec result) {
    if (normals.lengthBytes() == 0) {
      return false;
    }
    long corners = (long) TRIANGLE_BYTES * bvh.original(hit.slot);
    result.set(0, 0, 0);
    addNormal(1 - hit.u - hit.v, corners, result);
    addNormal(hit.u, corners + 4, result);
    addNormal(hit.v, corners + 8, result);
    if (result.dot(result) < 1e-8f) {
      return false;
    }
    result.normalize();
    return true;
  }

  private void addNormal(float weight, long corner, Vec result) {
    long at = (long) Vec3.BYTES * indices.getInt(corner);
    result.set(
        result.x + weight * normals.getFloat(at),
        result.y + weight * normals.getFloat(at + 4),
        result.z + weight * normals.getFloat(at + 8));
  }

  /** Whether there is a triangle that emits. */
  boolean hasLights() {
    return emittedTotal > 0;
  }

  /** The light whose share of the emitted power contains {@code u}; returns its leaf slot. */
  int chooseLight(float u) {
    int low = 0;
    int high = lightShares.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (lightShares[middle] > u) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return lightSlots[low];
  }

  /** Density per area with which points on a light of this material are chosen. */
  float lightDensity(Material material) {
    return material.emittedLuminance() / emittedTotal;
  }
}
