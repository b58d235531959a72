// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.config;

import java.util.BitSet;

/**
 * How a port takes part in VLANs, by Open vSwitch's rules (vswitch.xml, table Port, {@code
 * vlan_mode}).
 *
 * @param mode what frames of which VLAN look like on the wire
 * @param tag ACCESS, DOT1Q_TUNNEL: the VLAN; NATIVE_*: the VLAN of untagged frames; 0 to 4095;
 *     TRUNK: 0
 * @param trunks TRUNK, NATIVE_*: VLANs 0 to 4095 that are carried; empty: all. DOT1Q_TUNNEL:
 *     customer VLANs that are let in; empty: all
 * @param priorityTags whether frames in no VLAN go out with a priority tag (802.1p)
 */
public record PortVlan(Mode mode, int tag, BitSet trunks, PriorityTags priorityTags) {
  /** Carries every VLAN: what a port is unless it says otherwise. */
  public static final PortVlan TRUNK_ALL =
      new PortVlan(Mode.TRUNK, 0, new BitSet(), PriorityTags.NEVER);

  public PortVlan {
    trunks = (BitSet) trunks.clone();
    if (tag < 0 || tag > 4095) {
      throw new IllegalArgumentException("VLAN " + tag + " is not 0 to 4095");
    }
  }

  public static PortVlan access(int tag) {
    return new PortVlan(Mode.ACCESS, tag, new BitSet(), PriorityTags.NEVER);
  }

  public static PortVlan trunk(int... vlans) {
    return new PortVlan(Mode.TRUNK, 0, set(vlans), PriorityTags.NEVER);
  }

  public static PortVlan nativeTagged(int tag, int... vlans) {
    return new PortVlan(Mode.NATIVE_TAGGED, tag, set(vlans), PriorityTags.NEVER);
  }

  public static PortVlan nativeUntagged(int tag, int... vlans) {
    return new PortVlan(Mode.NATIVE_UNTAGGED, tag, set(vlans), PriorityTags.NEVER);
  }

  public static PortVlan dot1qTunnel(int tag, int... customerVlans) {
    return new PortVlan(Mode.DOT1Q_TUNNEL, tag, set(customerVlans), PriorityTags.NEVER);
  }

  /** A copy: this value does not change. */
  @Override
  public BitSet trunks() {
    return (BitSet) trunks.clone();
  }

  /**
   * Whether the port carries the VLAN, 0 to 4095. Of a native port's VLANs 0 is none unless it is
   * the native one: frames without a VLAN are in that.
   */
  public boolean carries(int vlan) {
    return switch (mode) {
      case ACCESS, DOT1Q_TUNNEL -> vlan == tag;
      case TRUNK -> trunks.isEmpty() || trunks.get(vlan);
      case NATIVE_TAGGED, NATIVE_UNTAGGED ->
          vlan == tag || (vlan != 0 && (trunks.isEmpty() || trunks.get(vlan)));
    };
  }

  private static BitSet set(int... vlans) {
    BitSet set = new BitSet();
    for (int vlan : vlans) {
      set.set(vlan);
    }
    return set;
  }

  /** vswitch.xml: {@code vlan_mode}. */
  public enum Mode {
    ACCESS,
    TRUNK,
    NATIVE_TAGGED,
    NATIVE_UNTAGGED,
    DOT1Q_TUNNEL
  }

  /** vswitch.xml: {@code other_config:priority-tags}. */
  public enum PriorityTags {
    NEVER,
    IF_NONZERO,
    ALWAYS
  }
}
