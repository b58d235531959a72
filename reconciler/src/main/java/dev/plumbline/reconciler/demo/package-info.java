// SPDX-License-Identifier: Apache-2.0
/**
 * {@code plumbline demo}: commit to deploy on two hosts, in one command, touching nothing else.
 *
 * <ul>
 *   <li><b>Lab host</b>: a process with network, mount, process and name namespaces of its own; to
 *       plumbline inside it, it is the host.
 *   <li><b>Lab</b>: two lab hosts, the cable between them, a repository and an agent on each.
 *   <li><b>Story</b>: what is shown, step by step; every expectation in it is checked, and one that
 *       fails makes the demo fail.
 * </ul>
 *
 * <p>All that is made hangs on the lab hosts' first processes, which read from a pipe that the demo
 * holds: when the demo ends, in whatever way, the pipe closes, they end, and the kernel takes
 * everything else with them.
 *
 * <p>Threading: the story runs on one thread; an agent's log is read on a thread of its own.
 */
@NullMarked
package dev.plumbline.reconciler.demo;

import org.jspecify.annotations.NullMarked;
