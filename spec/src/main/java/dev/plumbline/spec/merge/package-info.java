/**
 * From several files to one tree: includes are merged as layers, then variables are put in.
 *
 * <p>Terms: a <b>layer</b> is one file; the file that is asked for is the topmost, what it includes
 * lies below it, a later include above an earlier one. Maps merge by key at every depth; anything
 * else of the upper layer replaces; {@code null} removes the key. Every value keeps the position of
 * the layer that it came from.
 */
@NullMarked
package dev.plumbline.spec.merge;

import org.jspecify.annotations.NullMarked;
