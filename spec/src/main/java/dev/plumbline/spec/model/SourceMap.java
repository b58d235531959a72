// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Position;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where each part of a state was written: position by address ({@code bridges.br0.ports.eth1.vlan},
 * {@code routes[0].via}). Where a value stands is no part of what it says, so any two source maps
 * are equal.
 */
public final class SourceMap {
  private static final SourceMap EMPTY = new SourceMap(Map.of(), Map.of(), Map.of());

  private final Map<String, Position> positions;
  private final Map<String, List<Integer>> kept;
  private final Map<String, Integer> insets;

  /**
   * A map of places.
   *
   * @param kept by address of a list of which not all could be read: where in the file's list each
   *     item of the state's list stands, from 0
   * @param insets of list items that are texts, where it is not 0: columns from the item's place to
   *     the text's first character; negative if the text does not stand in the file as it is
   */
  public SourceMap(
      Map<String, Position> positions,
      Map<String, List<Integer>> kept,
      Map<String, Integer> insets) {
    // Not Map.copyOf, whose linear probing is slow to build for the 100,000 places of a big file.
    this.positions = Collections.unmodifiableMap(new HashMap<>(positions));
    this.kept = Map.copyOf(kept);
    this.insets = Collections.unmodifiableMap(new HashMap<>(insets));
  }

  public static SourceMap empty() {
    return EMPTY;
  }

  /** Whether the file has something at exactly this address. */
  public boolean has(String address) {
    return positions.containsKey(address);
  }

  /**
   * Address of an item: {@code routes[3]}. It counts the file's items; the state may lack some that
   * could not be read.
   *
   * @param list address of the list
   * @param index in the state's list
   */
  public String item(String list, int index) {
    List<Integer> indexes = kept.get(list);
    return list + "[" + (indexes == null ? index : indexes.get(index)) + "]";
  }

  /** Where the address was written, or the nearest thing around it; null if nothing is known. */
  public @Nullable Position position(String address) {
    String at = address;
    while (true) {
      Position position = positions.get(at);
      if (position != null || at.isEmpty()) {
        return position;
      }
      int cut = Math.max(at.lastIndexOf('.'), at.lastIndexOf('['));
      at = cut < 0 ? "" : at.substring(0, cut);
    }
  }

  /**
   * Where a character of a list's item was written; where the item was, if that cannot be said.
   *
   * @param item its address
   * @param column in the item's text, from 1
   */
  public @Nullable Position inside(String item, int column) {
    Position start = position(item);
    int inset = insets.getOrDefault(item, 0);
    return start == null || start.line() == 0 || inset < 0 || !has(item)
        ? start
        : new Position(start.file(), start.line(), start.column() + inset + column - 1);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SourceMap;
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return positions.size() + " positions";
  }
}
