// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a request asks for behind its path: {@code ?bridge=br0&limit=100}. */
public record Query(Map<String, List<String>> parameters) {
  /** Nothing is asked for. */
  public static final Query NONE = new Query(Map.of());

  /** The first of that name; null: there is none. */
  public @Nullable String text(String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    return values.isEmpty() ? null : values.get(0);
  }

  /** Whether it is there, with a value or without. */
  public boolean has(String name) {
    return parameters.containsKey(name);
  }

  /**
   * A number.
   *
   * @param usual if there is none
   * @throws IllegalArgumentException it is none from 0 to {@code most}
   */
  public int number(String name, int usual, int most) {
    String text = text(name);
    if (text == null) {
      return usual;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(name + " is no whole number from 0 to " + most);
  }
}
