// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.nio.file.Path;

/**
 * Builds a scene call by call: what integrations use, and the way to what Cycles' XML can't say
 * (instances, hair, points, object and deformation motion).
 *
 * <p>Shaders, lights, background, film, integrator and camera options come as XML, in the elements
 * of a Cycles scene file. A geometry must be placed with {@link #object} to be seen, any number of
 * times. Motion takes an odd number of moments from shutter opening to closing.
 *
 * <p>One thread at a time. Arrays are copied. Methods throw {@link CyclesException} for indices and
 * sizes that don't fit together and for shaders that don't exist (yet).
 */
public final class CyclesSceneBuilder implements AutoCloseable {
  private final CyclesSettings settings;
  private long handle;

  /**
   * How faces are subdivided.
   *
   * @param catmullClark smooths; else faces are split as they are
   * @param dicingRate edge length in pixels to reach, 0.1 or more
   * @param maxLevel most times a face is halved, 0..16
   */
  public record Subdivision(boolean catmullClark, float dicingRate, int maxLevel) {}

  CyclesSceneBuilder(CyclesSettings settings) {
    this.settings = settings;
    this.handle = CyclesScene.create(settings);
  }

  /** Adds elements of a scene file: {@code <shader>}, {@code <light>}, {@code <camera>} ... */
  public CyclesSceneBuilder xml(String elements) {
    return xml(elements, Path.of(""));
  }

  /** The same, with the directory that file names in it are relative to. */
  public CyclesSceneBuilder xml(String elements, Path baseDirectory) {
    CyclesNative.sceneReadText(open(), elements, baseDirectory.toString());
    return this;
  }

  /**
   * Adds a triangle mesh without motion or texture coordinates.
   *
   * @param vertices x, y, z of each vertex
   * @param triangles three vertex numbers each
   * @return the geometry's number for {@link #object}
   */
  public int mesh(String shader, boolean smooth, float[] vertices, int[] triangles) {
    return mesh(shader, smooth, vertices, 1, triangles, new float[0]);
  }

  /**
   * Adds a triangle mesh.
   *
   * @param vertices x, y, z of each vertex, for one moment after the other
   * @param steps number of moments
   * @param triangles three vertex numbers each
   * @param uv u, v of each corner of each triangle; empty for none
   * @return the geometry's number for {@link #object}
   */
  public int mesh(
      String shader, boolean smooth, float[] vertices, int steps, int[] triangles, float[] uv) {
    return CyclesNative.sceneAddMesh(open(), vertices, steps, triangles, uv, smooth, shader);
  }

  /**
   * Adds a mesh that is subdivided when the scene is prepared.
   *
   * @param faceSizes number of corners of each face, 3 or more
   * @param corners vertex numbers, face after face
   * @return the geometry's number for {@link #object}
   */
  public int subdividedMesh(
      String shader,
      boolean smooth,
      float[] vertices,
      int[] faceSizes,
      int[] corners,
      Subdivision subdivision) {
    return CyclesNative.sceneAddSubdividedMesh(
        open(),
        vertices,
        faceSizes,
        corners,
        subdivision.catmullClark(),
        subdivision.dicingRate(),
        subdivision.maxLevel(),
        smooth,
        shader);
  }

  /**
   * Adds hair.
   *
   * @param keys x, y, z of each control point, for one moment after the other
   * @param steps number of moments
   * @param radii radius at each control point
   * @param firstKeys first control point of each curve, from 0 up; a curve has two or more
   * @return the geometry's number for {@link #object}
   */
  public int curves(String shader, float[] keys, int steps, float[] radii, int[] firstKeys) {
    return CyclesNative.sceneAddCurves(open(), keys, steps, radii, firstKeys, shader);
  }

  /**
   * Adds spheres at points.
   *
   * @param points x, y, z of each point, for one moment after the other
   * @param steps number of moments
   * @param radii radius of each point
   * @return the geometry's number for {@link #object}
   */
  public int points(String shader, float[] points, int steps, float[] radii) {
    return CyclesNative.sceneAddPoints(open(), points, steps, radii, shader);
  }

  /**
   * Places a geometry.
   *
   * @param transforms a row-major 3x4 matrix for each moment
   */
  public CyclesSceneBuilder object(int geometry, float... transforms) {
    CyclesNative.sceneAddObject(open(), geometry, transforms);
    return this;
  }

  /**
   * Sets where the camera stands. In its space x is right, y up, z forward.
   *
   * @param fieldOfView angle across the shorter side of the image, in radians
   * @param transforms a row-major 3x4 matrix for each moment
   */
  public CyclesSceneBuilder camera(float fieldOfView, float... transforms) {
    CyclesNative.sceneCamera(open(), transforms, fieldOfView);
    return this;
  }

  /**
   * Turns motion blur on.
   *
   * @param shutter how long the shutter is open, in frames
   */
  public CyclesSceneBuilder motionBlur(float shutter) {
    CyclesNative.sceneMotionBlur(open(), shutter);
    return this;
  }

  /** Renders curves as round tubes instead of ribbons that face the camera. */
  public CyclesSceneBuilder thickCurves(boolean thick) {
    CyclesNative.sceneThickCurves(open(), thick);
    return this;
  }

  /** Prepares the scene for rendering and ends this builder. */
  public CyclesScene build() {
    long scene = open();
    handle = 0;
    return CyclesScene.prepared(scene, settings);
  }

  /** Releases what was not built. */
  @Override
  public void close() {
    if (handle != 0) {
      CyclesNative.sceneDestroy(handle);
      handle = 0;
    }
  }

  private long open() {
    if (handle == 0) {
      throw new IllegalStateException("the scene is already built");
    }
    return handle;
  }
}
