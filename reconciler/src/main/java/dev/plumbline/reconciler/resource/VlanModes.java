// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import dev.plumbline.reconciler.resource.VlansText.Flags;
import dev.plumbline.spec.value.VlanSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The VLANs of a bridge port as access, trunk or native. */
public final class VlanModes {
  private VlanModes() {}

  /** The mode, or null for VLANs that no mode gives. */
  public static @Nullable Map<String, Object> of(String text) {
    SortedMap<Integer, Flags> vlans = VlansText.parse(text);
    SortedMap<Integer, Flags> special = new TreeMap<>(vlans);
    special.values().removeIf(Flags.TAGGED::equals);
    if (vlans.isEmpty() || special.size() > 1) {
      return null;
    }
    Map<String, Object> mode = new LinkedHashMap<>();
    List<Integer> tagged = new ArrayList<>(vlans.keySet());
    if (!special.isEmpty()) {
      int id = special.firstKey();
      Flags flags = vlans.getOrDefault(id, Flags.TAGGED);
      if (!flags.pvid()) {
        return null;
      }
      if (vlans.size() == 1 && flags.untagged()) {
        mode.put("access", (long) id);
        return mode;
      }
      tagged.remove(Integer.valueOf(id));
      mode.put("native", (long) id);
      if (!tagged.isEmpty()) {
        mode.put("trunk", ranges(tagged));
      }
      if (!flags.untagged()) {
        mode.put("tagged", true);
      }
      return mode;
    }
    mode.put("trunk", ranges(tagged));
    return mode;
  }

  /**
   * The mode as the file has it, {@code native: 1, trunk: [10, 20-29]}; for VLANs that no mode
   * gives the kernel's flags, and for none nothing.
   */
  public static String text(String vlans) {
    Map<String, Object> mode = of(vlans);
    if (mode == null) {
      return vlans.replace(",", ", ");
    }
    List<String> parts = new ArrayList<>();
    mode.forEach((key, value) -> parts.add(key + ": " + value));
    return String.join(", ", parts);
  }

  /** {@code [10, 20-29]}. */
  public static List<Object> ranges(List<Integer> ids) {
    List<Object> ranges = new ArrayList<>();
    VlanSet set = VlanSet.of(ids.stream().mapToInt(Integer::intValue).toArray());
    for (VlanSet.Range range : set.ranges()) {
      ranges.add(range.first() == range.last() ? (Object) (long) range.first() : range.toString());
    }
    return ranges;
  }
}
