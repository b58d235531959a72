// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.flow.NatRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a flow does with a packet: ovs-actions(7). To drop it is to have no actions; {@code
 * toString} is Open vSwitch's spelling, with the numbers of ports.
 */
public sealed interface Action {
  /** No port, table or group is meant; 65535 is what OpenFlow calls none. */
  int NONE = -1;

  /**
   * To a port, unless the packet came in by it.
   *
   * @param port 0 to 65279, or 65534 for {@code LOCAL}
   */
  record Output(int port) implements Action {
    @Override
    public String toString() {
      return ActionPrinter.print(this, PortNames.NUMBERS);
    }
  }

  /** To the port whose number is in a field, unless the packet came in by it. */
  record OutputField(Subfield port) implements Action {
    @Override
    public String toString() {
      return "output:" + port;
    }
  }

  /** What needs nothing said. */
  enum Simple implements Action {
    /** As a learning switch does. */
    NORMAL("NORMAL"),
    /** To all ports that take part in floods, but for the one it came in by. */
    FLOOD("FLOOD"),
    /** To all ports but the one it came in by. */
    ALL("ALL"),
    /** Back by the port it came in by. */
    IN_PORT("IN_PORT"),
    /** Takes the outer tag off, if there is one. */
    STRIP_VLAN("strip_vlan"),
    /** TTL or hop limit less one; a packet with 0 or 1 of it is not processed any further. */
    DEC_TTL("dec_ttl");

    private final String text;

