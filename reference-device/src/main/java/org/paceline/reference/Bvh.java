// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import java.util.Arrays;
import org.paceline.api.NativeMemory;

/**
 * A binary tree of boxes over triangles, built with the surface area heuristic in bins.
 *
 * <p>Building is deterministic, so every worker's tree is the same.
 *
 * @see "Wald, On fast Construction of SAH-based Bounding Volume Hierarchies, RT 2007"
 */
final class Bvh {
  /** Floats of a triangle: its first corner, then its edges to the second and the third. */
  static final int TRIANGLE = 9;

  /** Deepest tree: the heuristic chooses down to a depth, below it halves are equal. */
  static final int MAX_DEPTH = 80;

  private static final int HEURISTIC_DEPTH = 48;
  private static final int BINS = 16;
  private static final int BOX = 6;

  /** Floats of a node: the boxes (low corner, high corner) of its two children. */
  private static final int NODE = 2 * BOX;

  /** Far distances grow by the slab test's rounding error (Ize, JCGT 2(2), 2013). */
  private static final float ROUNDING = 1 + 0x1p-21f;

  private final float[] triangles;
  private final int[] originals;
  private final int leafSize;

  /** Two per node: an inner node's number, or for a leaf {@code ~(first slot << 4 | triangles)}. */
  private int[] links;

  private float[] boxes;
  private int nodes;

  /**
   * Builds over {@code count} triangles with checked indices.
   *
   * @param leafSize most triangles in a leaf, 1..15
   */
  Bvh(NativeMemory verts, NativeMemory indices, int count, int leafSize) {
    this.leafSize = leafSize;
    float[] bounds = new float[count * BOX];
    for (int i = 0; i < count; i++) {
      int to = i * BOX;
      for (int axis = 0; axis < 3; axis++) {
        float a = corner(verts, indices, i, 0, axis);
        float b = corner(verts, indices, i, 1, axis);
        float c = corner(verts, indices, i, 2, axis);
        bounds[to + axis] = Math.min(a, Math.min(b, c));
        bounds[to + 3 + axis] = Math.max(a, Math.max(b, c));
      }
    }
    originals = new int[count];
    Arrays.setAll(originals, i -> i);
    links = new int[2 * 64];
    boxes = new float[NODE * 64];
    nodes = 1;
    emptyBox(boxes, 0);
    emptyBox(boxes, BOX);
    new Builder(bounds).child(0, 0, 0, count, 0);
    links[1] = ~0;
    triangles = new float[count * TRIANGLE];
    for (int slot = 0; slot < count; slot++) {
      for (int axis = 0; axis < 3; axis++) {
        int to = slot * TRIANGLE + axis;
        float a = corner(verts, indices, originals[slot], 0, axis);
        triangles[to] = a;
        triangles[to + 3] = corner(verts, indices, originals[slot], 1, axis) - a;
        triangles[to + 6] = corner(verts, indices, originals[slot], 2, axis) - a;
      }
    }
  }

  private static float corner(
      NativeMemory verts, NativeMemory indices, int triangle, int corner, int axis) {
    long vertex = indices.getInt(12L * triangle + 4L * corner);
    return verts.getFloat(Vec3.BYTES * vertex + 4L * axis);
  }

  private static void emptyBox(float[] boxes, int at) {
    Arrays.fill(boxes, at, at + 3, Float.POSITIVE_INFINITY);
    Arrays.fill(boxes, at + 3, at + BOX, Float.NEGATIVE_INFINITY);
  }

  private static void grow(float[] box, int at, float[] by, int from) {
    for (int axis = 0; axis < 3; axis++) {
      box[at + axis] = Math.min(box[at + axis], by[from + axis]);
      box[at + 3 + axis] = Math.max(box[at + 3 + axis], by[from + 3 + axis]);
    }
  }

  /** Number of triangles. */
  int count() {
    return originals.length;
  }

  /** Number of a leaf slot's triangle in the scene buffers. */
  int original(int slot) {
    return originals[slot];
  }

  /** The point of a triangle with barycentric weights u and v. */
  void point(int slot, float u, float v, Vec result) {
    float[] t = triangles;
    int at = slot * TRIANGLE;
    result.set(
        t[at] + u * t[at + 3] + v * t[at + 6],
        t[at + 1] + u * t[at + 4] + v * t[at + 7],
        t[at + 2] + u * t[at + 5] + v * t[at + 8]);
  }

