// SPDX-License-Identifier: Apache-2.0
/**
 * The benchmark; {@code reconciler/bench/run} starts it and docs/benchmarks.md explains it.
 *
 * <p>A <em>scenario</em> is an end result of a size. A <em>contender</em> brings it about, in four
 * <em>phases</em>, each round on a host of its own that is thrown away after it.
 */
@NullMarked
package dev.plumbline.reconciler.bench;

import org.jspecify.annotations.NullMarked;
