// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lines of cells below each other, as wide as they must be; texts to the left, others right. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();
  private final int texts;

  /** A table whose first columns are texts and whose others are numbers. */
  TextTable(int texts, String... head) {
    this.texts = texts;
    rows.add(List.of(head));
  }

  void row(String... cells) {
    rows.add(Stream.of(cells).map(TextTable::printable).toList());
  }

  /** What others say must not steer the terminal. */
  static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String padding = " ".repeat(width(i) - row.get(i).length());
        line.append(i < texts ? row.get(i) + padding : padding + row.get(i)).append("  ");
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
