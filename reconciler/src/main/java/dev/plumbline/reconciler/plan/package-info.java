/**
 * The planner: a pure function from a goal and the live state to a plan.
 *
 * <p>A <em>goal</em> is a list of wanted resources and a rule for what may be removed. A
 * <em>plan</em> is an ordered list of <em>changes</em>, each with its address in the file, its
 * action, the fields that change, the changes it waits for and a <em>disruption class</em>. Going
 * back is planning too: the goal is then the snapshot taken before.
 *
 * <p>No clock, no I/O, no shared state: every call with equal arguments gives an equal plan.
 */
@NullMarked
package dev.plumbline.reconciler.plan;

import org.jspecify.annotations.NullMarked;
