// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prometheus' text format as others write it, too. */
class ExpositionTest {
  @Test
  void readsValuesAndLabels() {
    Exposition exposition =
        Exposition.parse(
            """
            # HELP a Some text with {braces} 1
            # TYPE a counter
            a{host="pc2",path="C:\\\\x \\"y\\" } z",} 1.5e3 1700000000
            a{host="pc3"} +Inf

            b 7
            """);
    assertEquals(1500, exposition.value("a", "host", "pc2").orElseThrow());
    assertEquals("C:\\x \"y\" } z", exposition.label("a", "path").orElseThrow());
    assertEquals(Double.POSITIVE_INFINITY, exposition.value("a", "host", "pc3").orElseThrow());
    assertEquals(7, exposition.value("b").orElseThrow());
    assertEquals(0, exposition.all("c").size());
  }

  @Test
  void longLinesCostNoStack() {
    String escapes = "\\n".repeat(2000);
    assertEquals(
        "\n".repeat(2000),
        Exposition.parse("a{b=\"" + escapes + "\"} 1").label("a", "b").orElseThrow());
    assertThrows(
        IllegalArgumentException.class,
        () -> Exposition.parse("a{b=\"" + escapes.repeat(100) + "\"} 1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "a", "a{b} 1", "a{b=\"c} 1", "a{b=\"c\"d=\"} 1", "a one"})
  void refusesWhatIsSomethingElse(String text) {
    assertThrows(IllegalArgumentException.class, () -> Exposition.parse(text));
  }
}
