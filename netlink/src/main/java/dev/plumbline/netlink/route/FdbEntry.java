// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BE16;
import static dev.plumbline.netlink.wire.Codecs.BYTES;
import static dev.plumbline.netlink.wire.Codecs.IP;
import static dev.plumbline.netlink.wire.Codecs.LINK_LAYER;
import static dev.plumbline.netlink.wire.Codecs.S32;
import static dev.plumbline.netlink.wire.Codecs.U16;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.LinkLayerAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a forwarding table (RTM_NEWNEIGH of family AF_BRIDGE): of the bridge that the link is
 * a port of ({@link #MASTER}), or of the link itself ({@link #SELF}: a vxlan's table of remotes, a
 * bridge's own addresses, a NIC's filter).
 *
 * <p>A vxlan may have several remotes for one address; above all {@code 00:00:00:00:00:00}, to
 * whose remotes goes what is for no known address. Those are {@link #append}ed.
 *
 * <p>The layout of the header is on {@link NeighbourHeader}. Immutable; equality is by all that the
 * message says, ages included.
 */
public final class FdbEntry extends Message<NeighbourHeader> {
  /** Flag: the link's own table. */
  public static final int SELF = 0x02;

  /** Flag: the table of the bridge that the link is a port of. */
  public static final int MASTER = 0x04;

  /** Flag: made by a control plane; does not age. */
  public static final int EXT_LEARNED = 0x10;

  /** Flag: does not move to another port. */
  public static final int STICKY = 0x40;

  /** State: learnt, in use. */
  public static final int REACHABLE = Neighbour.REACHABLE;

  /** State in a bridge: static, forwards to the port. */
  public static final int NOARP = Neighbour.NOARP;

  /** State in a bridge: an address of the bridge itself; in a vxlan: static. */
  public static final int PERMANENT = Neighbour.PERMANENT;

  /** A vxlan's remote. */
  public static final Attribute<InetAddress> DST = new Attribute<>(1, "NDA_DST", IP);

  /** MAC address. */
  public static final Attribute<LinkLayerAddress> LLADDR =
      new Attribute<>(2, "NDA_LLADDR", LINK_LAYER);

  /** Ages, struct nda_cacheinfo. Read-only. */
  public static final Attribute<byte[]> CACHEINFO = new Attribute<>(3, "NDA_CACHEINFO", BYTES);

  /** VLAN, 1 to 4094; absent in a bridge without VLAN filtering. */
  public static final Attribute<Integer> VLAN = new Attribute<>(5, "NDA_VLAN", U16);

  /** UDP port of a vxlan's remote; absent if it is the device's. */
  public static final Attribute<Integer> PORT = new Attribute<>(6, "NDA_PORT", BE16);

  /** VNI for a vxlan's remote; absent if it is the device's. */
  public static final Attribute<Long> VNI = new Attribute<>(7, "NDA_VNI", U32);

  /** Index of the device through which a vxlan's remote is reached. */
  public static final Attribute<Integer> VIA = new Attribute<>(8, "NDA_IFINDEX", S32);

  /** Index of the bridge whose table it is. Read-only. */
  public static final Attribute<Integer> BRIDGE = new Attribute<>(9, "NDA_MASTER", S32);

  /** Namespace id of {@link #VIA}. Read-only. */
  public static final Attribute<Integer> LINK_NETNSID =
      new Attribute<>(10, "NDA_LINK_NETNSID", S32);

  /** VNI that packets come with, in a vxlan with external. */
  public static final Attribute<Long> SRC_VNI = new Attribute<>(11, "NDA_SRC_VNI", U32);

  /** Who made it. */
  public static final Attribute<Integer> PROTOCOL = new Attribute<>(12, "NDA_PROTOCOL", U8);

  /** Nexthop group instead of remotes. */
  public static final Attribute<Long> NH_ID = new Attribute<>(13, "NDA_NH_ID", U32);

  private static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "NDA",
          DST,
          LLADDR,
          CACHEINFO,
          VLAN,
          PORT,
          VNI,
          VIA,
          BRIDGE,
          LINK_NETNSID,
          SRC_VNI,
          PROTOCOL,
          NH_ID);

  private static final Message.Layout<NeighbourHeader> LAYOUT =
      new Message.Layout<>("ndmsg", NeighbourHeader.BYTES, NeighbourHeader::read, SCHEMA);

  private FdbEntry(NeighbourHeader header, AttributeMap attributes) {
    super(header, attributes);
  }

  /**
   * A static entry of the bridge that the link is a port of: frames to the address go out of the
   * link. Without {@link #VLAN}, a kernel with VLAN filtering adds one entry without VLAN and one
   * for each VLAN of the port.
   */
  public static FdbEntry onBridge(int portIndex, LinkLayerAddress address) {
    return new FdbEntry(
        new NeighbourHeader(Family.BRIDGE, portIndex, NOARP, MASTER, 0),
        AttributeMap.EMPTY.with(LLADDR, address));
  }

  /** A static entry of a vxlan: frames to the address go to the remote. */
  public static FdbEntry onVxlan(int vxlanIndex, LinkLayerAddress address, InetAddress remote) {
    return new FdbEntry(
        new NeighbourHeader(Family.BRIDGE, vxlanIndex, PERMANENT | NOARP, SELF, 0),
        AttributeMap.EMPTY.with(LLADDR, address).with(DST, remote));
  }

  /**
   * A static entry for {@code 00:00:00:00:00:00}: frames to unknown addresses go to the remote (and
   * others that have this).
   */
  public static FdbEntry vxlanDefault(int vxlanIndex, InetAddress remote) {
    return onVxlan(vxlanIndex, new LinkLayerAddress(new byte[6]), remote);
  }

  /** This entry with an attribute set, such as {@link #VLAN} or {@link #VNI}. */
  public <T> FdbEntry with(Attribute<T> attribute, T value) {
    return new FdbEntry(header, attributes.with(attribute, value));
  }

  /** This entry with another state and other flags. */
  public FdbEntry with(int state, int flags) {
    return new FdbEntry(
        new NeighbourHeader(header.family(), header.index(), state, flags, header.type()),
        attributes);
  }

  /** Index of the port or of the device itself. */
  public int index() {
    return header.index();
  }

  /** MAC address. */
  public LinkLayerAddress address() {
    return attributes.require(LLADDR);
  }

  /** The vxlan remote, or null. */
  public @Nullable InetAddress remote() {
    return attributes.get(DST);
  }

  /** VLAN, or 0. */
  public int vlan() {
    return attributes.get(VLAN, 0);
  }

  /**
   * {@link #REACHABLE}, {@link Neighbour#STALE}, {@link #NOARP}, {@link #PERMANENT}, or several.
   */
  public int state() {
    return header.state();
  }

  /** {@link #SELF}, {@link #MASTER}, {@link #EXT_LEARNED}, {@link #STICKY}. */
  public int flags() {
    return header.flags();
  }

  /** Whether it was set and not learnt. */
  public boolean isStatic() {
    return (state() & (NOARP | PERMANENT)) != 0;
  }

  /** Index of the bridge whose table it is, or 0 for the link's own. */
  public int bridge() {
    return attributes.get(BRIDGE, 0);
  }

  /** Adds it. EEXIST if the table has the address. */
  public static Request add(FdbEntry entry) {
    return entry.request(
        RouteRequest.NEWNEIGH, RouteRequest.CREATE | RouteRequest.EXCLUSIVE, "add");
  }

  /** Adds a further remote for the address (vxlan). One that is there already is left as it is. */
  public static Request append(FdbEntry entry) {
    return entry.request(
        RouteRequest.NEWNEIGH, RouteRequest.CREATE | RouteRequest.APPEND, "append");
  }

  /**
   * Adds it or replaces what the table has for the address; EOPNOTSUPP in a vxlan for an address
   * with several remotes.
   */
  public static Request replace(FdbEntry entry) {
    return entry.request(RouteRequest.NEWNEIGH, RouteRequest.CREATE | RouteRequest.REPLACE, "set");
  }

  /**
   * Deletes it; a vxlan's entry without remote deletes all remotes of the address. ENOENT if there
   * is none.
   */
  public static Request delete(FdbEntry entry) {
    return entry.request(RouteRequest.DELNEIGH, 0, "delete");
  }

  /** Asks for the tables of all links. */
  public static Request dump() {
    return dump(0);
  }

  /** Asks for the tables of one device: of a port, or with {@code index} 0 of all. */
  public static Request dump(int index) {
    return new RouteRequest(
        RouteRequest.GETNEIGH,
        0,
        "list FDB entries",
        new NeighbourHeader(Family.BRIDGE, index, 0, 0, 0)::write);
  }

  private Request request(int type, int flags, String verb) {
    InetAddress remote = remote();
    String to = remote == null ? "" : " to " + Text.of(remote);
    String description = verb + " FDB entry " + address() + to + " on link #" + index();
    // NDA_MASTER and the ages are the kernel's own words about the entry, not part of it.
    FdbEntry body =
        new FdbEntry(header, attributes.without(BRIDGE).without(CACHEINFO).without(LINK_NETNSID));
    return new RouteRequest(type, flags, description, body::writeBody);
  }

  /**
   * Reads the payload of an RTM_NEWNEIGH or RTM_DELNEIGH message of family AF_BRIDGE.
   *
   * @throws dev.plumbline.netlink.wire.WireException if it is malformed
   */
  public static FdbEntry readBody(ByteBuffer payload) {
    return LAYOUT.read(payload, FdbEntry::new);
  }
}
