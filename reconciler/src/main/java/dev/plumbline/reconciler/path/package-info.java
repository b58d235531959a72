// SPDX-License-Identifier: Apache-2.0
/**
 * Where traffic goes: a network of devices, routes and bridges is made of resources, those of a
 * file or those of a host, and packets are followed through it.
 *
 * <ul>
 *   <li>A <b>topology</b> is all that there is; it does not change.
 *   <li>A <b>question</b> is who sends what to whom; the <b>answer</b> is the ways there and back.
 *   <li>A <b>way</b> is hops and an end. A <b>hop</b> is a place where something is decided, with
 *       the decision and its reason; the <b>end</b> says what became of the packet.
 *   <li>A <b>finding</b> is something wrong that was met on a way.
 *   <li>A <b>station</b> is whoever is behind a device whose other end nobody knows: a guest behind
 *       a tap, the network behind a card.
 *   <li><b>Outside</b> is all that is not in the topology.
 * </ul>
 *
 * <p>A frame is really sent through the bridges, which learn from it: before a packet come the
 * questions of ARP or neighbour discovery for the next hop, and their answers, as on the wire. What
 * the embedded switch does is asked of its own {@link dev.plumbline.datapath.translate.Translator}.
 *
 * <p>Pure: no clock, no I/O. A {@link dev.plumbline.reconciler.path.Network} is used by one thread,
 * for one question.
 */
@NullMarked
package dev.plumbline.reconciler.path;

import org.jspecify.annotations.NullMarked;
