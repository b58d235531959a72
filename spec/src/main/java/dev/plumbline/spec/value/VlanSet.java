// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** A set of VLAN ids, in the file a list of ids and ranges: {@code [10, 20, 100-199]}. */
public final class VlanSet {
  private final BitSet ids;

  private VlanSet(BitSet ids) {
    this.ids = ids;
  }

  /** A set of these ids, each 1 to 4094. */
  public static VlanSet of(int... ids) {
    BitSet set = new BitSet();
    for (int id : ids) {
      set.set(new VlanId(id).number());
    }
    return new VlanSet(set);
  }

  /** A set of these ranges. */
  public static VlanSet ofRanges(Iterable<Range> ranges) {
    BitSet set = new BitSet();
    for (Range range : ranges) {
      set.set(range.first(), range.last() + 1);
    }
    return new VlanSet(set);
  }

  public boolean contains(int id) {
    return ids.get(id);
  }

  public boolean isEmpty() {
    return ids.isEmpty();
  }

  public int size() {
    return ids.cardinality();
  }

  /** The ids in ascending order. */
  public IntStream stream() {
    return ids.stream();
  }

  /** The ids as the fewest ranges, ascending. */
  public List<Range> ranges() {
    List<Range> ranges = new ArrayList<>();
    for (int first = ids.nextSetBit(0); first >= 0; ) {
      int end = ids.nextClearBit(first);
      ranges.add(new Range(first, end - 1));
      first = ids.nextSetBit(end);
    }
    return ranges;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VlanSet set && ids.equals(set.ids);
  }

  @Override
  public int hashCode() {
    return ids.hashCode();
  }

  @Override
  public String toString() {
    return ranges().toString();
  }

  /**
   * VLAN ids from first to last, both included.
   *
   * @param first 1 to 4094
   * @param last {@code first} to 4094
   */
  public record Range(int first, int last) {
    public Range {
      new VlanId(first);
      new VlanId(last);
      if (last < first) {
        throw new ValueException(
            "the range " + first + "-" + last + " is empty", "the lower id first");
      }
    }

    /**
     * Reads {@code 10} or {@code 10-20}.
     *
     * @throws ValueException if the text is neither
     */
    public static Range parse(String text) {
      if (!text.matches("[0-9]{1,4}(-[0-9]{1,4})?")) {
        throw new ValueException(
            "`" + text + "` is not a VLAN id or range",
            "an id such as 10 or a range such as 10-20");
      }
      int dash = text.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
      return new Range(first, dash < 0 ? first : Integer.parseInt(text.substring(dash + 1)));
    }

    @Override
    public String toString() {
      return first == last ? Integer.toString(first) : first + "-" + last;
    }
  }
}
