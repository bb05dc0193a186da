// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong file becomes an exception with file, line and reason; a doubtful one a warning. */
class SceneFileTest {
  @TempDir Path directory;

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static CyclesScene open(Path file) {
    return CyclesScene.open(file, CyclesSettings.withSamples(1).withSize(8, 8).withThreads(1));
  }

  private static void assertRefused(Path file, String... parts) {
    CyclesException refused = assertThrows(CyclesException.class, () -> open(file).close());
    for (String part : parts) {
      assertTrue(refused.getMessage().contains(part), part + " is not in: " + refused.getMessage());
    }
  }

  @Test
  void noSuchFile() {
    assertRefused(directory.resolve("nowhere.xml"), "nowhere.xml", "No such file");
  }

  @Test
  void aDirectory() {
    assertRefused(directory, "is a directory");
  }

  @Test
  void notXml() throws IOException {
    assertRefused(write("a.xml", "<cycles>\n<mesh\n</cycles>"), "a.xml:3", "Error parsing");
    assertRefused(write("b.xml", "\0\0\0"), "b.xml:1");
    assertRefused(write("c.xml", ""), "c.xml:1", "No document element");
    assertRefused(write("d.xml", "<scene/>"), "d.xml", "no <cycles>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<mesh P=\"0 0 0 1\" nverts=\"\" verts=\"\"/>                      | P has 4 numbers",
        "<mesh P=\"0 0 0 1 0 0 0 1 0\" nverts=\"3\" verts=\"0 1 3\"/>      | verts[2] is 3",
        "<mesh P=\"0 0 0 1 0 0 0 1 0\" nverts=\"3\" verts=\"0 1 -1\"/>     | verts[2] is -1",
        "<mesh P=\"0 0 0 1 0 0 0 1 0\" nverts=\"2\" verts=\"0 1\"/>        | nverts[0] is 2",
        "<mesh P=\"0 0 0 1 0 0 0 1 0\" nverts=\"4\" verts=\"0 1 2\"/>      | nverts[0] is 4",
        "<mesh P=\"0 0 0 1 0 0 0 1 0\" nverts=\"3\" verts=\"0 1 2 2\"/>    | adds up to 3",
        "<mesh P=\"0 0 0 1 0 0 0 1 0\" nverts=\"3\" verts=\"0 1 2\" UV=\"0\"/> | UV has 1",
        "<mesh P=\"0 0 0 1 0 0 0 1 0\" nverts=\"3\" verts=\"0 1 2\" UV=\"0 0 1 0 0 1\""
            + " subdivision=\"linear\"/> | overruns memory",
        "<transform translate=\"1 2\"/>                                    | translate has 2",
        "<transform translate=\"0 1e30 0\"/>                              | translate holds 1e30",
        "<mesh P=\"0 0 nan\"/>                                              | P holds nan",
        "<light co=\"0 -inf 0\"/>                                           | co holds -inf",
        "<light map_resolution=\"65536\"/>                                  | map_resolution is 65536",
        "<include/>                                                        | no src",
        "<include src=\"nowhere.xml\"/>                                    | No such file",
        "<include src=\"wrong.xml\"/>                                      | includes itself",
      })
  void wrongElements(String element, String reason) throws IOException {
    Path file = write("wrong.xml", "<cycles>\n  <film/>\n" + element + "\n</cycles>");
    assertRefused(file, "wrong.xml:3", reason);
  }

  @Test
  void wrongIncludedFile() throws IOException {
    write("part.xml", "<cycles>\n\n<mesh P=\"1\"/></cycles>");
    Path file = write("whole.xml", "<cycles><include src=\"part.xml\"/></cycles>");
    assertRefused(file, "part.xml:3", "P has 1");
  }

  @Test
  void nestedWithoutEnd() throws IOException {
    String deep = "<state>".repeat(100_000) + "</state>".repeat(100_000);
    assertRefused(write("deep.xml", "<cycles>" + deep + "</cycles>"), "deep.xml:1", "deeper");
  }

  @Test
  void doubtsAreWarnings() throws IOException {
    Path file =
        write(
            "doubtful.xml",
            """
            <cycles>
            <shader name="a"><image_texture name="i" filename="none.png"/>
              <teapot name="t"/>
              <connect from="x color" to="output surface"/>
            </shader>
            <state shader="b"/>
            <teapot/>
            <camera camera_type="periscope"/>
            </cycles>
            """);
    try (CyclesScene scene = open(file)) {
      String warnings = String.join("\n", scene.warnings());
      assertTrue(warnings.contains("none.png can't be read, Cycles shows pink"), warnings);
      assertTrue(warnings.contains(":3: <teapot>: unknown shader node"), warnings);
      assertTrue(warnings.contains(":4: <connect>: from=\"x color\" names no node"), warnings);
      assertTrue(warnings.contains(":6: <state>: unknown shader \"b\""), warnings);
      assertTrue(warnings.contains(":7: <teapot>: unknown element"), warnings);
      assertTrue(warnings.contains(":8: <camera>: camera_type=\"periscope\""), warnings);
      assertTrue(warnings.contains("adaptive sampling"), warnings);
    }
  }

  @Test
  void sizeComesFromTheSettingsElseTheCamera() throws IOException {
    Path file = write("size.xml", "<cycles><camera width=\"33\" height=\"22\"/></cycles>");
    try (CyclesScene scene = open(file)) {
      assertEquals(8, scene.width());
    }
    try (CyclesScene scene = CyclesScene.open(file, CyclesSettings.withSamples(1))) {
      assertEquals(33, scene.width());
      assertEquals(22, scene.height());
    }
  }

  @Test
  void anEmptySceneOpens() throws IOException {
    try (CyclesScene scene = open(write("empty.xml", "<cycles/>"));
        CyclesDevice device = Native.device();
        DirectSession session = new DirectSession(device)) {
      scene.push(session);
      session.render(0, 0, 8, 8, 0, 1, 4).close();
    }
  }
}
