// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import java.net.InetAddress;

/** Collects what an address is to be. Not thread-safe. */
public final class AddressBuilder {
  private final InetAddress local;
  private final int prefixLength;
  private int index;
  private int scope;
  private long flags;
  private AttributeMap attributes = AttributeMap.EMPTY;

  AddressBuilder(InetAddress local, int prefixLength) {
    this.local = local;
    this.prefixLength = Family.checkPrefix(local, prefixLength);
    // Both are sent, as iproute2 does: IPv4 takes the local address from Address.LOCAL, IPv6
    // either.
    attributes = attributes.with(Address.LOCAL, local).with(Address.ADDRESS, local);
  }

  /** Index of the link that is to have it. */
  public AddressBuilder on(int linkIndex) {
    index = linkIndex;
    return this;
  }

  /** The other end's address; the prefix length is then its. */
  public AddressBuilder peer(InetAddress other) {
    return set(Address.ADDRESS, other);
  }

  /** IPv4 broadcast address. */
  public AddressBuilder broadcast(InetAddress value) {
    return set(Address.BROADCAST, value);
  }

  /** IPv4 label. */
  public AddressBuilder label(String value) {
    return set(Address.LABEL, value);
  }

  /** {@link Address#SCOPE_UNIVERSE} (default) to {@link Address#SCOPE_HOST}; IPv6 ignores it. */
  public AddressBuilder scope(int value) {
    scope = value;
    return this;
  }

  /** Sets these flags besides those set so far. */
  public AddressBuilder flag(long bits) {
    flags |= bits;
    return this;
  }

  /**
   * Lifetimes in seconds, or {@link Address#FOREVER}; preferred may not be longer than valid
   * (EINVAL).
   */
  public AddressBuilder lifetimes(long validSeconds, long preferredSeconds) {
    return set(Address.CACHEINFO, new Address.CacheInfo(preferredSeconds, validSeconds, 0, 0));
  }

  /** Metric of the network's route. */
  public AddressBuilder metric(long value) {
    return set(Address.RT_PRIORITY, value);
  }

  /** Who makes it, 4 to 255 for user space. Kernels before 5.18 ignore it silently. */
  public AddressBuilder protocol(int value) {
    return set(Address.PROTO, value);
  }

  /** Any attribute. */
  public <T> AddressBuilder set(Attribute<T> attribute, T value) {
    attributes = attributes.with(attribute, value);
    return this;
  }

  /** The address as said so far. */
  public Address build() {
    AttributeMap all = flags == 0 ? attributes : attributes.with(Address.FLAGS, flags);
    int inHeader = (int) (flags & 0xff);
    return new Address(
        new AddressHeader(Family.of(local), prefixLength, inHeader, scope, index), all);
  }
}
