// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: a class a verb, each a picocli command that {@link
 * dev.plumbline.reconciler.cli.Plumbline} registers.
 *
 * <ul>
 *   <li><b>Result</b>: what a verb was asked for (a plan, a state). It goes to standard output and
 *       to nothing else, so that it can be piped.
 *   <li><b>Message</b>: progress, warnings, errors. They go to standard error.
 *   <li><b>Exit code</b>: one of {@link dev.plumbline.reconciler.cli.ExitCode}.
 *   <li><b>Failure</b>: {@link dev.plumbline.reconciler.cli.CommandException} ends a verb with one
 *       message; any other exception does too, a stack trace comes with {@code --debug} only.
 * </ul>
 *
 * <p>Threading: a verb runs on the main thread; {@link dev.plumbline.reconciler.cli.Console} may be
 * called from any thread.
 */
@NullMarked
package dev.plumbline.reconciler.cli;

import org.jspecify.annotations.NullMarked;
