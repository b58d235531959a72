// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import static dev.plumbline.reconciler.kind.DeviceField.data;

import dev.plumbline.netlink.route.Gre;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.reconciler.kind.Text.Names;
import dev.plumbline.reconciler.resource.Resource;
import java.net.InetAddress;

/**
 * The kernel's GRE devices (RFC 2784, RFC 2890): layer 3 and Ethernet, over IPv4 and IPv6. A change
 * resets whatever the message leaves out (ipgre_netlink_parms), so it carries everything.
 */
final class GreKind {
  static final DeviceKind GRE = kind(Gre.GRE);
  static final DeviceKind GRETAP = kind(Gre.GRETAP);
  static final DeviceKind IP6GRE = kind(Gre.IP6GRE);
  static final DeviceKind IP6GRETAP = kind(Gre.IP6GRETAP);

  private GreKind() {}

  private static DeviceKind kind(String name) {
    return DeviceKind.named(
            name,
            end("local", Gre.LOCAL).byDefault(""),
            end("remote", Gre.REMOTE).byDefault(""),
            data("key", GreKind::readKey, GreKind::writeKey),
            data("parent", Gre.LINK, Text.DEVICE).byDefault(""),
            data("ttl", Gre.TTL, Text.INT),
            data("tos", Gre.TOS, Text.INT),
            data("df", GreKind::readFragment, GreKind::writeFragment),
            data("checksum", GreKind::readChecksum, GreKind::writeChecksum))
        .settingAll()
        .stayingInNamespace()
        .conflictingBy(
            device -> device.get("local") + " " + device.get("remote") + " " + device.get("key"))
        .refusing((device, field, value) -> refuses(name, device, field, value));
  }

  /**
   * Over IPv4 a device for packets is one between two ends, one to a group, or one to anybody, and
   * stays that (ip_tunnel_changelink: EINVAL); one for frames may change, and so may all over IPv6
   * (ip6gre_changelink).
   */
  private static boolean refuses(String kind, Resource device, String field, String value) {
    return kind.equals(Gre.GRE)
        && field.equals("remote")
        && !reach(device.get("remote")).equals(reach(value));
  }

  private static String reach(String remote) {
    if (remote.isEmpty()) {
      return "anybody";
    }
    return Text.IP.read(remote, Names.none()).isMulticastAddress() ? "a group" : "one end";
  }

  /**
   * None is told by leaving it out: a device for frames refuses the address 0 (ipgre_tap_validate,
   * ip6gre_tap_validate), and each starts from nothing (ipgre_netlink_parms).
   */
  private static DeviceField end(String name, Attribute<InetAddress> attribute) {
    return data(
        name,
        (nest, names) -> {
          InetAddress address = nest.get(attribute);
          return address == null || address.isAnyLocalAddress()
              ? ""
              : Text.IP.write(address, names);
        },
        (nest, value, names) ->
            value.isEmpty() ? nest : nest.with(attribute, Text.IP.read(value, names)));
  }

  private static int flags(AttributeMap nest, Attribute<Integer> attribute) {
    Integer flags = nest.get(attribute);
    return flags == null ? 0 : flags;
  }

  private static String readKey(AttributeMap nest, Names names) {
    Long key = nest.get(Gre.OKEY);
    return (flags(nest, Gre.OFLAGS) & Gre.KEY) == 0 || key == null ? "" : String.valueOf(key);
  }

  private static AttributeMap writeKey(AttributeMap nest, String value, Names names) {
    if (value.isEmpty()) {
      return nest;
    }
    long key = Long.parseLong(value);
    return nest.with(Gre.IFLAGS, flags(nest, Gre.IFLAGS) | Gre.KEY)
        .with(Gre.OFLAGS, flags(nest, Gre.OFLAGS) | Gre.KEY)
        .with(Gre.IKEY, key)
        .with(Gre.OKEY, key);
  }

  private static String readChecksum(AttributeMap nest, Names names) {
    return String.valueOf((flags(nest, Gre.OFLAGS) & Gre.CSUM) != 0);
  }

  private static AttributeMap writeChecksum(AttributeMap nest, String value, Names names) {
    if (!Boolean.parseBoolean(value)) {
      return nest.with(Gre.IFLAGS, flags(nest, Gre.IFLAGS))
          .with(Gre.OFLAGS, flags(nest, Gre.OFLAGS));
    }
    return nest.with(Gre.IFLAGS, flags(nest, Gre.IFLAGS) | Gre.CSUM)
        .with(Gre.OFLAGS, flags(nest, Gre.OFLAGS) | Gre.CSUM);
  }

  private static String readFragment(AttributeMap nest, Names names) {
    return Boolean.FALSE.equals(nest.get(Gre.PMTUDISC)) ? "unset" : "set";
  }

  private static AttributeMap writeFragment(AttributeMap nest, String value, Names names) {
    return nest.with(Gre.PMTUDISC, !value.equals("unset"));
  }
}
