// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.reconciler.kind.Text.Names;
import dev.plumbline.reconciler.resource.Resource;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A tunnel's end that has one attribute for IPv4 and another one for IPv6. */
final class Endpoint {
  private Endpoint() {}

  static DeviceField field(String name, Attribute<InetAddress> ipv4, Attribute<InetAddress> ipv6) {
    return DeviceField.data(
        name,
        (nest, names) -> read(nest, ipv4, ipv6),
        (nest, value, names) -> write(nest, value, names, ipv4, ipv6));
  }

  /**
   * A device has one family from the beginning, IPv4 where neither end is named, and an end that is
   * taken away is told as IPv4's 0.0.0.0 (vxlan_nl2conf, geneve_nl2info: EOPNOTSUPP).
   */
  static boolean isOfOtherFamily(Resource device, String field, String value) {
    boolean end = field.equals("local") || field.equals("remote");
    boolean ipv6 = (device.get("local") + device.get("remote")).contains(":");
    return end && ipv6 != value.contains(":");
  }

  private static String read(
      AttributeMap nest, Attribute<InetAddress> ipv4, Attribute<InetAddress> ipv6) {
    @Nullable InetAddress address = nest.get(ipv4);
    if (address == null) {
      address = nest.get(ipv6);
    }
    return address == null || address.isAnyLocalAddress()
        ? ""
        : Text.IP.write(address, Names.none());
  }

  private static AttributeMap write(
      AttributeMap nest,
      String value,
      Names names,
      Attribute<InetAddress> ipv4,
      Attribute<InetAddress> ipv6) {
    InetAddress address = Text.IP.read(value.isEmpty() ? "0.0.0.0" : value, names);
    return nest.with(address instanceof Inet4Address ? ipv4 : ipv6, address);
  }
}
