// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an announcement's text says, and which texts say nothing. */
class AnnouncedTest {
  private static final String ID = "0123456789abcdef";
  private static final WorkerProfile PROFILE =
      new WorkerProfile(
          "render7",
          "0.1",
          "Cycles",
          64,
          List.of("tcp", "aeron"),
          KeyFingerprint.of("secret"),
          9464);

  @Test
  void whatIsWrittenIsRead() {
    Announced announced = new Announced(ID, PROFILE, new WorkerLoad(true, 123_456_789_012L));
    assertEquals(Optional.of(announced), Announced.parse("render7", announced.toText()::get));
  }

  @Test
  void emptyValuesAreRead() {
    WorkerProfile bare = new WorkerProfile("render7", "", "", 0, List.of(), "", 0);
    Announced announced = new Announced(ID, bare, WorkerLoad.IDLE);
    assertEquals(Optional.of(announced), Announced.parse("render7", announced.toText()::get));
  }

  @Test
  void theLongestProfileFitsATextRecord() {
    String widest = "\u6f22".repeat(WorkerProfile.MAX_TEXT);
    String name = "\u6f22".repeat(WorkerProfile.MAX_NAME_BYTES / 3);
    WorkerProfile profile =
        new WorkerProfile(
            name,
            widest,
            widest,
            WorkerProfile.MAX_CORES,
            List.of("a123456789012345".repeat(8).split("(?<=\\G.{16})")),
            KeyFingerprint.of("k"),
            65_535);
    new Announced(ID, profile, new WorkerLoad(true, Long.MAX_VALUE))
        .toText()
        .forEach(
            (key, value) ->
                assertFalse(
                    (key + "=" + value).getBytes(StandardCharsets.UTF_8).length > 255, value));
  }

  @Test
  void theFormatAloneMakesAWorker() {
    Announced announced = Announced.parse("by hand", Map.of("txtvers", "1")::get).orElseThrow();
    assertEquals(
        new WorkerProfile("by hand", "", "", 0, List.of("tcp"), "", 0), announced.profile());
    assertEquals("", announced.id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      value = {
        "txtvers | 2",
        "txtvers | null",
        "id | 0123456789ABCDEF",
        "id | 0123",
        "id | '0123456789abcdef0'",
        "metrics | -1",
        "metrics | 65536",
        "metrics | http",
        "cores | -1",
        "cores | 2000000",
        "cores | 99999999999",
        "cores | four",
        "cores | ''",
        "rate | -1",
        "rate | 1e9",
        "transports | tcp /bin/sh",
        "transports | a b c d e f g h i",
        "transports | waytoolongforascheme",
        "key | 0123",
        "key | secretsecretsecr",
        "version | '\u001b[31mred'",
        "device | 'line\nbreak'",
        "device | 'right\u202eto left'",
      })
  void nonsenseIsNoWorker(String key, String value) {
    Map<String, String> text = new HashMap<>(new Announced(ID, PROFILE, WorkerLoad.IDLE).toText());
    text.put(key, value);
    assertEquals(Optional.empty(), Announced.parse("render7", text::get));
  }

  @ParameterizedTest
  @ValueSource(ints = {81, 255, 70_000})
  void tooLongATextIsNoWorker(int length) {
    Map<String, String> text = new HashMap<>(new Announced(ID, PROFILE, WorkerLoad.IDLE).toText());
    for (String key : List.of("version", "device", "cores", "transports", "key", "rate", "id")) {
      Map<String, String> longer = new HashMap<>(text);
      longer.put(key, "1".repeat(length));
      assertEquals(Optional.empty(), Announced.parse("render7", longer::get), key);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "bell\u0007", "\ud800"})
  void aNameThatCannotBeShownIsNone(String name) {
    assertEquals(Optional.empty(), Announced.parse(name, Map.of("txtvers", "1")::get));
    assertThrows(
        IllegalArgumentException.class,
        () -> new WorkerProfile(name, "", "", 1, List.of("tcp"), "", 0));
  }

  @Test
  void aDescriptionIsCutToWhatFits() {
    assertEquals("plain", WorkerProfile.shortened("plain"));
    assertEquals("a b", WorkerProfile.shortened("a\tb"));
    String cut = WorkerProfile.shortened("x".repeat(79) + "\ud83d\ude00");
    assertEquals("x".repeat(79), cut);
    assertEquals(80, WorkerProfile.shortened("x".repeat(1000)).length());
  }

  @Test
  void aFingerprintTellsKeysApartAndKeepsThem() {
    assertEquals("", KeyFingerprint.of(""));
    assertEquals(KeyFingerprint.of("secret"), KeyFingerprint.of("secret"));
    assertNotEquals(KeyFingerprint.of("secret"), KeyFingerprint.of("secreT"));
    // Hosts and workers of different versions must agree: the value never changes.
    assertEquals("db1fc8daef4d0540", KeyFingerprint.of("secret"));
  }
}
