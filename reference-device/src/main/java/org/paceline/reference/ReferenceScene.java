// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.paceline.api.BufferSpec;
import org.paceline.api.Film;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmPass;
import org.paceline.api.MergeRule;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderSession;

/**
 * A scene for the reference device on the host: owns its buffers' memory until {@link #close()},
 * which must come after the session's. For one thread.
 */
public final class ReferenceScene implements AutoCloseable {
  private static final int LEAF_SIZE = 3;

  private final NativeMemory verts;
  private final NativeMemory normals;
  private final NativeMemory indices;
  private final NativeMemory triMaterial;
  private final NativeMemory materials;
  private final Settings settings;
  private final Camera camera;

  private ReferenceScene(Builder builder) {
    long vertices = 0;
    long triangles = 0;
    for (Part part : builder.parts) {
      vertices += part.mesh.positions().length / 3;
      triangles += part.mesh.indices().length / 3;
    }
    verts = NativeMemory.allocate(vertices * Vec3.BYTES);
    normals = NativeMemory.allocate(vertices * Vec3.BYTES);
    indices = NativeMemory.allocate(triangles * Geometry.TRIANGLE_BYTES);
    triMaterial = NativeMemory.allocate(triangles * Integer.BYTES);
    materials = NativeMemory.allocate((long) builder.materials.size() * Material.BYTES);
    settings = builder.settings;
    camera = builder.camera;
    long vertex = 0;
    long triangle = 0;
    for (Part part : builder.parts) {
      float[] positions = part.mesh.positions();
      int[] corners = part.mesh.indices();
      for (int i = 0; i < positions.length; i++) {
        verts.putFloat(vertex * Vec3.BYTES + 4L * i, positions[i]);
        normals.putFloat(vertex * Vec3.BYTES + 4L * i, part.mesh.normals()[i]);
      }
      for (int i = 0; i < corners.length; i++) {
        indices.putInt(triangle * Geometry.TRIANGLE_BYTES + 4L * i, (int) vertex + corners[i]);
      }
      for (int i = 0; i < corners.length / 3; i++) {
        triMaterial.putInt(4 * (triangle + i), part.material);
      }
      vertex += positions.length / 3;
      triangle += corners.length / 3;
    }
    for (int i = 0; i < builder.materials.size(); i++) {
      builder.materials.get(i).put(materials, (long) i * Material.BYTES);
    }
  }

  /** The scene that the quick start shows. */
  public static ReferenceScene quickStart() {
    return QuickStart.scene();
  }

  /**
   * What the device renders: {@code combined} (RGB sums of linear radiance, alpha 1 per sample) and
   * {@code depth} (world units from the lens to the first hit of sample 0, 1e10 for the sky).
   */
  public static FilmLayout filmLayout() {
    return new FilmLayout(
        PathTracer.STRIDE,
        List.of(
            new FilmPass("combined", 0, 4, MergeRule.SUM),
            new FilmPass("depth", 4, 1, MergeRule.FIRST)));
  }

  /** The camera the scene was made with. */
  public Camera camera() {
    return camera;
  }

  /** Triangles in the scene. */
  public long triangles() {
    return triMaterial.lengthBytes() / Integer.BYTES;
  }

  /** Gives a session everything, for a film of this size; the caller commits. */
  public void push(RenderSession session, int width, int height) {
    copy(session, Geometry.VERTS, verts);
    copy(session, Geometry.NORMALS, normals);
    copy(session, Geometry.INDICES, indices);
    copy(session, Geometry.TRI_MATERIAL, triMaterial);
    copy(session, Geometry.MATERIALS, materials);
    try (NativeMemory constant = NativeMemory.allocate(Settings.BYTES)) {
      settings.put(constant);
      session.constCopyTo(ReferenceDevice.SETTINGS, constant);
    }
    try (NativeMemory description = NativeMemory.allocate(Integer.BYTES)) {
      description.putInt(0, LEAF_SIZE);
      session.buildBvh(ReferenceDevice.BVH, description);
    }
    pushCamera(session, camera.withFilm(width, height));
  }

  /** Gives a session another camera, all that a camera move changes; the caller commits. */
  public static void pushCamera(RenderSession session, Camera camera) {
    try (NativeMemory constant = NativeMemory.allocate(Camera.BYTES)) {
      camera.put(constant);
      session.constCopyTo(ReferenceDevice.CAMERA, constant);
    }
  }

  private static void copy(RenderSession session, String name, NativeMemory memory) {
    session.copyTo(BufferSpec.global(name, memory.lengthBytes()), memory);
  }

  /**
   * A film as an sRGB picture, top row first. Each pixel is divided by its own number of samples,
   * so an unfinished film is shown as far as it is; pixels without samples are black.
   */
  public static BufferedImage toImage(Film film) {
    int first = film.layout().pass("combined").offset();
    int height = film.height();
    BufferedImage image = new BufferedImage(film.width(), height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < film.width(); x++) {
        int red = display(film.mean(x, y, first));
        int green = display(film.mean(x, y, first + 1));
        int blue = display(film.mean(x, y, first + 2));
        image.setRGB(x, height - 1 - y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  /** Narkowicz, "ACES Filmic Tone Mapping Curve", 2016, then the sRGB transfer function. */
  private static int display(float radiance) {
    double x = 0.6 * Math.max(0, radiance);
    double mapped = x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14);
    double linear = Math.min(1, mapped);
    double encoded =
        linear <= 0.0031308 ? 12.92 * linear : 1.055 * StrictMath.pow(linear, 1 / 2.4) - 0.055;
    return (int) (255 * encoded + 0.5);
  }

  @Override
  public void close() {
    verts.close();
    normals.close();
    indices.close();
    triMaterial.close();
    materials.close();
  }

  private record Part(Mesh mesh, int material) {}

  /** Collects a scene. */
  public static final class Builder {
    private final List<Material> materials = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final Camera camera;
    private final Settings settings;

    /** Starts with a view and a sky. */
    public Builder(Camera camera, Settings settings) {
      this.camera = camera;
      this.settings = settings;
    }

    /** Adds a mesh of one material. */
    public Builder add(Mesh mesh, Material material) {
      int number = materials.indexOf(material);
      if (number < 0) {
        number = materials.size();
        materials.add(material);
      }
      parts.add(new Part(mesh, number));
      return this;
    }

    /** Copies everything into the scene's buffers. */
    public ReferenceScene build() {
      return new ReferenceScene(this);
    }
  }
}
