// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.event;

/** The multicast groups of rtnetlink (RTNLGRP_*, include/uapi/linux/rtnetlink.h). */
public enum RouteGroup {
  LINK(1),
  /** Neighbours, and the entries of bridges' forwarding tables. */
  NEIGHBOUR(3),
  IPV4_ADDRESS(5),
  IPV4_ROUTE(7),
  IPV4_RULE(8),
  IPV6_ADDRESS(9),
  IPV6_ROUTE(11),
  IPV6_RULE(19),
  /**
   * Some of the sysctls net.ipv4.conf.* as they change: forwarding, rp_filter, proxy_arp,
   * mc_forwarding, bc_forwarding, ignore_routes_with_linkdown (RTM_NEWNETCONF, {@code
   * <linux/netconf.h>}; since Linux 3.8).
   */
  IPV4_SETTINGS(24),
  /** The same of net.ipv6.conf.*: forwarding, proxy_ndp, mc_forwarding and the like. */
  IPV6_SETTINGS(25),
  NAMESPACE_ID(28),
  /** Settings of single VLANs of bridges; since Linux 5.6. */
  BRIDGE_VLAN(33);

  private final int number;

  RouteGroup(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
