// SPDX-License-Identifier: Apache-2.0
/**
 * How the command line speaks with a running agent: HTTP on a Unix socket, JSON in and out.
 *
 * <ul>
 *   <li><b>Server</b>: the agent's end; what it answers comes from a <b>handler</b>.
 *   <li><b>Client</b>: the command line's end, one connection a request.
 *   <li><b>Tree</b>: JSON as maps, lists, texts, Long, Double and Boolean.
 * </ul>
 *
 * <p>Threading: the server has a thread of its own that calls the handler; a client belongs to one
 * thread.
 */
@NullMarked
package dev.plumbline.reconciler.api;

import org.jspecify.annotations.NullMarked;
