// SPDX-License-Identifier: Apache-2.0
package org.paceline.testnet;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A locale for the processes that a test starts, whether this machine has it or not. Made by {@code
 * localedef} from the sources of Debian's package {@code locales}.
 *
 * @param name such as {@code de_DE}; the encoding is always UTF-8
 * @param directory holds the locale as long as processes use it
 */
public record MadeLocale(String name, Path directory) {
  private static final Path SOURCES = Path.of("/usr/share/i18n/locales");

  /** Why there can be none on this machine, as a sentence; null if there can. */
  public static String problem(String name) {
    return Files.exists(SOURCES.resolve(name))
        ? null
        : "there is no locale source " + name + "; as root: apt-get install locales";
  }

  /**
   * Makes the locale inside an existing directory.
   *
   * @throws IllegalStateException if that fails, with the words of {@code localedef}
   */
  public static MadeLocale make(String name, Path directory) {
    String target = directory.resolve(name + ".UTF-8").toString();
    // warnings about the source, which some have, alone would be an error
    SystemCommand.run("localedef", "--force", "--quiet", "-i", name, "-f", "UTF-8", target);
    return new MadeLocale(name, directory);
  }

  /** The environment variables that put a process into this locale. */
  public Map<String, String> environment() {
    return Map.of("LC_ALL", name + ".UTF-8", "LOCPATH", directory.toString());
  }
}
