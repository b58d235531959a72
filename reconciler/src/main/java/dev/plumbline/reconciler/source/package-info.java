// SPDX-License-Identifier: Apache-2.0
/**
 * Where the desired state comes from: a branch of a Git repository.
 *
 * <ul>
 *   <li><b>Revision</b>: a commit, with what people want to know of it.
 *   <li><b>Clone</b>: a bare repository in the state directory that holds the newest commit of the
 *       branch and nothing of its history; there is no work tree, files are read from the commit's
 *       tree.
 *   <li><b>Last good revision</b>: the one that was applied last, kept in the clone under a
 *       reference of its own, so that it can be applied again before the network is there to fetch.
 * </ul>
 *
 * <p>Threading: a {@link dev.plumbline.reconciler.source.GitSource} may be used from several
 * threads; it fetches for one at a time.
 */
@NullMarked
package dev.plumbline.reconciler.source;

import org.jspecify.annotations.NullMarked;
