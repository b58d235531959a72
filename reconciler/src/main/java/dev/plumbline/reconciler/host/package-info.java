/**
 * The host as a whole: read, plan, apply, verify, and what plumbline remembers of it between runs.
 *
 * <p>A {@link dev.plumbline.reconciler.host.Kernel} is what a host is read from and changed by; its
 * {@link dev.plumbline.reconciler.host.KernelWatch} tells what happens to it. Both, and the {@link
 * dev.plumbline.reconciler.host.Host} over them, are used by one thread at a time.
 */
@NullMarked
package dev.plumbline.reconciler.host;

import org.jspecify.annotations.NullMarked;
