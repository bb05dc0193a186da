// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Lists of hosts as SLURM and pdsh write them: {@code node[001-128,200]:4711,login}.
 *
 * <p>Names are separated by commas. Brackets hold numbers and ranges of numbers, which keep their
 * leading zeros: {@code n[08-10]} means n08, n09 and n10. A name may have several brackets, each
 * combination of which is meant, the last one changing first: {@code rack[1-2]n[1-4]}. Brackets
 * that hold a colon are an IPv6 address. A scheme and port apply to all that a name stands for.
 */
public final class HostList {
  /** Most endpoints that a list may stand for, as for SLURM. */
  public static final int MAX_ENDPOINTS = 65_536;

  /** Digits of a number; enough for any host, and an int holds it. */
  private static final int MAX_DIGITS = 9;

  /** Characters around a fault that its message shows; a list may have very many. */
  private static final int SHOWN = 20;

  private final String text;
  private int position;

  private HostList(String text) {
    this.text = text;
  }

  /**
   * The endpoints that a list stands for, in its order, each once.
   *
   * @throws IllegalArgumentException saying what is wrong, and where in the list
   */
  public static List<Endpoint> parse(String text) {
    return new HostList(text).endpoints();
  }

  private List<Endpoint> endpoints() {
    Set<Endpoint> result = new LinkedHashSet<>();
    do {
      int start = position;
      for (String name : names(MAX_ENDPOINTS - result.size())) {
        try {
          result.add(Endpoint.parse(name));
        } catch (IllegalArgumentException e) {
          throw fault(start, e.getMessage());
        }
      }
    } while (skip(','));
    return List.copyOf(result);
  }

  private boolean skip(char expected) {
    boolean found = position < text.length() && text.charAt(position) == expected;
    if (found) {
      position++;
    }
    return found;
  }

  /** All that the text up to the next comma outside brackets stands for. */
  private List<String> names(int limit) {
    int start = position;
    List<String> names = List.of("");
    while (position < text.length() && text.charAt(position) != ',') {
      names = combine(names, isNumbers() ? numbers(limit) : List.of(plain()), start, limit);
    }
    List<String> stripped = names.stream().map(String::strip).toList();
    if (stripped.get(0).isEmpty()) {
      throw fault(start, "a name is missing");
    }
    return stripped;
  }

  private boolean isNumbers() {
    if (text.charAt(position) != '[') {
      return false;
    }
    int end = text.indexOf(']', position);
    if (end < 0) {
      throw fault(position, "this '[' has no ']'");
    }
    return text.substring(position, end).indexOf(':') < 0;
  }

  private List<String> combine(List<String> heads, List<String> tails, int start, int limit) {
    if ((long) heads.size() * tails.size() > limit) {
      throw fault(start, "the list stands for more than " + MAX_ENDPOINTS + " hosts");
    }
    List<String> result = new ArrayList<>(heads.size() * tails.size());
    for (String head : heads) {
      for (String tail : tails) {
        result.add(head + tail);
      }
    }
    return result;
  }

  /** Text without numbers in brackets; an IPv6 address with its brackets. */
  private String plain() {
    int start = position;
    if (text.charAt(position) == '[') {
      position = text.indexOf(']', position) + 1;
    } else {
      while (position < text.length() && ",[]".indexOf(text.charAt(position)) < 0) {
        position++;
      }
      if (position < text.length() && text.charAt(position) == ']') {
        throw fault(position, "this ']' has no '['");
      }
    }
    return text.substring(start, position);
  }

  /** The numbers that a bracket stands for, as they are written. */
  private List<String> numbers(int limit) {
    List<String> result = new ArrayList<>();
    position++;
    do {
      int start = position;
      String first = number();
      String last = skip('-') ? number() : first;
      addRange(first, last, start, limit, result);
    } while (skip(','));
    if (!skip(']')) {
      throw fault(position, "expected a number, '-', ',' or ']'");
    }
    return result;
  }

  private void addRange(String first, String last, int start, int limit, List<String> result) {
    int from = Integer.parseInt(first);
    int to = Integer.parseInt(last);
    if (to < from) {
      throw fault(start, "the range " + first + "-" + last + " runs backwards");
    }
    if (result.size() + (long) to - from + 1 > limit) {
      throw fault(start, "the list stands for more than " + MAX_ENDPOINTS + " hosts");
    }
    String format = "%0" + first.length() + "d";
    for (int number = from; number <= to; number++) {
      result.add(String.format(Locale.ROOT, format, number));
    }
  }

  private String number() {
    int start = position;
    while (position < text.length() && "0123456789".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    if (position == start) {
      throw fault(position, "expected a number");
    }
    if (position - start > MAX_DIGITS) {
      throw fault(start, "a number of more than " + MAX_DIGITS + " digits");
    }
    return text.substring(start, position);
  }

  private IllegalArgumentException fault(int at, String what) {
    String near = text.substring(Math.max(0, at - SHOWN), Math.min(text.length(), at + SHOWN));
    return new IllegalArgumentException(
        "host list: character " + (at + 1) + ", at '" + near + "': " + what);
  }
}
