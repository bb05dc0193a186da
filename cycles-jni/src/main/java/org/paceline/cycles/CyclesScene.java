// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.paceline.api.FileWriteException;
import org.paceline.api.Film;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmPass;
import org.paceline.api.MergeRule;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.WholeFile;
import org.paceline.api.WorkUnit;

/**
 * A Cycles scene on the host: opens a scene file (or comes from a {@link CyclesSceneBuilder}),
 * hands its device buffers to a session, and turns the merged film into pixels and image files.
 *
 * <p>A session sends from this scene's memory, so close the session first. One thread at a time;
 * only {@link #cancel} may come from any.
 */
public final class CyclesScene implements AutoCloseable {
  /** Name of the one BVH description. */
  private static final String BVH = "scene";

  private final CyclesSettings settings;
  private final FilmLayout layout;
  private final int width;
  private final int height;

  /** Guards against a cancel that meets a close. */
  private final Object closing = new Object();

  /** What an editable scene has given to its session, by buffer name. */
  private final Map<String, NativeMemory> copies = new HashMap<>();

  private RenderSession session;
  private boolean changed;
  private long handle;

  private CyclesScene(long handle, CyclesSettings settings) {
    this.handle = handle;
    this.settings = settings;
    ByteBuffer film =
        ByteBuffer.wrap(CyclesNative.sceneFilm(handle)).order(ByteOrder.LITTLE_ENDIAN);
    width = film.getInt();
    height = film.getInt();
    int stride = film.getInt();
    List<FilmPass> passes = new ArrayList<>();
    for (int left = film.getInt(); left > 0; left--) {
      passes.add(
          new FilmPass(text(film), film.getInt(), film.getInt(), MergeRule.valueOf(text(film))));
    }
    layout = new FilmLayout(stride, passes);
  }

