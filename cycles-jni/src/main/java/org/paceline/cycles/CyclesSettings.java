// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.util.List;

/**
 * How a scene is to be rendered. Start from {@link #withSamples}.
 *
 * @param width image width in pixels; 0 (with {@code height}) takes the scene's own size
 * @param height image height in pixels
 * @param samples samples per pixel, 1..2^24; the random sequence depends on it
 * @param threads threads for preparing the scene; 0 takes all cores
 * @param passes render passes besides {@code combined}, by Cycles' names (depth, normal,
 *     diffuse_direct ...), and {@code cryptomatte_object}, {@code cryptomatte_material}, {@code
 *     cryptomatte_asset}, {@code aov_color:NAME}, {@code aov_value:NAME}, {@code lightgroup:NAME}
 * @param editable the scene may be changed and pushed again; sessions then get copies of its
 *     buffers, because Cycles changes its own in place
 * @param traced the scene renders in this process, on a device that Cycles itself made, and can't
 *     be pushed: the reference for everything else
 * @param strict what the scene's files say and Cycles ignores is an error, all of it in one
 *     message, and not a warning
 */
public record CyclesSettings(
    int width,
    int height,
    int samples,
    int threads,
    List<String> passes,
    boolean editable,
    boolean traced,
    boolean strict) {
  /** Copies the list. */
  public CyclesSettings {
    passes = List.copyOf(passes);
  }

  /** The scene's own size, the combined pass, all cores, zero copy. */
  public static CyclesSettings withSamples(int samples) {
    return new CyclesSettings(0, 0, samples, 0, List.of(), false, false, false);
  }

  /** With another image size. */
  public CyclesSettings withSize(int newWidth, int newHeight) {
    return new CyclesSettings(
        newWidth, newHeight, samples, threads, passes, editable, traced, strict);
  }

  /** With another number of threads. */
  public CyclesSettings withThreads(int newThreads) {
    return new CyclesSettings(width, height, samples, newThreads, passes, editable, traced, strict);
  }

  /** With these passes besides {@code combined}. */
  public CyclesSettings withPasses(List<String> newPasses) {
    return new CyclesSettings(width, height, samples, threads, newPasses, editable, traced, strict);
  }

  /** For a scene that will be changed after it was pushed. */
  public CyclesSettings asEditable() {
    return new CyclesSettings(width, height, samples, threads, passes, true, traced, strict);
  }

  /** For a scene that renders in this process. */
  public CyclesSettings asTraced() {
    return new CyclesSettings(width, height, samples, threads, passes, editable, true, strict);
  }

  /** For a scene that must say nothing that Cycles ignores. */
  public CyclesSettings asStrict() {
    return new CyclesSettings(width, height, samples, threads, passes, editable, traced, true);
  }
}