  /** The cross product of a triangle's edges: its normal, twice its area long. */
  void cross(int slot, Vec result) {
    float[] t = triangles;
    int at = slot * TRIANGLE;
    result.set(
        t[at + 4] * t[at + 8] - t[at + 5] * t[at + 7],
        t[at + 5] * t[at + 6] - t[at + 3] * t[at + 8],
        t[at + 3] * t[at + 7] - t[at + 4] * t[at + 6]);
  }

  /**
   * Finds the nearest hit before {@code ray.distance}, or with {@code any} just some hit.
   *
   * @return whether there is one; the ray then holds where
   */
  boolean intersect(Ray ray, boolean any) {
    float ox = ray.origin.x;
    float oy = ray.origin.y;
    float oz = ray.origin.z;
    float ix = inverse(ray.direction.x);
    float iy = inverse(ray.direction.y);
    float iz = inverse(ray.direction.z);
    int nearX = ix < 0 ? 3 : 0;
    int nearY = iy < 0 ? 4 : 1;
    int nearZ = iz < 0 ? 5 : 2;
    int farX = 3 - nearX;
    int farY = 5 - nearY;
    int farZ = 7 - nearZ;
    float[] b = boxes;
    int[] stack = ray.stack;
    int depth = 0;
    int link = 0;
    ray.slot = -1;
    while (true) {
      if (link >= 0) {
        int at = link * NODE;
        float near0 =
            max((b[at + nearX] - ox) * ix, (b[at + nearY] - oy) * iy, (b[at + nearZ] - oz) * iz);
        float far0 =
            min((b[at + farX] - ox) * ix, (b[at + farY] - oy) * iy, (b[at + farZ] - oz) * iz);
        at += BOX;
        float near1 =
            max((b[at + nearX] - ox) * ix, (b[at + nearY] - oy) * iy, (b[at + nearZ] - oz) * iz);
        float far1 =
            min((b[at + farX] - ox) * ix, (b[at + farY] - oy) * iy, (b[at + farZ] - oz) * iz);
        boolean hit0 = near0 <= far0 * ROUNDING && far0 >= 0 && near0 < ray.distance;
        boolean hit1 = near1 <= far1 * ROUNDING && far1 >= 0 && near1 < ray.distance;
        int link0 = links[2 * link];
        int link1 = links[2 * link + 1];
        if (hit0 && hit1) {
          boolean ordered = near0 <= near1;
          stack[depth++] = ordered ? link1 : link0;
          link = ordered ? link0 : link1;
          continue;
        }
        if (hit0 || hit1) {
          link = hit0 ? link0 : link1;
          continue;
        }
      } else {
        int leaf = ~link;
        int first = leaf >>> 4;
        for (int slot = first, end = first + (leaf & 15); slot < end; slot++) {
          if (intersect(slot, ray) && any) {
            return true;
          }
        }
      }
      if (depth == 0) {
        return ray.slot >= 0;
      }
      link = stack[--depth];
    }
  }

  private static float inverse(float d) {
    // An infinite inverse would make NaN of a box that starts at the ray's origin.
    return Math.abs(d) > 0x1p-60f ? 1 / d : d < 0 ? -0x1p60f : 0x1p60f;
  }

  private static float max(float a, float b, float c) {
    float ab = a > b ? a : b;
    return ab > c ? ab : c;
  }

  private static float min(float a, float b, float c) {
    float ab = a < b ? a : b;
    return ab < c ? ab : c;
  }

  /**
   * Möller and Trumbore, Fast, Minimum Storage Ray/Triangle Intersection, JGT 2(1), 1997.
   *
   * @return whether the triangle was hit nearer than anything before; the ray then holds where
   */
  private boolean intersect(int slot, Ray ray) {
    float[] t = triangles;
    int at = slot * TRIANGLE;
    float dx = ray.direction.x;
    float dy = ray.direction.y;
    float dz = ray.direction.z;
    float e1x = t[at + 3];
    float e1y = t[at + 4];
    float e1z = t[at + 5];
    float e2x = t[at + 6];
    float e2y = t[at + 7];
    float e2z = t[at + 8];
    float px = dy * e2z - dz * e2y;
    float py = dz * e2x - dx * e2z;
    float pz = dx * e2y - dy * e2x;
    float inverse = 1 / (e1x * px + e1y * py + e1z * pz);
    float sx = ray.origin.x - t[at];
    float sy = ray.origin.y - t[at + 1];
    float sz = ray.origin.z - t[at + 2];
    float u = (sx * px + sy * py + sz * pz) * inverse;
    if (!(u >= 0 && u <= 1)) {
      return false;
    }
    float qx = sy * e1z - sz * e1y;
    float qy = sz * e1x - sx * e1z;
    float qz = sx * e1y - sy * e1x;
    float v = (dx * qx + dy * qy + dz * qz) * inverse;
    if (!(v >= 0 && u + v <= 1)) {
      return false;
    }
    float distance = (e2x * qx + e2y * qy + e2z * qz) * inverse;
    if (!(distance > 0 && distance < ray.distance)) {
      return false;
    }
    ray.distance = distance;
    ray.slot = slot;
    ray.u = u;
    ray.v = v;
    return true;
  }

