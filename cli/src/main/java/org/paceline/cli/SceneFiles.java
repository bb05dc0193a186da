// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Cycles scene as its files have it: the XML, and every file that an attribute in it names, the
 * included XML's as well. Of files named by a pattern, such as UDIM tiles, only the pattern counts.
 */
final class SceneFiles {
  private static final Pattern ATTRIBUTE = Pattern.compile("=\\s*(?:\"([^\"]*+)\"|'([^']*+)')");

  /** Longer values are numbers, not names. */
  private static final int MAX_NAME = 4096;

  private final MessageDigest digest;
  private final Set<Path> seen = new LinkedHashSet<>();

  private SceneFiles(MessageDigest digest) {
    this.digest = digest;
  }

  /** Equal for equal contents, wherever the files are. */
  static String identity(Path scene) {
    try {
      SceneFiles files = new SceneFiles(MessageDigest.getInstance("SHA-256"));
      files.add(scene.toAbsolutePath().normalize());
      return HexFormat.of().formatHex(files.digest.digest());
    } catch (IOException e) {
      throw CliException.failed(scene + ": a file of the scene can't be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Names of those that were changed after that time. */
  static List<String> newerThan(Path scene, FileTime time) {
    List<String> newer = new ArrayList<>();
    try {
      SceneFiles files = new SceneFiles(MessageDigest.getInstance("SHA-256"));
      files.add(scene.toAbsolutePath().normalize());
      for (Path file : files.seen) {
        if (Files.getLastModifiedTime(file).compareTo(time) > 0) {
          newer.add(String.valueOf(file.getFileName()));
        }
      }
    } catch (IOException | NoSuchAlgorithmException e) {
      return List.of(); // whoever asks has another problem
    }
    return newer;
  }

  private void add(Path file) throws IOException {
    if (!seen.add(file)) {
      return;
    }
    digest.update((Files.size(file) + "\n").getBytes(StandardCharsets.US_ASCII));
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    if (file.toString().endsWith(".xml")) {
      for (Path named : namedBy(file)) {
        add(named);
      }
    }
  }

  private static Set<Path> namedBy(Path xml) throws IOException {
    Set<Path> named = new LinkedHashSet<>();
    // a byte a character: numbers by the megabyte take no more memory than they must
    try (Stream<String> lines = Files.lines(xml, StandardCharsets.ISO_8859_1)) {
      for (String line : (Iterable<String>) lines::iterator) {
        Matcher attributes = ATTRIBUTE.matcher(line);
        while (attributes.find()) {
          String value = attributes.group(1) != null ? attributes.group(1) : attributes.group(2);
          addFile(xml, value, named);
        }
      }
    }
    return named;
  }

  /** Two slashes begin a name relative to the scene, as in Blender; one begins an absolute one. */
  private static String relative(String name) {
    return name.startsWith("//") ? name.replaceFirst("^/+", "") : name;
  }

  private static void addFile(Path xml, String value, Set<Path> named) {
    if (value.isEmpty() || value.length() > MAX_NAME) {
      return;
    }
    String name =
        new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
            .replace("&amp;", "&");
    try {
      Path file = xml.resolveSibling(relative(name)).normalize();
      if (Files.isRegularFile(file)) {
        named.add(file);
      }
    } catch (InvalidPathException e) {
      // no name at all
    }
  }
}
