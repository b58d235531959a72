// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.LinkLayerAddress;
import org.jspecify.annotations.Nullable;

/** Collects what a link is to be. Not thread-safe. */
public final class LinkBuilder {
  private final int index;
  private long flags;
  private long change;
  private AttributeMap attributes = AttributeMap.EMPTY;
  private @Nullable String kind;
  private AttributeMap data = AttributeMap.EMPTY;
  private @Nullable String slaveKind;
  private AttributeMap slaveData = AttributeMap.EMPTY;
  private int newIndex;

  LinkBuilder(int index) {
    this.index = index;
  }

  /** Any attribute of the link itself. */
  public <T> LinkBuilder set(Attribute<T> attribute, T value) {
    attributes = attributes.with(attribute, value);
    return this;
  }

  /** All attributes of the link itself, in place of those given so far, its name included. */
  public LinkBuilder attributes(AttributeMap all) {
    attributes = all;
    return this;
  }

  /** The driver that makes it, such as {@link Bridge#KIND}. */
  public LinkBuilder kind(String value) {
    kind = value;
    return this;
  }

  /** A setting of its kind. */
  public <T> LinkBuilder data(Attribute<T> attribute, T value) {
    data = data.with(attribute, value);
    return this;
  }

  /** All settings of its kind, in place of those given so far. */
  public LinkBuilder data(AttributeMap settings) {
    data = settings;
    return this;
  }

  /** The kind of its master; needed with {@link #slaveData}. */
  public LinkBuilder slaveKind(String value) {
    slaveKind = value;
    return this;
  }

  /** A setting as a port of its master; needs {@link #slaveKind}. */
  public <T> LinkBuilder slaveData(Attribute<T> attribute, T value) {
    slaveData = slaveData.with(attribute, value);
    return this;
  }

  /** All settings as a port of its master, in place of those given so far. */
  public LinkBuilder slaveData(AttributeMap settings) {
    slaveData = settings;
    return this;
  }

  /** Administratively up. */
  public LinkBuilder up() {
    return flag(Link.UP, true);
  }

  /** Administratively down. */
  public LinkBuilder down() {
    return flag(Link.UP, false);
  }

  /**
   * One of the flags {@link Link#UP}, {@link Link#NOARP}, {@link Link#PROMISC}, {@link
   * Link#ALLMULTI}, {@link Link#MULTICAST}.
   */
  public LinkBuilder flag(long flag, boolean on) {
    flags = on ? flags | flag : flags & ~flag;
    change |= flag;
    return this;
  }

  /** Link.MTU in bytes. */
  public LinkBuilder mtu(long bytes) {
    return set(Link.MTU, bytes);
  }

  /** Link-layer address. */
  public LinkBuilder address(LinkLayerAddress value) {
    return set(Link.ADDRESS, value);
  }

  /** Index of the bridge, bond or VRF it is to belong to; 0 for none. */
  public LinkBuilder master(int masterIndex) {
    return set(Link.MASTER, masterIndex);
  }

  /** Index of the device below. */
  public LinkBuilder link(int parentIndex) {
    return set(Link.LINK, parentIndex);
  }

  /** Group number. */
  public LinkBuilder group(long value) {
    return set(Link.GROUP, value);
  }

  /** Length of the transmit queue in packets. */
  public LinkBuilder txQueueLength(long packets) {
    return set(Link.TXQLEN, packets);
  }

  /** Alias; empty clears it. */
  public LinkBuilder alias(String text) {
    return set(Link.IFALIAS, text);
  }

  /** The namespace that the device is to be in; it must be open when the request is sent. */
  public LinkBuilder namespace(NetNamespace namespace) {
    return set(Link.NET_NS_FD, namespace.fd());
  }

  /** Index of a device that is to be made; the kernel chooses one otherwise. */
  public LinkBuilder newIndex(int value) {
    newIndex = value;
    return this;
  }

  /** How IPv6 link-local addresses are made, see {@link Link#INET6_ADDR_GEN_MODE}. */
  public LinkBuilder addressGenerationMode(int mode) {
    return set(
        Link.AF_SPEC,
        AttributeMap.EMPTY.with(
            Link.INET6, AttributeMap.EMPTY.with(Link.INET6_ADDR_GEN_MODE, mode)));
  }

  /**
   * The link as said so far.
   *
   * @throws IllegalStateException if there is data without a kind, or slave data without a slave
   *     kind
   */
  public Link build() {
    if (kind == null && !data.equals(AttributeMap.EMPTY)) {
      throw new IllegalStateException("data needs the kind");
    }
    if (slaveKind == null && !slaveData.equals(AttributeMap.EMPTY)) {
      throw new IllegalStateException("slave data needs the slave kind");
    }
    AttributeMap all = attributes;
    if (kind != null || slaveKind != null) {
      all = all.with(Link.LINKINFO, new LinkInfo(kind, data, slaveKind, slaveData));
    }
    return new Link(new LinkHeader(0, index != 0 ? index : newIndex, flags, change), all);
  }
}