    Simple(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** One of OpenFlow 1.0's actions that set a field. */
  enum Part {
    /** Puts on a tag if there is none. */
    MOD_VLAN_VID("mod_vlan_vid", MatchField.DL_VLAN),
    /** Puts on a tag of VLAN 0 if there is none. */
    MOD_VLAN_PCP("mod_vlan_pcp", MatchField.VLAN_PCP),
    MOD_DL_SRC("mod_dl_src", MatchField.ETH_SRC),
    MOD_DL_DST("mod_dl_dst", MatchField.ETH_DST),
    MOD_NW_SRC("mod_nw_src", MatchField.IP_SRC),
    MOD_NW_DST("mod_nw_dst", MatchField.IP_DST),
    /** The byte with its two lowest bits 0, which stay as they are in the packet. */
    MOD_NW_TOS("mod_nw_tos", MatchField.NW_TOS),
    MOD_NW_ECN("mod_nw_ecn", MatchField.NW_ECN),
    MOD_NW_TTL("mod_nw_ttl", MatchField.NW_TTL),
    /** TCP, UDP and SCTP. */
    MOD_TP_SRC("mod_tp_src", MatchField.TCP_SRC),
    MOD_TP_DST("mod_tp_dst", MatchField.TCP_DST);

    private final String text;
    private final MatchField field;

    Part(String text, MatchField field) {
      this.text = text;
      this.field = field;
    }

    public MatchField field() {
      return field;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Sets a part of the packet; nothing happens to one that does not have it. */
  record Modify(Part part, long value) implements Action {
    @Override
    public String toString() {
      return part + ":" + ValueText.print(part.field(), 0, value);
    }
  }

  /**
   * Sets a field.
   *
   * @param high of value and mask the bits from 64 on; 0 in narrower fields
   */
  record SetField(MatchField field, long high, long value, long maskHigh, long mask)
      implements Action {
    @Override
    public String toString() {
      return "set_field:"
          + ValueText.print(field, high, value, maskHigh, mask)
          + "->"
          + field.text();
    }
  }

  /** Sets bits of a field. */
  record Load(long value, Subfield to) implements Action {
    @Override
    public String toString() {
      return "load:" + ValueText.hex(value) + "->" + to;
    }
  }

  /** Copies bits; both have the same width. */
  record Move(Subfield from, Subfield to) implements Action {
    @Override
    public String toString() {
      return "move:" + from + "->" + to;
    }
  }

  /**
   * Puts a tag on, with VLAN 0 and priority 0 as in Open vSwitch.
   *
   * @param tpid 0x8100 or 0x88a8
   */
  record PushVlan(int tpid) implements Action {
    @Override
    public String toString() {
      return "push_vlan:0x" + Integer.toHexString(tpid);
    }
  }

  /**
   * The key of the tunnel that the packet is sent by.
   *
   * @param wide whether it was written as {@code set_tunnel64}
   */
  record SetTunnel(long key, boolean wide) implements Action {
    @Override
    public String toString() {
      return (wide ? "set_tunnel64:" : "set_tunnel:") + ValueText.hex(key);
    }
  }

  /**
   * Looks in a table and does what is found there, then goes on.
   *
   * @param port for that lookup in place of the one that it came in by; {@link #NONE}: that one
   * @param table {@link #NONE}: the flow's own
   */
  record Resubmit(int port, int table) implements Action {
    @Override
    public String toString() {
      return ActionPrinter.print(this, PortNames.NUMBERS);
    }
  }

  /** Goes on in a later table; last. */
  record GotoTable(int table) implements Action {
    @Override
    public String toString() {
      return "goto_table:" + table;
    }
  }

  /** 0 to 0xffffff00. */
  record Group(long id) implements Action {
    @Override
    public String toString() {
      return "group:" + id;
    }
  }

  /** A rate limit, 1 to 0xffff0000; first. */
  record Meter(long id) implements Action {
    /** Numbers of the meters that the actions name, in their order. */
    public static List<Long> named(List<Action> actions) {
      return actions.stream()
          .filter(Meter.class::isInstance)
          .map(action -> ((Meter) action).id())
          .toList();
    }

    @Override
    public String toString() {
      return "meter:" + id;
    }
  }

  /**
   * Asks connection tracking: ovs-actions(7), "The ct action".
   *
   * @param commit whether the connection is kept
   * @param table where a copy of the packet goes on, with what was said; {@link #NONE}: nowhere
   * @param zone 0 to 65,535; 0 where it is read from a field
   * @param zoneFrom the bits that say the zone; null: {@code zone} does
   * @param nat null: the packet keeps its addresses
   * @param exec {@link SetField} and {@link Load} on the connection's mark; only with commit
   */
  record Ct(
      boolean commit,
      int table,
      int zone,
      @Nullable Subfield zoneFrom,
      @Nullable Nat nat,
      List<Action> exec)
      implements Action {
    public Ct {
      exec = List.copyOf(exec);
    }

    @Override
    public String toString() {
      List<String> parts = new ArrayList<>();
      if (commit) {
        parts.add("commit");
      }
      if (table != NONE) {
        parts.add("table=" + table);
      }
      if (zoneFrom != null) {
        parts.add("zone=" + zoneFrom);
      } else if (zone != 0) {
        parts.add("zone=" + zone);
      }
      if (nat != null) {
        parts.add(nat.toString());
      }
      if (!exec.isEmpty()) {
        parts.add("exec(" + String.join(",", exec.stream().map(Object::toString).toList()) + ")");
      }
      return parts.isEmpty() ? "ct" : "ct(" + String.join(",", parts) + ")";
    }
  }

  /**
   * Translates the packet as its connection is.
   *
   * @param range what a connection becomes that is kept now; null: one that is new becomes nothing
   */
  record Nat(@Nullable NatRange range) {
    @Override
    public String toString() {
      return range == null ? "nat" : "nat(" + NatText.print(range) + ")";
    }
  }

  /** Sets bits of the metadata; behind all actions but {@link GotoTable}. */
  record WriteMetadata(long value, long mask) implements Action {
    @Override
    public String toString() {
      return "write_metadata:"
          + ValueText.hex(value)
          + (mask == -1 ? "" : "/" + ValueText.hex(mask));
    }
  }
}