  private static String text(ByteBuffer in) {
    byte[] utf8 = new byte[in.getInt()];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /**
   * Opens a Cycles XML file, whatever Cycles' own program takes, and prepares it for rendering.
   *
   * @throws CyclesException if the file can't be read, is wrong (with file and line), asks for what
   *     is not supported, or the native library is missing
   */
  public static CyclesScene open(Path file, CyclesSettings settings) {
    long scene = create(settings);
    try {
      CyclesNative.sceneReadFile(scene, file.toString());
    } catch (RuntimeException e) {
      CyclesNative.sceneDestroy(scene);
      throw e;
    }
    return prepared(scene, settings);
  }

  /**
   * Starts an empty scene.
   *
   * @throws CyclesException if the settings ask for what is not supported, or the native library is
   *     missing
   */
  public static CyclesSceneBuilder builder(CyclesSettings settings) {
    return new CyclesSceneBuilder(settings);
  }

  static long create(CyclesSettings settings) {
    CyclesNative.require();
    return CyclesNative.sceneCreate(
        settings.width(),
        settings.height(),
        settings.samples(),
        settings.threads(),
        settings.traced(),
        settings.passes().toArray(String[]::new),
        settings.strict());
  }

  static CyclesScene prepared(long scene, CyclesSettings settings) {
    try {
      CyclesNative.sceneUpdate(scene);
      return new CyclesScene(scene, settings);
    } catch (RuntimeException e) {
      CyclesNative.sceneDestroy(scene);
      throw e;
    }
  }

  /** Image width in pixels. */
  public int width() {
    return width;
  }

  /** Image height in pixels. */
  public int height() {
    return height;
  }

  /** What a pixel of this scene's film consists of. */
  public FilmLayout filmLayout() {
    return layout;
  }

  /** What to ask a session for after {@link #push}. */
  public RenderRequest request() {
    return new RenderRequest(width, height, settings.samples(), layout);
  }

  /**
   * Files that scenes of this process have been reading for longer than that, for example from a
   * file server that doesn't answer. Any thread.
   */
  public static List<String> slowReads(Duration time) {
    CyclesNative.require();
    return List.of(CyclesNative.slowReads(time.toMillis()));
  }

  /**
   * What will look different from what the scene's author may expect, one sentence each: what the
   * file says and Cycles ignores, with file and line, and what this renderer leaves out.
   */
  public List<String> warnings() {
    return List.of(CyclesNative.sceneWarnings(open()));
  }

  /**
   * Gives the session what changed since the last push, all of it the first time, and commits.
   *
   * @return the generation
   * @throws IllegalStateException if the scene was pushed before, but is not editable, or went to
   *     another session
   */
  public long push(RenderSession target) {
    if (session != null && session != target) {
      throw new IllegalStateException("the scene has already been pushed to another session");
    }
    if (session != null && !settings.editable()) {
      throw new IllegalStateException(
          "the scene has been pushed; to push it again open it with asEditable()");
    }
    session = Objects.requireNonNull(target, "target");
    if (changed) {
      CyclesNative.sceneUpdate(open());
      changed = false;
    }
    List<NativeMemory> replaced = new ArrayList<>();
    for (DeviceCall call : DeviceCall.decode(CyclesNative.sceneTakeCalls(open()))) {
      if (call instanceof DeviceCall.CopyTo copy) {
        target.copyTo(copy.spec(), lend(copy, replaced));
      } else if (call instanceof DeviceCall.ConstCopyTo constant) {
        target.constCopyTo(constant.name(), constant.value());
      } else if (call instanceof DeviceCall.Free free) {
        target.free(free.name());
        retire(copies.remove(free.name()), replaced);
      }
    }
    pushBvh(target);
    target.expect(request());
    long generation = target.commit();
    replaced.forEach(NativeMemory::close);
    return generation;
  }

  /** The memory to send from: Cycles' own, unless later edits would change it under the session. */
  private NativeMemory lend(DeviceCall.CopyTo copy, List<NativeMemory> replaced) {
    if (!settings.editable()) {
      return copy.content();
    }
    NativeMemory owned = NativeMemory.allocate(copy.content().lengthBytes());
    owned.copyFrom(0, copy.content(), 0, owned.lengthBytes());
    retire(copies.put(copy.spec().name(), owned), replaced);
    return owned;
  }

  private static void retire(NativeMemory memory, List<NativeMemory> replaced) {
    if (memory != null) {
      replaced.add(memory);
    }
  }

  private void pushBvh(RenderSession target) {
    byte[] description = CyclesNative.sceneTakeBvh(open());
    if (description.length > 0) {
      try (NativeMemory memory = NativeMemory.allocate(description.length)) {
        memory.putBytes(0, description, 0, description.length);
        target.buildBvh(BVH, memory);
      }
    }
  }

  /**
   * Moves the camera; the next {@link #push} sends what that changes. Arguments as for {@link
   * CyclesSceneBuilder#camera}.
   */
  public void camera(float fieldOfView, float... transforms) {
    CyclesNative.sceneCamera(open(), transforms, fieldOfView);
    changed = true;
  }

  /**
   * Pixels of one pass as an image file would hold them: averaged over samples, exposure applied.
   *
   * @param pass a pass of {@link #filmLayout}, or one that Cycles derives from several (diffuse,
   *     glossy, transmission, volume), if asked for in the settings
   * @return rows from the lowest y up, each pixel's components together
   */
  public float[] pixels(Film film, String pass) {
    try (UniformFilm uniform = UniformFilm.of(film)) {
      return pixels(uniform.memory(), uniform.samples(), pass);
    }
  }

  /** The same for a film in memory whose pixels all have {@code samples} samples. */
  public float[] pixels(NativeMemory film, int samples, String pass) {
    return CyclesNative.scenePassPixels(open(), film.address(), film.lengthBytes(), samples, pass);
  }

  /**
   * Writes the combined pass, and further ones, to an image file, its format chosen by the
   * extension: OpenEXR (32-bit float, any passes), PNG and what else OpenImageIO writes (one pass).
   * The file is written as a whole or not at all. OpenEXR's channels are named as Blender names
   * them, without a view layer's name.
   *
   * @throws CyclesException if the format can't hold the passes
   * @throws FileWriteException if the file can't be written; a former one is as it was then
   */
  public void writeImage(Film film, Path file, String... morePasses) {
    writeImage(film, file, "", List.of(morePasses));
  }

  /**
   * The same with a name in front of every channel.
   *
   * @param layer the view layer's name, as in Blender's multi-layer files ({@code
   *     ViewLayer.Combined.R}); empty for none
   */
  public void writeImage(Film film, Path file, String layer, List<String> morePasses) {
    try (UniformFilm uniform = UniformFilm.of(film)) {
      writeImage(uniform.memory(), uniform.samples(), file, layer, morePasses);
    }
  }

  /** The same for a film in memory whose pixels all have {@code samples} samples. */
  public void writeImage(
      NativeMemory film, int samples, Path file, String layer, List<String> morePasses) {
    Set<String> passes = new LinkedHashSet<>(List.of("combined"));
    passes.addAll(morePasses);
    int image =
        CyclesNative.sceneEncodeImage(
            open(),
            film.address(),
            film.lengthBytes(),
            samples,
            passes.toArray(String[]::new),
            layer,
            file.toString());
    try {
      WholeFile.replace(file, out -> Files.copy(Path.of("/proc/self/fd/" + image), out));
    } finally {
      CyclesNative.closeImage(image);
    }
  }

  /**
   * Renders one unit in this process; its generation doesn't matter. Only for scenes that are
   * traced.
   *
   * @param pass filled with the sums over the unit's samples, laid out as {@link #filmLayout} says
   * @return false if {@link #cancel} cut it short
   */
  public boolean render(WorkUnit unit, NativeMemory pass) {
    return CyclesNative.sceneRender(
        open(),
        unit.x(),
        unit.y(),
        unit.width(),
        unit.height(),
        unit.firstSample(),
        unit.sampleCount(),
        pass.address(),
        pass.lengthBytes());
  }

  /** Makes a running {@link #render} return soon; without one running it does nothing. */
  public void cancel() {
    synchronized (closing) {
      if (handle != 0) {
        CyclesNative.sceneCancel(handle);
      }
    }
  }

  @Override
  public void close() {
    synchronized (closing) {
      if (handle != 0) {
        CyclesNative.sceneDestroy(handle);
        handle = 0;
      }
    }
    copies.values().forEach(NativeMemory::close);
    copies.clear();
  }

  private long open() {
    if (handle == 0) {
      throw new IllegalStateException("the scene is closed");
    }
    return handle;
  }
}
