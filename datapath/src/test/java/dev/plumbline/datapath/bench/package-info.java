// SPDX-License-Identifier: Apache-2.0
/**
 * The benchmark that {@code datapath/bench/run} starts: switches side by side on a throwaway host.
 *
 * <p>A <em>contender</em> is a switch in a network namespace of its own, its <em>host</em>. All of
 * them serve the same <em>guests</em>, the namespaces {@code a}, {@code b} and {@code c}, each by a
 * veth pair of its own, so that a guest has one device for each contender, named after it. A
 * <em>scenario</em> measures one figure of one contender; the contenders take turns.
 * docs/benchmarks-switch.md says what the figures mean.
 *
 * <p>One thread measures; generators of load have threads of their own for as long as they run.
 */
@NullMarked
package dev.plumbline.datapath.bench;

import org.jspecify.annotations.NullMarked;
