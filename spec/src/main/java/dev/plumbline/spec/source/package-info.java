/**
 * Where files come from: a directory, or a map in memory (a Git tree without a checkout).
 *
 * <p>A <b>path</b> here is relative to the repository's <b>root</b>, with {@code /} between its
 * parts and neither {@code .} nor {@code ..} in it.
 */
@NullMarked
package dev.plumbline.spec.source;

import org.jspecify.annotations.NullMarked;
