// SPDX-License-Identifier: Apache-2.0
/**
 * What is done with a packet: {@link Translator#translate} takes a {@link
 * dev.plumbline.datapath.flow.FlowKey} and a {@link SwitchState} and fills a {@link Decision}: the
 * actions, which fields they depend on (the megaflow's mask), and what is to be learnt. It changes
 * nothing, reads no clock and, once it has seen the largest flood, allocates nothing.
 *
 * <p>Terms:
 *
 * <ul>
 *   <li>A <b>number</b> names a port in the whole switch ({@link PortNumbers}). 1 to 4,095: what
 *       frames come in and go out by, the fast path's ports: devices, a bond's members, a tunnel's
 *       remotes. From 4,096: bonds and patch ports, which the fast path has no ports for.
 *   <li>A <b>logical port</b> is where an address is learnt and what has a VLAN mode: any number
 *       but a bond's member.
 *   <li>A <b>mesh</b> is a tunnel with several remotes; none of them is sent what another sent.
 *   <li>A <b>domain</b> is bridges joined by patch ports: what a frame can reach.
 *   <li><b>Flows</b> ({@link FlowTables}) stand in a bridge's way before NORMAL, if it has any: a
 *       {@link Pipeline} looks for the packet's flow in table 0 and does its actions, one of which
 *       may be NORMAL. A packet without a flow is dropped.
 * </ul>
 *
 * <p>The rules are Open vSwitch's for its NORMAL action (ofproto-dpif-xlate.c) and VLANs
 * (vswitch.xml), with these differences, all towards fewer frames where they should not be:
 *
 * <ul>
 *   <li>A frame whose source is a group address is dropped (IEEE 802.1Q has no such sources).
 *   <li>A frame to a known address is only sent if the port carries its VLAN; see {@link
 *       dev.plumbline.datapath.bridge.VlanRule} for tags.
 *   <li>If patch ports lead a frame into a bridge and VLAN where it has been, there is a loop, and
 *       nothing is sent at all, nor learnt. Open vSwitch goes round until it has done 64 rounds.
 *   <li>Of reserved addresses only IEEE 802.1Q's own are dropped, not those of vendors.
 *   <li>Ports that are down are not sent to.
 *   <li>A flow's NORMAL is in the bridge and VLAN once: the second time it is such a loop.
 *   <li>A flow's output to a bond is to the bond, and a packet from one came in by it: members have
 *       no ports of their own in flows.
 *   <li>balance-tcp without LACP acts as active-backup, as Open vSwitch's {@code lacp-fallback-ab}.
 * </ul>
 *
 * <p>When a decision may no longer hold: {@link StateChange} says it of changes of the state,
 * {@link SwitchState#concerns} of changes in a MAC table. A decision also holds for a time only
 * while {@link Decision#cacheable}.
 */
@NullMarked
package dev.plumbline.datapath.translate;

import org.jspecify.annotations.NullMarked;