  /** Building's working memory. */
  private final class Builder {
    private final float[] bounds;
    private final int[] counts = new int[BINS];
    private final float[] bins = new float[BINS * BOX];
    private final float[] centres = new float[BOX];
    private final float[] sweep = new float[BOX];
    private final float[] rightCosts = new float[BINS];
    private int axis;
    private float border;

    Builder(float[] bounds) {
      this.bounds = bounds;
    }

    /** Makes triangles {@code [first, first + count)} the node's child 0 or 1. */
    void child(int node, int side, int first, int count, int depth) {
      int at = node * NODE + side * BOX;
      emptyBox(boxes, at);
      for (int i = first; i < first + count; i++) {
        grow(boxes, at, bounds, originals[i] * BOX);
      }
      if (count <= leafSize) {
        links[2 * node + side] = ~(first << 4 | count);
        return;
      }
      int inner = nodes++;
      if (2 * inner == links.length) {
        links = Arrays.copyOf(links, 2 * links.length);
        boxes = Arrays.copyOf(boxes, 2 * boxes.length);
      }
      links[2 * node + side] = inner;
      int left =
          depth < HEURISTIC_DEPTH && choose(first, count) ? partition(first, count) : count / 2;
      child(inner, 0, first, left, depth + 1);
      child(inner, 1, first + left, count - left, depth + 1);
    }

    private float centre(int triangle, int along) {
      return 0.5f * (bounds[triangle * BOX + along] + bounds[triangle * BOX + 3 + along]);
    }

    /** Finds the cheapest border between two bins; false if all centres are the same point. */
    private boolean choose(int first, int count) {
      emptyBox(centres, 0);
      for (int i = first; i < first + count; i++) {
        for (int k = 0; k < 3; k++) {
          float c = centre(originals[i], k);
          centres[k] = Math.min(centres[k], c);
          centres[3 + k] = Math.max(centres[3 + k], c);
        }
      }
      float best = Float.POSITIVE_INFINITY;
      for (int k = 0; k < 3; k++) {
        float low = centres[k];
        float size = centres[3 + k] - low;
        if (!(size > 0)) {
          continue;
        }
        Arrays.fill(counts, 0);
        for (int bin = 0; bin < BINS; bin++) {
          emptyBox(bins, bin * BOX);
        }
        float scale = BINS / size;
        for (int i = first; i < first + count; i++) {
          int triangle = originals[i];
          int bin = Math.min(BINS - 1, (int) ((centre(triangle, k) - low) * scale));
          counts[bin]++;
          grow(bins, bin * BOX, bounds, triangle * BOX);
        }
        emptyBox(sweep, 0);
        for (int bin = BINS - 1, n = 0; bin > 0; bin--) {
          n += counts[bin];
          grow(sweep, 0, bins, bin * BOX);
          rightCosts[bin] = n == 0 ? Float.POSITIVE_INFINITY : n * area(sweep);
        }
        emptyBox(sweep, 0);
        for (int bin = 1, n = 0; bin < BINS; bin++) {
          n += counts[bin - 1];
          grow(sweep, 0, bins, (bin - 1) * BOX);
          float cost = n == 0 ? Float.POSITIVE_INFINITY : n * area(sweep) + rightCosts[bin];
          if (cost < best) {
            best = cost;
            axis = k;
            border = low + size * bin / BINS;
          }
        }
      }
      return best < Float.POSITIVE_INFINITY;
    }

    /** Half the surface of a box. */
    private float area(float[] box) {
      float dx = box[3] - box[0];
      float dy = box[4] - box[1];
      float dz = box[5] - box[2];
      return dx * dy + dy * dz + dz * dx;
    }

    /** Moves triangles before the border to the front; both sides keep at least one. */
    private int partition(int first, int count) {
      int left = first;
      int right = first + count - 1;
      while (left <= right) {
        if (centre(originals[left], axis) < border) {
          left++;
        } else {
          int swapped = originals[left];
          originals[left] = originals[right];
          originals[right--] = swapped;
        }
      }
      return Math.max(1, Math.min(count - 1, left - first));
    }
  }
}
