// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bridge;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.PortVlan.Mode;
import dev.plumbline.datapath.config.PortVlan.PriorityTags;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A port's {@link PortVlan}, compiled. The rules are those of Open vSwitch's vswitch.xml, table
 * Port, "VLAN Configuration", with two tags known to it ({@code vlan-limit=2}). Where that leaves
 * something open it is as its NORMAL action does it, but for three cases, in which a frame would
 * otherwise come out in a VLAN that it was not in:
 *
 * <ul>
 *   <li>A frame with a customer's tag behind the VLAN's is never sent by an access port. (There it
 *       is not flooded by one either, but sent, without both tags, when the destination is known.)
 *   <li>A priority tag with another tag behind it stays, whatever {@code priority-tags} says:
 *       without it the next switch would take the frame to be in the VLAN of the tag behind.
 *   <li>A tag of 802.1ad pushed by a dot1q-tunnel port goes around all tags that are there; none is
 *       lost.
 * </ul>
 *
 * And {@code priority-tags=never} omits a tag of VLAN 0 whatever its priority, as vswitch.xml says.
 */
public final class VlanRule {
  private final Mode mode;
  private final int tag;

  /** VLANs that are trunked, or customer VLANs that are let in; null: all. */
  private final long @Nullable [] vlans;

  private final PriorityTags priorityTags;

  private VlanRule(Mode mode, int tag, long @Nullable [] vlans, PriorityTags priorityTags) {
    this.mode = mode;
    this.tag = tag;
    this.vlans = vlans;
    this.priorityTags = priorityTags;
  }

  public static VlanRule of(PortVlan port) {
    return new VlanRule(port.mode(), port.tag(), vlans(port), port.priorityTags());
  }

  private static long @Nullable [] vlans(PortVlan port) {
    BitSet vlans = port.trunks();
    boolean all = vlans.isEmpty();
    switch (port.mode()) {
      case ACCESS -> {
        return null;
      }
      case NATIVE_TAGGED, NATIVE_UNTAGGED -> {
        // The native VLAN is always carried; VLAN 0, whose frames are all in the native VLAN,
        // never.
        if (all) {
          vlans.set(0, 4096);
        }
        vlans.clear(0);
        vlans.set(port.tag());
      }
      case TRUNK, DOT1Q_TUNNEL -> {
        if (all) {
          return null;
        }
      }
    }
    return Arrays.copyOf(vlans.toLongArray(), 64);
  }

  /** Whether a frame with these tags may come in by the port. */
  public boolean accepts(long tags) {
    int vlan = TagStack.vlan(tags, 0);
    return switch (mode) {
      case ACCESS -> vlan == 0;
      case TRUNK, DOT1Q_TUNNEL -> has(vlan);
      case NATIVE_TAGGED, NATIVE_UNTAGGED -> vlan == 0 || has(vlan);
    };
  }

  /** Whether {@link #enter} would need more tags than there is room for. */
  public boolean overflows(long tags) {
    return mode == Mode.DOT1Q_TUNNEL && TagStack.depth(tags) == TagStack.LIMIT;
  }

  /**
   * The tags that an accepted frame has inside the bridge. The outermost one's VLAN is the frame's.
   */
  public long enter(long tags) {
    return switch (mode) {
      case ACCESS ->
          TagStack.push(TagStack.EMPTY, TagStack.tpid(tags), TagStack.priority(tags), tag);
      case TRUNK -> tags;
      case NATIVE_TAGGED, NATIVE_UNTAGGED ->
          TagStack.vlan(tags, 0) != 0
              ? tags
              : TagStack.push(
                  TagStack.pop(tags), TagStack.tpid(tags), TagStack.priority(tags), tag);
      case DOT1Q_TUNNEL -> TagStack.push(tags, TagStack.TPID_8021AD, 0, tag);
    };
  }

  /** Whether a frame that has these tags inside the bridge may go out by the port. */
  public boolean carries(long tags) {
    int vlan = TagStack.vlan(tags, 0);
    return switch (mode) {
      case ACCESS -> vlan == tag && TagStack.vlan(tags, 1) == 0;
      case TRUNK, NATIVE_TAGGED, NATIVE_UNTAGGED -> has(vlan);
      case DOT1Q_TUNNEL -> vlan == tag && has(TagStack.vlan(tags, 1));
    };
  }

  /**
   * The tags with which a frame leaves.
   *
   * @param tags that it has inside the bridge
   * @param priority of the outermost tag with which it came into the bridge
   */
  public long leave(long tags, int priority) {
    long out =
        switch (mode) {
          case ACCESS -> TagStack.EMPTY;
          case TRUNK, NATIVE_TAGGED -> tags;
          case NATIVE_UNTAGGED -> TagStack.vlan(tags, 0) == tag ? TagStack.pop(tags) : tags;
          case DOT1Q_TUNNEL -> TagStack.pop(tags);
        };
    int vlan = TagStack.vlan(out, 0);
    if (priorityTags == PriorityTags.NEVER) {
      return vlan == 0 && TagStack.depth(out) == 1 ? TagStack.EMPTY : out;
    }
    int depth = TagStack.depth(out);
    boolean always = priorityTags == PriorityTags.ALWAYS && depth > 0;
    if (vlan == 0 && priority == 0 && depth <= 1 && !always) {
      return TagStack.EMPTY;
    }
    return TagStack.push(TagStack.pop(out), TagStack.tpid(out), priority, vlan);
  }

  private boolean has(int vlan) {
    return vlans == null || ((vlans[vlan >> 6] >>> (vlan & 63)) & 1) != 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VlanRule rule
        && mode == rule.mode
        && tag == rule.tag
        && priorityTags == rule.priorityTags
        && Arrays.equals(vlans, rule.vlans);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * mode.hashCode() + tag) + Arrays.hashCode(vlans);
  }
}
