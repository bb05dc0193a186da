// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

/**
 * Triangles with a normal at every vertex, made on the host. The arrays are not copied.
 *
 * @param positions three floats per vertex
 * @param normals three floats per vertex
 * @param indices three vertex numbers per triangle, counter-clockwise seen from outside
 */
@SuppressWarnings("ArrayRecordComponent") // carries them from a generator to the scene's builder
public record Mesh(float[] positions, float[] normals, int[] indices) {
  /** A point of a surface for u and v in [0, 1]. */
  @FunctionalInterface
  public interface Surface {
    /** The point. */
    Vec3 at(float u, float v);
  }

  private static final float TAU = 6.2831855f;

  /** Cosine of a number of turns; {@code StrictMath}, so that scenes are equal everywhere. */
  static float cos(float turns) {
    return (float) StrictMath.cos(turns * TAU);
  }

  /** Sine of a number of turns. */
  static float sin(float turns) {
    return (float) StrictMath.sin(turns * TAU);
  }

  /**
   * A surface tessellated into {@code columns x rows} quads. Its normals come from neighbouring
   * vertices and point to {@code ∂u x ∂v}.
   *
   * @param closedU whether u = 0 and u = 1 are the same curve
   * @param closedV whether v = 0 and v = 1 are the same curve
   */
  public static Mesh of(int columns, int rows, boolean closedU, boolean closedV, Surface surface) {
    int width = columns + 1;
    Vec3[] points = new Vec3[width * (rows + 1)];
    for (int row = 0; row <= rows; row++) {
      for (int column = 0; column <= columns; column++) {
        points[row * width + column] = surface.at((float) column / columns, (float) row / rows);
      }
    }
    Mesh mesh =
        new Mesh(new float[3 * points.length], new float[3 * points.length], quads(columns, rows));
    for (int row = 0; row <= rows; row++) {
      int above = neighbour(row, 1, rows, closedV) * width;
      int below = neighbour(row, -1, rows, closedV) * width;
      for (int column = 0; column <= columns; column++) {
        int vertex = row * width + column;
        int right = row * width + neighbour(column, 1, columns, closedU);
        int left = row * width + neighbour(column, -1, columns, closedU);
        Vec3 du = points[right].minus(points[left]);
        Vec3 dv = points[above + column].minus(points[below + column]);
        set(mesh.positions, vertex, points[vertex]);
        set(mesh.normals, vertex, du.cross(dv).normalized());
      }
    }
    return mesh;
  }

  private static int neighbour(int index, int step, int count, boolean closed) {
    int moved = index + step;
    return closed ? Math.floorMod(moved, count) : Math.max(0, Math.min(count, moved));
  }

  private static int[] quads(int columns, int rows) {
    int[] indices = new int[6 * columns * rows];
    int to = 0;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int a = row * (columns + 1) + column;
        int b = a + columns + 1;
        for (int vertex : new int[] {a, a + 1, b + 1, a, b + 1, b}) {
          indices[to++] = vertex;
        }
      }
    }
    return indices;
  }

  private static void set(float[] array, int vertex, Vec3 value) {
    array[3 * vertex] = value.x();
    array[3 * vertex + 1] = value.y();
    array[3 * vertex + 2] = value.z();
  }

  /** A sphere of {@code 4 * rows²} triangles. */
  public static Mesh sphere(Vec3 centre, float radius, int rows) {
    int columns = 2 * rows;
    Mesh mesh = new Mesh(new float[3 * (columns + 1) * (rows + 1)], null, quads(columns, rows));
    mesh = new Mesh(mesh.positions, mesh.positions.clone(), mesh.indices);
    int vertex = 0;
    for (int row = 0; row <= rows; row++) {
      float ring = sin(0.5f * row / rows);
      float height = -cos(0.5f * row / rows);
      for (int column = 0; column <= columns; column++) {
        float turn = (float) column / columns;
        Vec3 normal = new Vec3(ring * cos(turn), height, -ring * sin(turn));
        set(mesh.normals, vertex, normal);
        set(mesh.positions, vertex++, centre.plus(normal.times(radius)));
      }
    }
    return mesh;
  }

  /** A flat parallelogram with its normal to {@code edgeU x edgeV}. */
  public static Mesh parallelogram(Vec3 corner, Vec3 edgeU, Vec3 edgeV) {
    return of(1, 1, false, false, (u, v) -> corner.plus(edgeU.times(u)).plus(edgeV.times(v)));
  }

  /** A tube along a (2, 3) torus knot that lies around the z axis. */
  public static Mesh knot(Vec3 centre, float size, float tube, int columns, int rows) {
    return of(
        columns,
        rows,
        true,
        true,
        (u, v) -> {
          Vec3 at = knotCurve(u);
          Vec3 along = knotCurve(u + 1e-3f).minus(knotCurve(u - 1e-3f)).normalized();
          Vec3 side = along.cross(at).normalized();
          Vec3 out = side.cross(along);
          return centre
              .plus(at.times(size))
              .plus(side.times(tube * cos(v)))
              .plus(out.times(tube * sin(v)));
        });
  }

  private static Vec3 knotCurve(float u) {
    float ring = 1 + 0.45f * cos(3 * u);
    return new Vec3(ring * sin(2 * u), ring * cos(2 * u), 0.5f * sin(3 * u));
  }
}
