// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BYTES;
import static dev.plumbline.netlink.wire.Codecs.IP;
import static dev.plumbline.netlink.wire.Codecs.LINK_LAYER;
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
 * An entry of a link's ARP or ND table (RTM_NEWNEIGH of an IP family): which link-layer address an
 * IP address has.
 *
 * <p>The layout of the header is on {@link NeighbourHeader}. Immutable; equality is by all that the
 * message says.
 */
public final class Neighbour extends Message<NeighbourHeader> {
  /** State: no answer yet. */
  public static final int INCOMPLETE = 0x01;

  /** State: confirmed lately. */
  public static final int REACHABLE = 0x02;

  /** State: not confirmed lately. */
  public static final int STALE = 0x04;

  /** State: waits for a confirmation. */
  public static final int DELAY = 0x08;

  /** State: is asked for. */
  public static final int PROBE = 0x10;

  /** State: did not answer. */
  public static final int FAILED = 0x20;

  /** State: needs no confirmation. */
  public static final int NOARP = 0x40;

  /** State: stays until it is deleted. */
  public static final int PERMANENT = 0x80;

  /** Flag of a request: as if a packet were sent there (NTF_USE). */
  private static final int USE = 0x01;

  /** Flag: answers for the address (proxy ARP); such entries have a dump of their own. */
  public static final int PROXY = 0x08;

  /** Flag: made by a control plane. */
  public static final int EXT_LEARNED = 0x10;

  /** Flag: the neighbour is a router. */
  public static final int ROUTER = 0x80;

  /** IP address. */
  public static final Attribute<InetAddress> DST = new Attribute<>(1, "NDA_DST", IP);

  /** Link-layer address; absent while it is not known. */
  public static final Attribute<LinkLayerAddress> LLADDR =
      new Attribute<>(2, "NDA_LLADDR", LINK_LAYER);

  /** Ages and users, struct nda_cacheinfo. Read-only. */
  public static final Attribute<byte[]> CACHEINFO = new Attribute<>(3, "NDA_CACHEINFO", BYTES);

  /** Requests sent. Read-only. */
  public static final Attribute<Long> PROBES = new Attribute<>(4, "NDA_PROBES", U32);

  /** Who made it, 0 to 255. */
  public static final Attribute<Integer> PROTOCOL = new Attribute<>(12, "NDA_PROTOCOL", U8);

  /** Further flags: bit 0 managed by the kernel, bit 1 locked. */
  public static final Attribute<Long> FLAGS_EXT = new Attribute<>(15, "NDA_FLAGS_EXT", U32);

  private static final AttributeSchema SCHEMA =
      AttributeSchema.of("NDA", DST, LLADDR, CACHEINFO, PROBES, PROTOCOL, FLAGS_EXT);

  private static final Message.Layout<NeighbourHeader> LAYOUT =
      new Message.Layout<>("ndmsg", NeighbourHeader.BYTES, NeighbourHeader::read, SCHEMA);

  private Neighbour(NeighbourHeader header, AttributeMap attributes) {
    super(header, attributes);
  }

  /** A permanent entry. */
  public static Neighbour permanent(
      int index, InetAddress address, LinkLayerAddress linkLayerAddress) {
    return of(index, address, linkLayerAddress, PERMANENT, 0, 0);
  }

  /**
   * An entry.
   *
   * @param state one of {@link #INCOMPLETE} to {@link #PERMANENT}
   * @param flags {@link #EXT_LEARNED}, {@link #ROUTER}, or 0
   * @param protocol who makes it, 0 for unsaid
   */
  public static Neighbour of(
      int index,
      InetAddress address,
      LinkLayerAddress linkLayerAddress,
      int state,
      int flags,
      int protocol) {
    AttributeMap attributes = AttributeMap.EMPTY.with(DST, address).with(LLADDR, linkLayerAddress);
    return new Neighbour(
        new NeighbourHeader(Family.of(address), index, state, flags, 0),
        protocol == 0 ? attributes : attributes.with(PROTOCOL, protocol));
  }

  /** AF_INET or AF_INET6. */
  public int family() {
    return header.family();
  }

  /** Index of the link. */
  public int index() {
    return header.index();
  }

  /** IP address. */
  public InetAddress address() {
    return attributes.require(DST);
  }

  /** Link-layer address, or null while it is not known. */
  public @Nullable LinkLayerAddress linkLayerAddress() {
    return attributes.get(LLADDR);
  }

  /** {@link #INCOMPLETE} to {@link #PERMANENT}. */
  public int state() {
    return header.state();
  }

  /** {@link #PROXY}, {@link #EXT_LEARNED}, {@link #ROUTER}. */
  public int flags() {
    return header.flags();
  }

  /** Who made it, 0 if unsaid. */
  public int protocol() {
    return attributes.get(PROTOCOL, 0);
  }

  /** Adds it. EEXIST if there is an entry for the IP address. */
  public static Request add(Neighbour neighbour) {
    return neighbour.request(
        RouteRequest.NEWNEIGH, RouteRequest.CREATE | RouteRequest.EXCLUSIVE, "add");
  }

  /** Adds it or replaces the one for the same IP address. */
  public static Request replace(Neighbour neighbour) {
    return neighbour.request(
        RouteRequest.NEWNEIGH, RouteRequest.CREATE | RouteRequest.REPLACE, "set");
  }

  /**
   * Makes the kernel find out the link-layer address, or confirm the one it has, as sending a
   * packet there would. What is permanent stays so.
   */
  public static Request use(int index, InetAddress address) {
    NeighbourHeader header = new NeighbourHeader(Family.of(address), index, 0, USE, 0);
    return new RouteRequest(
        RouteRequest.NEWNEIGH,
        RouteRequest.CREATE,
        "use neighbour " + Text.of(address) + " on link #" + index,
        new Neighbour(header, AttributeMap.EMPTY.with(DST, address))::writeBody);
  }

  /** Deletes it. ENOENT if there is none for the IP address. */
  public static Request delete(Neighbour neighbour) {
    return neighbour.request(RouteRequest.DELNEIGH, 0, "delete");
  }

  /** Asks for the entries of all links, proxies excluded. */
  public static Request dump() {
    return new RouteRequest(
        RouteRequest.GETNEIGH, 0, "list neighbours", new NeighbourHeader(0, 0, 0, 0, 0)::write);
  }

  private Request request(int type, int flags, String verb) {
    String description = verb + " neighbour " + Text.of(address()) + " on link #" + index();
    return new RouteRequest(type, flags, description, this::writeBody);
  }

  /**
   * Reads the payload of an RTM_NEWNEIGH or RTM_DELNEIGH message of an IP family.
   *
   * @throws dev.plumbline.netlink.wire.WireException if it is malformed
   */
  public static Neighbour readBody(ByteBuffer payload) {
    return LAYOUT.read(payload, Neighbour::new);
  }
}
