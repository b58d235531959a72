// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.AttributeReader;
import dev.plumbline.netlink.wire.MessageWriter;
import dev.plumbline.netlink.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A VLAN, or a range of VLANs with the same flags, of a bridge port or of a bridge itself
 * (IFLA_BRIDGE_VLAN_INFO in IFLA_AF_SPEC of a link message of family AF_BRIDGE; the header is as on
 * {@link Link}).
 *
 * <pre>
 *    0               1               2               3
 *   +-------------------------------+-------------------------------+
 *   |            flags              |              vid              |  struct bridge_vlan_info
 *   +-------------------------------+-------------------------------+
 * </pre>
 *
 * @param index index of the port, or of the bridge
 * @param first 1 to 4094
 * @param last {@code first} to 4094
 * @param pvid untagged frames that come in belong to it; only for a single VLAN, and the port's
 *     pvid before loses the role
 * @param untagged frames go out without tag
 */
public record BridgeVlan(int index, int first, int last, boolean pvid, boolean untagged) {
  private static final int IFLA_AF_SPEC = 26;
  private static final int IFLA_EXT_MASK = 29;
  private static final int IFLA_BRIDGE_FLAGS = 0;
  private static final int IFLA_BRIDGE_VLAN_INFO = 2;
  private static final int FLAG_MASTER = 1;
  private static final int FLAG_SELF = 2;
  private static final int PVID = 2;
  private static final int UNTAGGED = 4;
  private static final int RANGE_BEGIN = 8;
  private static final int RANGE_END = 16;
  private static final long EXT_MASK_COMPRESSED_VLANS = 1 << 2;

  public BridgeVlan {
    if (first < 1 || last > 4094 || first > last) {
      throw new IllegalArgumentException(
          "not a range of VLANs within 1..4094: " + first + "-" + last);
    }
    if (pvid && first != last) {
      throw new IllegalArgumentException("a pvid is one VLAN, not " + first + "-" + last);
    }
  }

  /** One VLAN with tag. */
  public static BridgeVlan tagged(int index, int vlan) {
    return new BridgeVlan(index, vlan, vlan, false, false);
  }

  /** A range of VLANs with tag. */
  public static BridgeVlan tagged(int index, int first, int last) {
    return new BridgeVlan(index, first, last, false, false);
  }

  /** The VLAN of what has no tag, in both directions. */
  public static BridgeVlan access(int index, int vlan) {
    return new BridgeVlan(index, vlan, vlan, true, true);
  }

  /**
   * Adds the VLANs to a port, or changes the flags of those that are there. EOPNOTSUPP if the link
   * is no port.
   *
   * <p>The flags are the ones of the last request: adding a VLAN without pvid takes the role from
   * it.
   */
  public static Request add(BridgeVlan vlan) {
    return vlan.request(RouteRequest.SETLINK, "add", FLAG_MASTER);
  }

  /** As {@link #add} for the bridge itself: VLANs that the host takes part in. */
  public static Request addToBridge(BridgeVlan vlan) {
    return vlan.request(RouteRequest.SETLINK, "add", FLAG_SELF);
  }

  /**
   * Takes the VLANs from a port; the flags do not count. Those that are not there are passed over
   * silently.
   */
  public static Request delete(BridgeVlan vlan) {
    return vlan.request(RouteRequest.DELLINK, "delete", FLAG_MASTER);
  }

  /** As {@link #delete} for the bridge itself. */
  public static Request deleteFromBridge(BridgeVlan vlan) {
    return vlan.request(RouteRequest.DELLINK, "delete", FLAG_SELF);
  }

  /** Asks for the VLANs of all bridges and ports. */
  public static Request dump() {
    return new RouteRequest(
        RouteRequest.GETLINK,
        0,
        "list bridge VLANs",
        w -> {
          header(w, 0);
          int mark = w.beginAttribute(IFLA_EXT_MASK);
          w.u32(EXT_MASK_COMPRESSED_VLANS).endNested(mark);
        });
  }

  private Request request(int type, String verb, int to) {
    String range = first == last ? "VLAN " + first : "VLANs " + first + "-" + last;
    String description =
        verb + " " + range + (to == FLAG_SELF ? " of bridge #" : " of bridge port #") + index;
    return new RouteRequest(type, 0, description, w -> write(w, to));
  }

  private void write(MessageWriter w, int to) {
    header(w, index);
    int spec = w.beginNested(IFLA_AF_SPEC);
    int flags = w.beginAttribute(IFLA_BRIDGE_FLAGS);
    w.u16(to).endNested(flags);
    if (first == last) {
      info(w, 0, first);
    } else {
      info(w, RANGE_BEGIN, first);
      info(w, RANGE_END, last);
    }
    w.endNested(spec);
  }

  private void info(MessageWriter w, int range, int vlan) {
    int mark = w.beginAttribute(IFLA_BRIDGE_VLAN_INFO);
    w.u16((pvid ? PVID : 0) | (untagged ? UNTAGGED : 0) | range).u16(vlan).endNested(mark);
  }

  private static void header(MessageWriter w, int index) {
    w.u8(Family.BRIDGE).u8(0).u16(0).s32(index).u32(0).u32(0);
  }

  /**
   * Reads the payload of an RTM_NEWLINK message of family AF_BRIDGE: all VLANs of one port or
   * bridge.
   *
   * @throws WireException if it is malformed, also if a range has one end only or is none
   */
  public static List<BridgeVlan> readBody(ByteBuffer payload) {
    int index = Headers.of(payload, LinkHeader.BYTES, "ifinfomsg").getInt(4);
    List<BridgeVlan> vlans = new ArrayList<>();
    AttributeReader attributes = AttributeReader.over(Headers.after(payload, LinkHeader.BYTES));
    while (attributes.next()) {
      if (attributes.type() == IFLA_AF_SPEC) {
        readSpec(index, attributes.nested(), vlans);
      }
    }
    return List.copyOf(vlans);
  }

  private static void readSpec(int index, AttributeReader spec, List<BridgeVlan> vlans) {
    int begin = 0;
    while (spec.next()) {
      if (spec.type() != IFLA_BRIDGE_VLAN_INFO) {
        continue;
      }
      ByteBuffer info = Headers.of(spec.payload(), 4, "bridge_vlan_info");
      int flags = info.getShort(0);
      int vlan = info.getShort(2) & 0xffff;
      if ((flags & RANGE_BEGIN) != 0) {
        begin = vlan;
      } else {
        boolean end = (flags & RANGE_END) != 0;
        if (end != (begin != 0)) {
          throw new WireException("a range of VLANs has one end only, at VLAN " + vlan, 0);
        }
        vlans.add(read(index, end ? begin : vlan, vlan, flags));
        begin = 0;
      }
    }
    if (begin != 0) {
      throw new WireException("a range of VLANs has one end only, at VLAN " + begin, 0);
    }
  }

  private static BridgeVlan read(int index, int first, int last, int flags) {
    try {
      return new BridgeVlan(index, first, last, (flags & PVID) != 0, (flags & UNTAGGED) != 0);
    } catch (IllegalArgumentException e) {
      throw new WireException(String.valueOf(e.getMessage()), 0, e);
    }
  }
}
