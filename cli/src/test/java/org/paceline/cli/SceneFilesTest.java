// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scene is another one when anything that it is made of is. */
class SceneFilesTest {
  @TempDir private Path directory;
  private Path scene;
  private Path image;

  @BeforeEach
  void write() throws IOException {
    image = write(directory, "R\u00e4der & more.png", "pixels");
    Path shapes = Files.createDirectory(directory.resolve("shapes"));
    write(shapes, "ball.xml", "<cycles><mesh P=\"" + "1 2 3 ".repeat(5000) + "\"/></cycles>");
    write(shapes, "all.xml", "<include src=\"ball.xml\"/><include src=\"../scene.xml\"/>");
    scene =
        write(
            directory,
            "scene.xml",
            "<image filename=\"R\u00e4der &amp; more.png\"/>\n<include src='shapes/all.xml'/>\n"
                + "<shader name=\"shapes\" other=\"nothing.png\"/>");
  }

  @Test
  void theSameFilesAreTheSameSceneInAnotherPlace() throws IOException {
    String before = SceneFiles.identity(scene);
    Path copy = Files.createDirectory(directory.resolve("copy"));
    for (String name : new String[] {"scene.xml", "R\u00e4der & more.png"}) {
      Files.copy(directory.resolve(name), copy.resolve(name));
    }
    Files.createDirectory(copy.resolve("shapes"));
    for (String name : new String[] {"shapes/ball.xml", "shapes/all.xml"}) {
      Files.copy(directory.resolve(name), copy.resolve(name));
    }
    write(copy, "unrelated.png", "x");
    assertEquals(before, SceneFiles.identity(copy.resolve("scene.xml")));
  }

  @Test
  void aChangeInAnyFileIsAnotherScene() throws IOException {
    for (Path file :
        new Path[] {
          scene, image, directory.resolve("shapes/all.xml"), directory.resolve("shapes/ball.xml"),
        }) {
      String before = SceneFiles.identity(scene);
      Files.writeString(file, Files.readString(file) + " ");
      assertNotEquals(before, SceneFiles.identity(scene), file.toString());
    }
    String before = SceneFiles.identity(scene);
    write(directory, "nothing.png", "is something now");
    assertNotEquals(before, SceneFiles.identity(scene));
  }

  @Test
  void filesThatAreNewerThanACheckpointAreNamed() throws IOException {
    FileTime then = FileTime.fromMillis(1_000_000_000_000L);
    FileTime later = FileTime.fromMillis(1_000_000_060_000L);
    for (String name : new String[] {"scene.xml", "shapes/ball.xml", "shapes/all.xml"}) {
      Files.setLastModifiedTime(directory.resolve(name), then);
    }
    Files.setLastModifiedTime(image, later);
    assertEquals(List.of("R\u00e4der & more.png"), SceneFiles.newerThan(scene, then));
    assertEquals(List.of(), SceneFiles.newerThan(scene, later));
  }

  @ParameterizedTest
  @ValueSource(strings = {"//image.png", "ABSOLUTE/image.png", "../image.png"})
  void filesCountHoweverTheyAreNamed(String name) throws IOException {
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Path below = name.startsWith("..") ? directory : folder;
    write(below, "image.png", "pixels");
    String absolute = name.replace("ABSOLUTE", folder.toAbsolutePath().toString());
    Path file = write(folder, "s.xml", "<cycles><image_texture filename=\"" + absolute + "\"/>");
    String before = SceneFiles.identity(file);
    write(below, "image.png", "other pixels");
    assertNotEquals(before, SceneFiles.identity(file));
  }

  private static Path write(Path folder, String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
