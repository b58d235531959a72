// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import java.net.InetAddress;

/** Collects what a rule is to be. Not thread-safe. */
public final class RuleBuilder {
  private final int family;
  private int dstLength;
  private int srcLength;
  private int tos;
  private int action = Rule.TO_TABLE;
  private int flags;
  private AttributeMap attributes = AttributeMap.EMPTY;

  RuleBuilder(int family) {
    this.family = family;
  }

  /** Source network. */
  public RuleBuilder from(InetAddress network, int prefixLength) {
    srcLength = Family.checkPrefix(network, prefixLength);
    return set(Rule.SRC, network);
  }

  /** Destination network. */
  public RuleBuilder to(InetAddress network, int prefixLength) {
    dstLength = Family.checkPrefix(network, prefixLength);
    return set(Rule.DST, network);
  }

  /** Name of the device that packets come in by. */
  public RuleBuilder inputDevice(String name) {
    return set(Rule.IIFNAME, name);
  }

  /** Name of the device that the sending socket is bound to. */
  public RuleBuilder outputDevice(String name) {
    return set(Rule.OIFNAME, name);
  }

  /** Mark of packets, and which bits of it count. */
  public RuleBuilder fwmark(long mark, long mask) {
    return set(Rule.FWMARK, mark).set(Rule.FWMASK, mask);
  }

  /** Type of service. */
  public RuleBuilder tos(int value) {
    tos = value;
    return this;
  }

  /** Looks up this table. */
  public RuleBuilder lookup(long table) {
    action = Rule.TO_TABLE;
    return set(Rule.TABLE, table);
  }

  /** Looks up the table of the VRF that the packet belongs to. */
  public RuleBuilder lookupVrf() {
    action = Rule.TO_TABLE;
    return set(Rule.L3MDEV, 1);
  }

  /**
   * {@link Rule#NOP}, {@link Rule#BLACKHOLE}, {@link Rule#UNREACHABLE} or {@link Rule#PROHIBIT}.
   */
  public RuleBuilder action(int value) {
    action = value;
    return this;
  }

  /** Goes on with the rule of this priority. */
  public RuleBuilder jumpTo(long priority) {
    action = Rule.GOTO;
    return set(Rule.GOTO_PRIORITY, priority);
  }

  /** For the packets that do not match. */
  public RuleBuilder invert() {
    flags |= Rule.INVERT;
    return this;
  }

  /** Order, the smaller first. */
  public RuleBuilder priority(long value) {
    return set(Rule.PRIORITY, value);
  }

  /** Who makes it, 0 to 255. */
  public RuleBuilder protocol(int value) {
    return set(Rule.PROTOCOL, value);
  }

  /** Any attribute. */
  public <T> RuleBuilder set(Attribute<T> attribute, T value) {
    attributes = attributes.with(attribute, value);
    return this;
  }

  /** The rule as said so far. */
  public Rule build() {
    long table = attributes.get(Rule.TABLE, 0L);
    int inHeader = RouteHeader.compatTable(table);
    return new Rule(
        new RouteHeader(family, dstLength, srcLength, tos, inHeader, 0, 0, action, flags),
        attributes);
  }
}
