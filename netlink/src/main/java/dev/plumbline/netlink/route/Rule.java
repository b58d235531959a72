// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BE32;
import static dev.plumbline.netlink.wire.Codecs.IP;
import static dev.plumbline.netlink.wire.Codecs.S32;
import static dev.plumbline.netlink.wire.Codecs.STRING;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A rule that says for which packets which routing table is looked up (RTM_NEWRULE).
 *
 * <pre>{@code
 * socket.execute(Rule.add(Rule.of(Family.INET).from(network, 16).lookup(100).priority(1000).protocol(112)));
 * }</pre>
 *
 * <p>A rule cannot be changed: a change is an addition and a deletion. Immutable; equality is by
 * all that the message says.
 */
public final class Rule extends Message<RouteHeader> {

  /** Action: looks up the table. */
  public static final int TO_TABLE = 1;

  /** Action: goes on with the rule of priority {@link #GOTO_PRIORITY}. */
  public static final int GOTO = 2;

  /** Action: none. */
  public static final int NOP = 3;

  /** Action: drops. */
  public static final int BLACKHOLE = 6;

  /** Action: drops with ICMP unreachable. */
  public static final int UNREACHABLE = 7;

  /** Action: drops with ICMP prohibited. */
  public static final int PROHIBIT = 8;

  /** Flag: the kernel's own, cannot be deleted. Read-only. */
  public static final int PERMANENT = 1;

  /** Flag: for the packets that do not match. */
  public static final int INVERT = 2;

  /** Flag: the goto's target is not there. Read-only. */
  public static final int UNRESOLVED = 4;

  /** Flag: there is no device of that name now. Read-only. */
  public static final int IIF_DETACHED = 8;

  /** Flag: there is no device of that name now. Read-only. */
  public static final int OIF_DETACHED = 16;

  /** Destination network. */
  public static final Attribute<InetAddress> DST = new Attribute<>(1, "FRA_DST", IP);

  /** Source network. */
  public static final Attribute<InetAddress> SRC = new Attribute<>(2, "FRA_SRC", IP);

  /** Name of the device that packets come in by; "lo" for those that this host sends. */
  public static final Attribute<String> IIFNAME = new Attribute<>(3, "FRA_IIFNAME", STRING);

  /** Priority to go on with; larger than the rule's own. */
  public static final Attribute<Long> GOTO_PRIORITY = new Attribute<>(4, "FRA_GOTO", U32);

  /**
   * Order of the rules, the smaller first, 0 to 2^32-1. The kernel chooses one if it is not said.
   */
  public static final Attribute<Long> PRIORITY = new Attribute<>(6, "FRA_PRIORITY", U32);

  /** Mark of packets. */
  public static final Attribute<Long> FWMARK = new Attribute<>(10, "FRA_FWMARK", U32);

  /** Realms. */
  public static final Attribute<Long> FLOW = new Attribute<>(11, "FRA_FLOW", U32);

  /** Tunnel id, network order. */
  public static final Attribute<Long> TUN_ID = new Attribute<>(12, "FRA_TUN_ID", Codecs.U64);

  /** A route through a device of this group does not count; -1 for no such condition. */
  public static final Attribute<Integer> SUPPRESS_IFGROUP =
      new Attribute<>(13, "FRA_SUPPRESS_IFGROUP", S32);

  /** A route with a prefix of this length or shorter does not count; -1 for no such condition. */
  public static final Attribute<Integer> SUPPRESS_PREFIXLEN =
      new Attribute<>(14, "FRA_SUPPRESS_PREFIXLEN", S32);

  /** Table, also above 255. */
  public static final Attribute<Long> TABLE = new Attribute<>(15, "FRA_TABLE", U32);

  /** Which bits of the mark count; the kernel takes all if only a mark is given. */
  public static final Attribute<Long> FWMASK = new Attribute<>(16, "FRA_FWMASK", U32);

  /** Name of the device that the sending socket is bound to. */
  public static final Attribute<String> OIFNAME = new Attribute<>(17, "FRA_OIFNAME", STRING);

  /** 1: looks up the table of the VRF; excludes a table. */
  public static final Attribute<Integer> L3MDEV = new Attribute<>(19, "FRA_L3MDEV", U8);

  /** Users that send. */
  public static final Attribute<UidRange> UID_RANGE =
      new Attribute<>(20, "FRA_UID_RANGE", UidRange.CODEC);

  /** Who made it, 0 to 255. Part of what a rule is: two that differ in it alone are two. */
  public static final Attribute<Integer> PROTOCOL = new Attribute<>(21, "FRA_PROTOCOL", U8);

  /** IP protocol number. */
  public static final Attribute<Integer> IP_PROTO = new Attribute<>(22, "FRA_IP_PROTO", U8);

  /** Source ports. */
  public static final Attribute<PortRange> SPORT_RANGE =
      new Attribute<>(23, "FRA_SPORT_RANGE", PortRange.HOST_ENDIAN);

  /** Destination ports. */
  public static final Attribute<PortRange> DPORT_RANGE =
      new Attribute<>(24, "FRA_DPORT_RANGE", PortRange.HOST_ENDIAN);

  /** DSCP, 0 to 63 (Linux 6.12); excludes tos. */
  public static final Attribute<Integer> DSCP = new Attribute<>(25, "FRA_DSCP", U8);

  /** IPv6 flow label (Linux 6.14). */
  public static final Attribute<Long> FLOWLABEL = new Attribute<>(26, "FRA_FLOWLABEL", BE32);

