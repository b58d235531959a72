// SPDX-License-Identifier: Apache-2.0
/**
 * What the agent says and how it stands, for machines that watch it.
 *
 * <ul>
 *   <li><b>Event</b>: one thing that the agent said. All that is reported of what happened derives
 *       from events; there is no second stream.
 *   <li><b>Status</b>: how the agent stands at one moment, the tree that {@code GET /v1/status}
 *       answers.
 *   <li><b>Metrics</b>: what is counted from events, and what is read from the status when somebody
 *       scrapes, in Prometheus' formats.
 * </ul>
 *
 * <p>Threading: events come from any thread; whoever takes them does not wait.
 */
@NullMarked
package dev.plumbline.reconciler.report;

import org.jspecify.annotations.NullMarked;
