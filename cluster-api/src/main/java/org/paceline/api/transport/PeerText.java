// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

/**
 * Text that came over a network, made fit for logs and terminals: they show all of it and obey none
 * of it. Whatever decodes text of a peer passes it through here.
 */
public final class PeerText {
  /** Characters of a sentence that are kept. */
  public static final int MAX_LENGTH = 500;

  private static final String CUT = "...";

  private PeerText() {}

  /**
   * Whether a terminal shows the code point as one sign. Control characters, line ends, escape
   * sequences and marks that turn the direction of writing are not.
   */
  public static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  /** Whether all of the text is printable. */
  public static boolean isPrintable(String text) {
    return text.codePoints().allMatch(PeerText::isPrintable);
  }

  /** The text with a blank for whatever isn't printable, cut after {@link #MAX_LENGTH}. */
  public static String of(String text) {
    String shown = of(text, MAX_LENGTH);
    return text.length() > MAX_LENGTH ? shown + CUT : shown;
  }

  /** The text with a blank for whatever isn't printable, of at most {@code limit} characters. */
  public static String of(String text, int limit) {
    StringBuilder shown = new StringBuilder(Math.min(text.length(), limit));
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      int sign = isPrintable(codePoint) ? codePoint : ' ';
      if (shown.length() + Character.charCount(sign) > limit) {
        break;
      }
      shown.appendCodePoint(sign);
    }
    return shown.toString();
  }
}
