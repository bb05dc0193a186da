// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The launcher where a service or a job starts it: without a home, or with little to write to. */
@Tag("slow")
@Timeout(240)
class WithoutHomeTest {
  private static final Path SOURCE = Path.of("..").toAbsolutePath().normalize();

  private Path scratch;

  private Path root;

  /** A checkout with nothing but the launcher, the native side's source and what was built. */
  @BeforeEach
  void checkout() throws IOException {
    // not below /tmp, which a test hides
    scratch = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "without-home");
    root = Files.createDirectory(scratch.resolve("checkout"));
    Files.copy(
        SOURCE.resolve("paceline"), root.resolve("paceline"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createSymbolicLink(root.resolve("native"), SOURCE.resolve("native"));
    Files.writeString(root.resolve("pom.xml"), "");
    Path lib = Files.createDirectories(root.resolve("cli/target/lib"));
    List<Path> jars = new ArrayList<>();
    Stream<String> parts =
        Pattern.compile(":").splitAsStream(System.getProperty("java.class.path"));
    for (Path jar : parts.map(Path::of).toList()) {
      if (Files.isRegularFile(jar) && !jar.getFileName().toString().contains("-tests")) {
        jars.add(
            Files.copy(jar, lib.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING));
      }
    }
    assumeTrue(
        jars.stream().anyMatch(jar -> jar.getFileName().toString().startsWith("cli-")),
        "the command's jar is built by Maven's package phase");
    Path classPath = root.resolve("cli/target/launcher.classpath");
    Files.writeString(
        classPath,
        jars.stream().map(jar -> "" + root.relativize(jar)).collect(Collectors.joining(":")));
    Files.setLastModifiedTime(classPath, FileTime.from(Instant.now().plusSeconds(60)));
  }

  @AfterEach
  void remove() throws IOException {
    try (Stream<Path> all = Files.walk(scratch)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private List<String> launcher(List<String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "-i"));
    command.addAll(environment);
    command.add(root.resolve("paceline").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private String[] demo() {
    return new String[] {
      "demo",
      "--workers=1",
      "--width=64",
      "--height=36",
      "--samples=4",
      "--output=" + scratch.resolve("image.png")
    };
  }

  private static String assertEnds(int code, List<String> command) throws InterruptedException {
    try (CliProcess process = CliProcess.startCommand(command)) {
      assertEquals(code, process.awaitExit(), process::said);
      return process.said();
    }
  }

  @Test
  void theBridgeIsFoundWithoutAHomeInTheEnvironment() throws Exception {
    String home = System.getenv("HOME");
    assumeTrue(home != null, "nobody's home is known here");
    String cache = home + "/.cache/paceline/native";
    assertEquals(cache, cache("HOME=" + home));
    assertEquals(cache, cache());
    assertEquals(cache, cache("HOME=/nonexistent"));
    String with = assertEnds(ExitCodes.OK, launcher(List.of("HOME=" + home), "version"));
    assertEquals(with, assertEnds(ExitCodes.OK, launcher(List.of(), "version")));
  }

  private String cache(String... environment) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("env", "-i"));
    command.addAll(List.of(environment));
    command.addAll(List.of(root.resolve("native/build.sh").toString(), "--print-cache"));
    return assertEnds(ExitCodes.OK, command);
  }

  @Test
  void aBridgeThatIsNotThereIsLookedForByName() throws Exception {
    List<String> elsewhere = List.of("PACELINE_CACHE=" + scratch.resolve("nothing"));
    String said = assertEnds(ExitCodes.OK, launcher(elsewhere, "version"));
    assertTrue(said.contains("none that fits is in " + scratch.resolve("nothing/native")), said);
  }

  @Test
  void rendersWhereNothingOfTemporaryFilesRunsAndHomeAndCheckoutAreReadOnly() throws Exception {
    Mounts.require();
    assertEnds(ExitCodes.OK, launcher(List.of(), "version"));
    Path home = Files.createDirectory(scratch.resolve("home"));
    String mounts =
        "mount -t tmpfs -o noexec none /tmp; mount -t tmpfs -o ro none "
            + home
            + "; mount --bind "
            + root
            + " "
            + root
            + "; mount -o remount,bind,ro "
            + root;
    List<String> environment = List.of("HOME=" + home, "XDG_CACHE_HOME=" + home);
    assertEnds(ExitCodes.OK, Mounts.inside(mounts, launcher(environment, demo())));
    assertTrue(Files.size(scratch.resolve("image.png")) > 0);
  }

  @Test
  void aReadOnlyCheckoutThatIsNotBuiltSaysSo() throws Exception {
    Mounts.require();
    Files.delete(root.resolve("cli/target/launcher.classpath"));
    String mounts = "mount --bind " + root + " " + root + "; mount -o remount,bind,ro " + root;
    String said = assertEnds(3, Mounts.inside(mounts, launcher(List.of(), "version")));
    assertTrue(said.contains(root + " can't be written to"), said);
  }

  @Test
  void aReadOnlyCacheIsNamedWithItsSetting() throws Exception {
    Mounts.require();
    Path cache = Files.createDirectory(scratch.resolve("cache"));
    List<String> build =
        List.of("env", "PACELINE_CACHE=" + cache, root.resolve("native/build.sh").toString());
    String said = assertEnds(1, Mounts.inside("mount -t tmpfs -o ro none " + cache, build));
    assertTrue(said.contains("can't write to " + cache + "/native; set PACELINE_CACHE"), said);
  }

  /** As a program that links the library, without the launcher. */
  @Test
  void aLibraryThatCannotBeUnpackedIsNamedWithItsSetting() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("env", "XDG_CACHE_HOME=/proc", "JAVA_TOOL_OPTIONS=-Djna.tmpdir=/proc"));
    command.addAll(ChildJvm.command(List.of(demo())));
    String said = assertEnds(ExitCodes.FAILED, command);
    assertTrue(said.contains("start Java with -Djna.tmpdir=DIRECTORY"), said);
  }
}
