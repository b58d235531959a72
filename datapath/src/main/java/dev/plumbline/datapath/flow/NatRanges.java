// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ranges that connections are translated to, by number: an action has no room for more. A range
 * keeps its number for good, so that no flow of the fast path ever means another one; a process
 * that takes over begins with what is in the kernel. Belongs to the switch's thread.
 */
public final class NatRanges {
  /** {@code NAT_RANGES} of flow.h: numbers are below. */
  public static final int LIMIT = 4096;

  private final List<@Nullable NatRange> ranges = new ArrayList<>();
  private final Map<NatRange, Integer> numbers = new HashMap<>();

  public NatRanges() {
    ranges.add(null);
  }

  /**
   * The number of a range, which gets one if it has none; 0: there are too many.
   *
   * <p>So many different ones have to be asked for while the host is up.
   */
  public int number(NatRange range) {
    Integer known = numbers.get(range);
    if (known != null) {
      return known;
    }
    if (ranges.size() == LIMIT) {
      return 0;
    }
    numbers.put(range, ranges.size());
    ranges.add(range);
    return ranges.size() - 1;
  }

  /** Numbers up to before this one are in use. */
  public int size() {
    return ranges.size();
  }

  public NatRange get(int number) {
    return Objects.requireNonNull(ranges.get(number));
  }
}
