// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The VLANs of a bridge port as text: {@code 1 pvid untagged,10,20-29}; ranges where neighbours
 * have the same flags.
 */
public final class VlansText {
  private VlansText() {}

  /**
   * How a port carries one VLAN (BRIDGE_VLAN_INFO_* in linux/if_bridge.h).
   *
   * @param pvid whether untagged frames coming in belong to it
   * @param untagged whether its frames go out untagged
   */
  public record Flags(boolean pvid, boolean untagged) {
    public static final Flags TAGGED = new Flags(false, false);
    public static final Flags ACCESS = new Flags(true, true);

    @Override
    public String toString() {
      return (pvid ? " pvid" : "") + (untagged ? " untagged" : "");
    }
  }

  /** The text of a port's VLANs, by VLAN id. */
  public static String print(SortedMap<Integer, Flags> vlans) {
    List<String> entries = new ArrayList<>();
    int first = -1;
    int last = -1;
    Flags flags = Flags.TAGGED;
    for (var vlan : vlans.entrySet()) {
      if (first >= 0 && vlan.getKey() == last + 1 && vlan.getValue().equals(flags)) {
        last = vlan.getKey();
        continue;
      }
      if (first >= 0) {
        entries.add(entry(first, last, flags));
      }
      first = vlan.getKey();
      last = first;
      flags = vlan.getValue();
    }
    if (first >= 0) {
      entries.add(entry(first, last, flags));
    }
    return String.join(",", entries);
  }

  private static String entry(int first, int last, Flags flags) {
    return (first == last ? String.valueOf(first) : first + "-" + last) + flags;
  }

  /** The VLANs of a text, by id. */
  public static SortedMap<Integer, Flags> parse(String text) {
    SortedMap<Integer, Flags> vlans = new TreeMap<>();
    if (text.isEmpty()) {
      return vlans;
    }
    for (String entry : text.split(",", -1)) {
      String[] words = entry.trim().split(" ", -1);
      List<String> flags = List.of(words).subList(1, words.length);
      int dash = words[0].indexOf('-');
      int first = Integer.parseInt(dash < 0 ? words[0] : words[0].substring(0, dash));
      int last = dash < 0 ? first : Integer.parseInt(words[0].substring(dash + 1));
      for (int id = first; id <= last; id++) {
        vlans.put(id, new Flags(flags.contains("pvid"), flags.contains("untagged")));
      }
    }
    return vlans;
  }
}
