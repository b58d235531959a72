// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.PortVlan.Mode;
import dev.plumbline.datapath.config.PortVlan.PriorityTags;
import java.util.BitSet;
import java.util.Locale;

/**
 * The field {@code vlan} of a port: {@code access 10}, {@code trunk 10,20-29}, {@code native 1},
 * {@code native 1 tagged trunk 10}, {@code dot1q-tunnel 7 customers 1-5}. A list that is left out
 * is empty for a native port and means all VLANs otherwise; {@code all} says so for a native one.
 */
public final class VlanText {
  private static final String ALL = "all";

  private VlanText() {}

  static String print(PortVlan vlan) {
    BitSet list = vlan.trunks();
    StringBuilder text = new StringBuilder();
    switch (vlan.mode()) {
      case ACCESS -> text.append("access ").append(vlan.tag());
      case TRUNK -> text.append("trunk").append(list.isEmpty() ? "" : " " + ranges(list));
      case DOT1Q_TUNNEL -> {
        text.append("dot1q-tunnel ").append(vlan.tag());
        text.append(list.isEmpty() ? "" : " customers " + ranges(list));
      }
      case NATIVE_TAGGED, NATIVE_UNTAGGED -> {
        text.append("native ").append(vlan.tag());
        text.append(vlan.mode() == Mode.NATIVE_TAGGED ? " tagged" : "");
        boolean all = list.isEmpty();
        list.clear(vlan.tag());
        text.append(all || !list.isEmpty() ? " trunk " + (all ? ALL : ranges(list)) : "");
      }
    }
    if (vlan.priorityTags() != PriorityTags.NEVER) {
      String tags = vlan.priorityTags().name().toLowerCase(Locale.ROOT).replace('_', '-');
      text.append(" priority-tags ").append(tags);
    }
    return text.toString();
  }

  /** The VLANs that {@code print} made this of. */
  public static PortVlan parse(String text) {
    String[] words = text.split(" ", -1);
    Mode mode =
        switch (words[0]) {
          case "access" -> Mode.ACCESS;
          case "trunk" -> Mode.TRUNK;
          case "native" -> Mode.NATIVE_UNTAGGED;
          case "dot1q-tunnel" -> Mode.DOT1Q_TUNNEL;
          default -> throw new IllegalArgumentException("no VLAN mode: " + text);
        };
    int tag = mode == Mode.TRUNK ? 0 : Integer.parseInt(words[1]);
    BitSet list = new BitSet();
    PriorityTags tags = PriorityTags.NEVER;
    boolean all = mode != Mode.NATIVE_UNTAGGED;
    for (int i = mode == Mode.TRUNK ? 0 : 2; i < words.length; i++) {
      switch (words[i]) {
        case "tagged" -> mode = Mode.NATIVE_TAGGED;
        case "priority-tags" ->
            tags = PriorityTags.valueOf(words[++i].toUpperCase(Locale.ROOT).replace('-', '_'));
        case "trunk", "customers" -> {
          boolean named = i + 1 < words.length && !words[i + 1].equals("priority-tags");
          all |= named && words[i + 1].equals(ALL);
          if (named && !words[++i].equals(ALL)) {
            ranges(words[i], list);
          }
        }
        default -> throw new IllegalArgumentException("no VLANs: " + text);
      }
    }
    if (!all) {
      list.set(tag);
    } else if ((mode == Mode.NATIVE_TAGGED || mode == Mode.NATIVE_UNTAGGED) && !list.isEmpty()) {
      list.set(tag);
    }
    return new PortVlan(mode, tag, list, tags);
  }

  private static String ranges(BitSet vlans) {
    StringBuilder text = new StringBuilder();
    for (int first = vlans.nextSetBit(0); first >= 0; ) {
      int end = vlans.nextClearBit(first);
      text.append(text.isEmpty() ? "" : ",").append(first);
      text.append(end - first > 1 ? "-" + (end - 1) : "");
      first = vlans.nextSetBit(end);
    }
    return text.toString();
  }

  private static void ranges(String text, BitSet vlans) {
    for (String range : text.split(",", -1)) {
      int dash = range.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
      int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
      vlans.set(first, last + 1);
    }
  }
}
