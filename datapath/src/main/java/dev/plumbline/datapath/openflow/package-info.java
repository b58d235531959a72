// SPDX-License-Identifier: Apache-2.0
/**
 * Flows as OpenFlow has them, in the text syntax of {@code ovs-ofctl}.
 *
 * <ul>
 *   <li>A <b>flow</b> ({@link Flow}) is a rule: a match, a priority, actions. Not to be confused
 *       with the megaflows of the fast path, which are made of what flows decide.
 *   <li>A <b>group</b> ({@link FlowGroup}) is buckets of actions that flows name together; a
 *       <b>bucket</b> gets a copy of the packet. {@link GroupText} reads and prints them.
 *   <li>A <b>table</b> is flows that are looked through together, 0 to 253. Packets begin in table
 *       0; actions send them on to others.
 *   <li>A <b>field</b> ({@link MatchField}) is a part of a packet, or of what the switch notes
 *       about it (the port it came in by, registers), with a name, a width in bits and a
 *       <b>prerequisite</b>: what the rest of the match has to say so that packets have the field.
 *   <li>A <b>subfield</b> ({@link Subfield}) is some bits of a field, counted from the lowest.
 *   <li><b>Field values</b> ({@link FieldValues}) are all fields of one packet.
 *   <li>A <b>port</b> is an OpenFlow port number, 1 to 65,279, not a number of the datapath; from
 *       65,280 numbers are reserved. {@link PortNames} says which names they have.
 * </ul>
 *
 * <p>{@link FlowText} reads and prints. What it prints is Open vSwitch's normal form of the match,
 * and the actions as they were written, in Open vSwitch's spelling. It refuses what Open vSwitch
 * changes without a word (a field whose prerequisite is missing, a number that does not fit, a
 * field said twice), and by name what this switch does not have.
 *
 * <p>All is immutable but {@link FieldValues}, and pure.
 */
@NullMarked
package dev.plumbline.datapath.openflow;

import org.jspecify.annotations.NullMarked;
