// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the flow of a table that a packet is for, and which of the packet's bits that depends on.
 *
 * <ul>
 *   <li>A <b>rule</b> ({@link Rule}) is a match with a priority, and what it leads to.
 *   <li>A <b>table</b> ({@link RuleTable}) is rules; immutable, so that whoever looks in it sees
 *       one version of it, and a change makes another that shares what is the same.
 *   <li>A <b>subtable</b> is the rules of a table that ask for the same bits: one lookup in a hash
 *       table finds which of them a packet is for.
 *   <li>A <b>wildcard</b> ({@link Wildcards}) is a bit that the outcome did not depend on: any
 *       packet with the same other bits gets the same rule.
 * </ul>
 *
 * <p>Tables may be read by any number of threads; {@link Wildcards} belong to one.
 */
@NullMarked
package dev.plumbline.datapath.classifier;

import org.jspecify.annotations.NullMarked;
