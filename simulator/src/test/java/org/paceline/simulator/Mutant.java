// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The code of cluster-core with a mistake in it: a few words of its source are replaced, the files
 * compiled anew, and loaded in front of the right ones together with the simulator.
 */
final class Mutant {
  private static final Path SOURCES = Path.of("../cluster-core/src/main/java/org/paceline/core");

  private final String mistake;
  private final Map<String, String> sources = new LinkedHashMap<>();

  /** Nothing is wrong yet. */
  Mutant(String mistake) {
    this.mistake = mistake;
  }

  /** In a file, says {@code wrong} where it should say {@code right}. */
  Mutant saying(String file, String right, String wrong) {
    String source = sources.computeIfAbsent(file, Mutant::read);
    // however the source is wrapped
    String found =
        Arrays.stream(right.split(" ")).map(Pattern::quote).collect(Collectors.joining("\\s+"));
    String changed = source.replaceFirst(found, Matcher.quoteReplacement(wrong));
    assertTrue(
        !changed.equals(source),
        () -> file + " doesn't say '" + right + "' any more: adapt the mutant '" + mistake + "'");
    sources.put(file, changed);
    return this;
  }

  private static String read(String file) {
    try {
      return Files.readString(SOURCES.resolve(file + ".java"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs seeds from 1 on until one fails that doesn't without the mistake.
   *
   * @return the first failure with its seed; empty if {@code most} seeds found nothing
   */
  String firstFailure(Path directory, int most) throws Throwable {
    compile(directory);
    Class<?> simulate = new Loader(directory).loadClass(Simulate.class.getName());
    var failureOf =
        MethodHandles.publicLookup()
            .findStatic(
                simulate, "failureOf", MethodType.methodType(String.class, long.class, int.class));
    for (long seed = 1; seed <= most; seed++) {
      String failure = (String) failureOf.invokeExact(seed, 0);
      if (!failure.isEmpty()) {
        assertEquals("", Simulate.failureOf(seed, 0), "without '" + mistake + "', too");
        return "seed " + seed + ": " + failure;
      }
    }
    return "";
  }

  private void compile(Path directory) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-nowarn",
            "-proc:none",
            "-d",
            directory.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    List<JavaFileObject> files = sources.entrySet().stream().map(Mutant::file).toList();
    boolean compiled = compiler.getTask(messages, null, null, options, null, files).call();
    assertTrue(compiled, () -> mistake + ": " + messages);
  }

  private static JavaFileObject file(Map.Entry<String, String> source) {
    URI uri = URI.create("mutant:///" + source.getKey() + ".java");
    return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source.getValue();
      }
    };
  }

  @Override
  public String toString() {
    return mistake;
  }

  /** Loads our classes again, those in a directory in place of the usual ones. */
  private static final class Loader extends ClassLoader {
    private final Path directory;

    Loader(Path directory) {
      super(Mutant.class.getClassLoader());
      this.directory = directory;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("org.paceline.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? define(name) : loaded;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String path = name.replace('.', '/') + ".class";
      Path mutated = directory.resolve(path);
      try (InputStream in =
          Files.exists(mutated)
              ? Files.newInputStream(mutated)
              : getParent().getResourceAsStream(path)) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
