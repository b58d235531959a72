// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

/**
 * Why a decision sends a packet nowhere: {@code enum drop_reason} of {@code src/main/bpf/flow.h}
 * from {@code DROP_KERNEL_REASONS} on.
 */
public enum DropReason {
  /** The port is no longer, or not yet, one of the switch. */
  UNKNOWN_PORT(32, "came in by a port that the switch does not have"),
  MALFORMED_TAG(33, "ends in the middle of a VLAN tag"),
  GROUP_SOURCE(34, "has a group address as its source"),
  VLAN_NOT_ACCEPTED(35, "is in a VLAN that the port it came in by does not accept"),
  RESERVED_ADDRESS(36, "is to an address that bridges do not forward (IEEE 802.1Q)"),
  BOND_INACTIVE(37, "came in by a bond's member that is not the active one"),
  BOND_REFLECTED(38, "came back by a bond: its source is known at another port"),
  SAME_PORT(39, "is to an address at the port it came in by"),
  SAME_MESH(40, "came from a remote of a mesh and is for another"),
  NO_OUTPUT(41, "is for all ports of its VLAN, and there are no others"),
  PATCH_LOOP(42, "was led by patch ports to where it had been"),
  TOO_MANY_BRIDGES(43, "was led by patch ports through too many bridges"),
  TOO_MANY_TAGS(44, "would have more than three VLAN tags"),
  OUTPUT_DOWN(45, "is for a port that is down"),
  VLAN_NOT_CARRIED(46, "is for a port that does not carry its VLAN"),
  NO_PEER(47, "is for a patch port that has no other end"),
  FLOW_DROPS(48, "is dropped by a flow"),
  NO_FLOW(49, "is of no flow in the table where it is looked for"),
  TOO_MANY_LOOKUPS(50, "was sent through too many flow tables"),
  TTL_EXCEEDED(51, "has a TTL or hop limit with which it is not forwarded"),
  NO_GROUP(52, "is for a group that there is not, or that has no bucket for it"),
  CT_REWRITTEN(53, "is to be tracked by other addresses or ports than it came with"),
  TOO_MANY_ZONES(54, "is to be tracked in more zones than two"),
  FILTERED(55, "is let through by no rule of a port's filter"),
  RESERVED_ZONE(56, "is to be tracked in a zone of the filters of ports"),
  UNTRACKED(57, "is of no connection and begins none, and a filter's rule for it asks for one"),
  NO_METER(58, "is for a meter that there is not, or for one too many"),
  NO_TUNNEL_END(59, "is of a tunnel whose other end no flow has said, or of one end too many"),
  NAT_HIDES(60, "is translated, and a flow asks behind that for its addresses or ports"),
  NAT_REWRITTEN(61, "is translated, and its addresses or ports are set as well"),
  NAT_MIXED(
      62,
      "is to leave both translated and as it came, or by two zones: all of its outputs have to stand"
          + " behind one ct(nat)"),
  NAT_RANGES(63, "is to be translated to a range, and there are too many of them");

  private final int code;
  private final String text;

  DropReason(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** 32 to 63. */
  public int code() {
    return code;
  }

  /** A sentence whose subject is the packet; for people. */
  public String text() {
    return text;
  }
}