  /** Which bits of the flow label count (Linux 6.14). */
  public static final Attribute<Long> FLOWLABEL_MASK =
      new Attribute<>(27, "FRA_FLOWLABEL_MASK", BE32);

  private static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "FRA",
          DST,
          SRC,
          IIFNAME,
          GOTO_PRIORITY,
          PRIORITY,
          FWMARK,
          FLOW,
          TUN_ID,
          SUPPRESS_IFGROUP,
          SUPPRESS_PREFIXLEN,
          TABLE,
          FWMASK,
          OIFNAME,
          L3MDEV,
          UID_RANGE,
          PROTOCOL,
          IP_PROTO,
          SPORT_RANGE,
          DPORT_RANGE,
          DSCP,
          FLOWLABEL,
          FLOWLABEL_MASK);

  private static final Message.Layout<RouteHeader> LAYOUT =
      new Message.Layout<>("fib_rule_hdr", RouteHeader.BYTES, RouteHeader::read, SCHEMA);

  Rule(RouteHeader header, AttributeMap attributes) {
    super(header, attributes);
  }

  /** Starts a rule of {@link Family#INET} or {@link Family#INET6}. */
  public static RuleBuilder of(int family) {
    return new RuleBuilder(family);
  }

  /** {@link Family#INET} or {@link Family#INET6}. */
  public int family() {
    return header.family();
  }

  /** Source network, or null for any. */
  public @Nullable InetAddress source() {
    return attributes.get(SRC);
  }

  /** Bits of the source network. */
  public int sourcePrefixLength() {
    return header.srcLength();
  }

  /** Destination network, or null for any. */
  public @Nullable InetAddress destination() {
    return attributes.get(DST);
  }

  /** Bits of the destination network. */
  public int destinationPrefixLength() {
    return header.dstLength();
  }

  /** Type of service, 0 for any. */
  public int tos() {
    return header.tos();
  }

  /** Table, 0 with an action other than {@link #TO_TABLE} and with l3mdev. */
  public long table() {
    return attributes.get(TABLE, (long) header.table());
  }

  /** {@link #TO_TABLE} to {@link #PROHIBIT}. */
  public int action() {
    return header.type();
  }

  /** {@link #PERMANENT} to {@link #OIF_DETACHED}. */
  public int flags() {
    return header.flags();
  }

  /** Whether it is for the packets that do not match. */
  public boolean isInverted() {
    return (header.flags() & INVERT) != 0;
  }

  /** Order, the smaller first. */
  public long priority() {
    return attributes.get(PRIORITY, 0L);
  }

  /** Who made it, 0 if unsaid. */
  public int protocol() {
    return attributes.get(PROTOCOL, 0);
  }

  /** The value of an attribute, or null. */
  public <T> @Nullable T get(Attribute<T> attribute) {
    return attributes.get(attribute);
  }

  /** Adds it. EEXIST if there is one that is the same in everything. */
  public static Request add(Rule rule) {
    return rule.request(RouteRequest.NEWRULE, RouteRequest.CREATE | RouteRequest.EXCLUSIVE, "add");
  }

  /** As {@link #add(Rule)}. */
  public static Request add(RuleBuilder rule) {
    return add(rule.build());
  }

  /**
   * Adds it, also beside one that says the same and more, as which {@link #add(Rule)} takes it; and
   * once more if it is there already.
   */
  public static Request addBeside(Rule rule) {
    return rule.request(RouteRequest.NEWRULE, RouteRequest.CREATE, "add");
  }

  /** As {@link #addBeside(Rule)}. */
  public static Request addBeside(RuleBuilder rule) {
    return addBeside(rule.build());
  }

  /** Deletes the first rule that has all that this one says. ENOENT if there is none. */
  public static Request delete(Rule rule) {
    return rule.request(RouteRequest.DELRULE, 0, "delete");
  }

  /** As {@link #delete(Rule)}. */
  public static Request delete(RuleBuilder rule) {
    return delete(rule.build());
  }

  /**
   * Asks for the rules of a family; {@link Family#UNSPEC} for all families, multicast routing
   * included.
   */
  public static Request dump(int family) {
    return new RouteRequest(
        RouteRequest.GETRULE, 0, "list rules", RouteHeader.dump(family, 0)::write);
  }

  private Request request(int type, int flags, String verb) {
    String description =
        verb
            + " rule "
            + priority()
            + " from "
            + (source() == null ? "all" : Text.prefix(source(), header.srcLength()))
            + (table() == 0 ? "" : " lookup " + table());
    Rule asked = new Rule(header.withFlagsOf(INVERT), attributes);
    return new RouteRequest(type, flags, description, asked::writeBody);
  }

  /**
   * Reads the payload of an RTM_NEWRULE or RTM_DELRULE message.
   *
   * @throws dev.plumbline.netlink.wire.WireException if it is malformed
   */
  public static Rule readBody(ByteBuffer payload) {
    return LAYOUT.read(payload, Rule::new);
  }

  /**
   * Users by number, both ends included.
   *
   * @param first 0 to 2^32-2
   * @param last 0 to 2^32-2
   */
  public record UidRange(long first, long last) {
    static final AttributeCodec<UidRange> CODEC =
        Codecs.struct(
            8,
            b ->
                new UidRange(
                    Integer.toUnsignedLong(b.getInt(0)), Integer.toUnsignedLong(b.getInt(4))),
            (b, r) -> b.putInt((int) r.first).putInt((int) r.last));
  }
}
