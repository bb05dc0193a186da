// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What isn't a film is refused when it is described. */
class FilmLayoutTest {
  @ParameterizedTest
  @CsvSource({
    "2147483647, 4",
    "4, 2147483647",
    "1073741824, 1073741824",
    "1021, 4",
    "-1, 4",
    "0, 0",
    "0, -4"
  })
  void aPassOutsideOfEveryPixelIsRefusedByName(int offset, int components) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new FilmPass("depth", offset, components, MergeRule.SUM));
    assertTrue(refused.getMessage().contains("depth"), refused.getMessage());
    assertTrue(refused.getMessage().contains("offset=" + offset), refused.getMessage());
  }

  @Test
  void passesFillAPixelAndNoMore() {
    FilmPass last = new FilmPass("last", 1020, 4, MergeRule.SUM);
    assertEquals(last, new FilmLayout(1024, List.of(last)).pass("last"));
    assertThrows(IllegalArgumentException.class, () -> new FilmLayout(1023, List.of(last)));
    assertThrows(IllegalArgumentException.class, () -> new FilmLayout(1025, List.of(last)));
  }

  @Test
  void aLengthNeverOverflows() {
    FilmLayout layout = new FilmLayout(1024, List.of());
    assertEquals(1L << 44, layout.lengthBytes(65_536, 65_536));
    assertThrows(
        IllegalArgumentException.class,
        () -> layout.lengthBytes(Integer.MAX_VALUE, Integer.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> layout.lengthBytes(-1, 1));
  }
}
