// SPDX-License-Identifier: Apache-2.0
/**
 * From other tools' configuration to a host file.
 *
 * <ul>
 *   <li><b>Source</b>: what is read: text of a file, or a database's answers. A mistake in it is a
 *       problem with its place.
 *   <li><b>Draft</b>: the host file in the making. What the source says and the file cannot is a
 *       comment of the draft, above the object that it is about, and nothing is left out without
 *       one.
 * </ul>
 *
 * <p>A class a source, which reads it, and beside it what is written down for several of them. Not
 * safe for several threads.
 */
@NullMarked
package dev.plumbline.reconciler.imports;

import org.jspecify.annotations.NullMarked;
