/**
 * rtnetlink: the links, addresses, routes, rules, neighbours and bridge tables of one network
 * namespace.
 *
 * <p>Terms, all the kernel's own:
 *
 * <ul>
 *   <li><b>link</b>: a network device. Its <b>kind</b> is the driver that made it ({@code
 *       IFLA_INFO_KIND}: "bridge", "vxlan"); a physical device and {@code lo} have none.
 *   <li><b>data</b>: the settings of the kind ({@code IFLA_INFO_DATA}); <b>slave data</b>: the
 *       settings that a device has as a port of its <b>master</b> ({@code IFLA_INFO_SLAVE_DATA}),
 *       whose <b>slave kind</b> is the master's kind.
 *   <li><b>FDB</b>: the table of a bridge or vxlan device from MAC address to port or remote.
 *   <li><b>nsid</b>: the number under which one namespace knows another ({@code
 *       IFLA_LINK_NETNSID}).
 * </ul>
 *
 * <p>One file a message ({@link dev.plumbline.netlink.route.Link}, {@link
 * dev.plumbline.netlink.route.Address}, …) and one file a kind of link ({@link
 * dev.plumbline.netlink.route.Bridge}, …), which holds the kind's name, its typed attributes with
 * units and ranges, and the kernel's defaults. A message is a value: its fixed header and a map of
 * attributes that keeps what is unknown here, so that reading and writing again loses nothing. A
 * builder collects what a message is to say, factory methods of the message ({@code Link.create},
 * {@code Route.replace}) make the requests; {@link dev.plumbline.netlink.route.RouteSocket} sends
 * them.
 *
 * <p>Threading: all values and requests are immutable; a {@code RouteSocket} belongs to one thread
 * at a time.
 *
 * <p>Sources: rtnetlink(7), {@code <linux/rtnetlink.h>}, {@code <linux/if_link.h>} and the headers
 * named in each file.
 */
@NullMarked
package dev.plumbline.netlink.route;

import org.jspecify.annotations.NullMarked;
