// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The native methods of {@code libpaceline_cycles} and its loading. Handles are addresses of C++
 * objects: 0 never reaches a native method, and neither does a handle that was closed. Every method
 * throws {@link CyclesException} where C++ threw.
 */
final class CyclesNative {
  /** Directory of the library; before the environment and {@code java.library.path}. */
  static final String DIRECTORY_PROPERTY = "paceline.native.dir";

  static final String DIRECTORY_VARIABLE = "PACELINE_NATIVE_DIR";

  /** Where the launcher has looked for it. */
  private static final String CACHE_PROPERTY = "paceline.native.cache";

  private static final String LIBRARY = "paceline_cycles";

  /** Null once loaded. */
  private static final String PROBLEM = tryLoad();

  private CyclesNative() {}

  /** Empty if the library is loaded, else why it is not and what to do. */
  static String unavailable() {
    return PROBLEM == null ? "" : PROBLEM;
  }

  /** Throws unless the library is loaded. */
  static void require() {
    if (PROBLEM != null) {
      throw new CyclesException(PROBLEM);
    }
  }

  private static String tryLoad() {
    String directory = System.getProperty(DIRECTORY_PROPERTY, "");
    if (directory.isEmpty()) {
      directory = System.getenv().getOrDefault(DIRECTORY_VARIABLE, "");
    }
    try {
      if (directory.isEmpty()) {
        System.loadLibrary(LIBRARY);
        return null;
      }
      Path library = Path.of(directory, System.mapLibraryName(LIBRARY)).toAbsolutePath();
      if (!Files.exists(library)) {
        return "the Cycles bridge is not at " + library + "; run ./paceline native";
      }
      System.load(library.toString());
      return null;
    } catch (UnsatisfiedLinkError e) {
      return "the Cycles bridge can't be loaded" + advice(e.getMessage());
    }
  }

  private static String advice(String reason) {
    if (reason.contains("failed to map segment")) {
      return ": it lies in a directory from which the system runs nothing (mounted noexec); set"
          + " PACELINE_CACHE to another directory and run ./paceline native ("
          + reason
          + ")";
    }
    String cache = System.getProperty(CACHE_PROPERTY, "");
    String where =
        cache.isEmpty() ? "" : ": none that fits is in " + cache + " (PACELINE_CACHE changes that)";
    return where + "; run ./paceline native (" + reason + ")";
  }

  static native String[] identity();

  static native String bestKernelLevel();

  // A worker's device.

  static native long deviceOpen(int threads, String kernelLevel);

  static native void deviceClose(long device);

  static native String deviceDescription(long device);

  static native String deviceKernels(long device);

  static native void deviceCheck(String name, byte[] metadata, long lengthBytes);

  static native long deviceHeldBytes(long device);

  static native void deviceLimitBytes(long device, long most);

  static native void deviceCopyTo(
      long device, String name, byte[] metadata, long address, long lengthBytes);

  static native void deviceFree(long device, String name);

  static native void deviceConstCopyTo(long device, String name, long address, long lengthBytes);

  static native void deviceBuildBvh(long device, long address, long lengthBytes);

  static native void deviceCommit(long device);

  static native boolean deviceRender(
      long device,
      int x,
      int y,
      int width,
      int height,
      int firstSample,
      int samples,
      int stride,
      long address,
      long lengthBytes);

  static native void deviceCancel(long device);

  static native void deviceReset(long device);

  // A host's scene.

  static native long sceneCreate(
      int width,
      int height,
      int samples,
      int threads,
      boolean traced,
      String[] passes,
      boolean strict);

  static native void sceneDestroy(long scene);

  static native void sceneReadFile(long scene, String path);

  static native void sceneReadText(long scene, String xml, String baseDirectory);

  static native int sceneAddMesh(
      long scene,
      float[] vertices,
      int steps,
      int[] triangles,
      float[] uv,
      boolean smooth,
      String shader);

  static native int sceneAddSubdividedMesh(
      long scene,
      float[] vertices,
      int[] faceSizes,
      int[] corners,
      boolean catmullClark,
      float dicingRate,
      int maxLevel,
      boolean smooth,
      String shader);

  static native int sceneAddCurves(
      long scene, float[] keys, int steps, float[] radii, int[] firstKeys, String shader);

  static native int sceneAddPoints(
      long scene, float[] points, int steps, float[] radii, String shader);

  static native void sceneAddObject(long scene, int geometry, float[] transforms);

  static native void sceneCamera(long scene, float[] transforms, float fieldOfView);

  static native void sceneMotionBlur(long scene, float shutter);

  static native void sceneThickCurves(long scene, boolean thick);

  static native void sceneUpdate(long scene);

  static native String[] sceneWarnings(long scene);

  static native String[] slowReads(long milliseconds);

  static native byte[] sceneTakeCalls(long scene);

  static native byte[] sceneTakeBvh(long scene);

  static native byte[] sceneFilm(long scene);

  static native float[] scenePassPixels(
      long scene, long film, long lengthBytes, int samples, String pass);

  /** Returns the descriptor of a file in memory, for {@link #closeImage}. */
  static native int sceneEncodeImage(
      long scene,
      long film,
      long lengthBytes,
      int samples,
      String[] passes,
      String layer,
      String fileName);

  static native void closeImage(int descriptor);

  static native boolean sceneRender(
      long scene,
      int x,
      int y,
      int width,
      int height,
      int firstSample,
      int samples,
      long address,
      long lengthBytes);

  static native void sceneCancel(long scene);
}
