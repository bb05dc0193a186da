// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;

/** The README says what is so. */
class ReadmeTest {
  private static final int MAX_EXAMPLE_LINES = 10;

  @TempDir private Path directory;

  @Test
  void javaExampleCompilesAndIsShort() throws IOException {
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme());
    assertTrue(block.find(), "no Java example");
    String body = block.group(1);
    assertTrue(body.lines().filter(line -> !line.isBlank()).count() <= MAX_EXAMPLE_LINES, body);
    String source =
        "import java.nio.file.Path;\nimport java.util.concurrent.TimeUnit;\nimport org.paceline.api.*;\n"
            + "import org.paceline.cycles.*;\nclass Example {\n void run() throws Exception {\n"
            + body
            + "\n }\n}\n";
    Path file = Files.writeString(directory.resolve("Example.java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-d",
              directory.toString(),
              "-cp",
              System.getProperty("java.class.path"),
              "-proc:none");
      boolean compiled =
          compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(file)).call();
      assertTrue(compiled, said.toString());
    }
  }

  @Test
  void configurationTableShowsTheDefaults() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    Matcher row =
        Pattern.compile("^\\| `([a-z.-]+)` \\| `([^`]*)` \\|", Pattern.MULTILINE).matcher(readme());
    while (row.find()) {
      documented.put(row.group(1), row.group(2));
    }
    ClusterConfig defaults = ClusterConfig.builder().build();
    Map<String, String> actual = new TreeMap<>();
    actual.put("workers", defaults.workers().toString());
    actual.put("discover", String.valueOf(defaults.discover()));
    actual.put("host-listen", "\"" + defaults.hostListen() + "\"");
    actual.put("key", "\"" + defaults.key() + "\"");
    actual.put("heartbeat-timeout", defaults.heartbeatTimeout().toMillis() + "ms");
    actual.put("reconnect-interval", defaults.reconnectInterval().toMillis() + "ms");
    actual.put("unit-target", defaults.unitTarget().toMillis() + "ms");
    actual.put("units-in-flight", String.valueOf(defaults.unitsInFlight()));
    actual.put("chunk-size", (defaults.chunkBytes() >> 20) + "MiB");
    actual.put("socket-buffer", String.valueOf(defaults.socketBufferBytes()));
    actual.put("worker-memory", (defaults.workerMemoryBytes() >> 30) + "GiB");
    actual.put("weight", String.valueOf(defaults.weight()));
    actual.put("idle", defaults.idle().name().toLowerCase(Locale.ROOT));
    actual.put("kernels", defaults.kernels());
    actual.put("transport", defaults.transport());
    actual.put("multicast", "\"" + defaults.multicast() + "\"");
    AeronConfig aeron = defaults.aeron();
    actual.put("aeron.directory", "\"" + aeron.directory() + "\"");
    actual.put("aeron.threading", aeron.threading().name().toLowerCase(Locale.ROOT));
    actual.put("aeron.term-length", (aeron.termBytes() >> 20) + "MiB");
    actual.put("aeron.mtu", String.valueOf(aeron.mtuBytes()));
    actual.put("aeron.host-port", String.valueOf(aeron.hostPort()));
    actual.put("aeron.idle", aeron.idle().name().toLowerCase(Locale.ROOT));
    assertEquals(actual, documented);
  }

  @Test
  void documentedConfigurationLoads() throws IOException {
    String settings =
        Pattern.compile("^\\| `([a-z.-]+)` \\| `([^`]*)` \\|", Pattern.MULTILINE)
            .matcher(readme())
            .results()
            .map(row -> row.group(1) + " = " + row.group(2))
            .collect(Collectors.joining("\n"));
    Path file =
        Files.writeString(directory.resolve("cluster.conf"), "paceline {\n" + settings + "\n}\n");
    assertEquals(ClusterConfig.builder().build(), ClusterConfig.load(file));
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("..", "README.md"));
  }
}
