/**
 * The live state: what the kernel holds now, read once per reconcile in all namespaces; and the
 * view, which was read once and is brought up to date by events.
 *
 * <p>{@link dev.plumbline.reconciler.live.LiveState} is a value that may be shared; {@link
 * dev.plumbline.reconciler.live.LiveReader} is used by one thread at a time.
 */
@NullMarked
package dev.plumbline.reconciler.live;

import org.jspecify.annotations.NullMarked;
