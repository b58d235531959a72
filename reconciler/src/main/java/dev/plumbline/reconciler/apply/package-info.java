/**
 * Carries out plans.
 *
 * <p>The {@link dev.plumbline.reconciler.apply.Applier} turns each change into a few
 * <em>operations</em> and sends neighbouring ones of a namespace in one netlink message. It stops
 * at the first failure and says which step, what device and what the kernel said. Going back is
 * done by planning from what is there then to the {@link dev.plumbline.reconciler.apply.Snapshot}
 * taken before.
 *
 * <p>Changes of the embedded switch are gathered and made at once. IPv4 addresses that move from
 * one device to another are announced to their neighbours.
 *
 * <p>All of it is used by one thread at a time.
 */
@NullMarked
package dev.plumbline.reconciler.apply;

import org.jspecify.annotations.NullMarked;
