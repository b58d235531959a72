/**
 * Problems of a file: what is wrong, where, what was expected, and what was probably meant.
 *
 * <p>A <b>problem</b> never stops the reading: all of them are collected and reported at once.
 * {@link dev.plumbline.spec.problem.Problems} belongs to one thread; the rest is safe for any.
 */
@NullMarked
package dev.plumbline.spec.problem;

import org.jspecify.annotations.NullMarked;
