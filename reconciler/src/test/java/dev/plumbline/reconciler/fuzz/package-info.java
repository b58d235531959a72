// SPDX-License-Identifier: Apache-2.0
/**
 * What is fuzzed, and what has to hold whatever the input: {@code tools/fuzz TARGET}
 * (docs/testing.md).
 *
 * <p>A <b>target</b> is a public class with {@code public static void fuzzerTestOneInput(byte[])},
 * which is how the fuzzer finds it; it needs nothing of the fuzzer itself. It returns, or throws
 * for what is a bug. A target that needs what only a package sees is in that package. {@code
 * src/test/resources/fuzz/targets} lists them all, with their seeds. A <b>kept input</b> is one
 * that did harm once; it is below {@code src/test/resources/fuzz/TARGET}. Targets run in one
 * thread.
 */
@NullMarked
package dev.plumbline.reconciler.fuzz;

import org.jspecify.annotations.NullMarked;
