/**
 * The only native bindings: the C library's functions that the other packages need, with the
 * numbers of the man pages and of the kernel's uapi headers, through jnr-ffi.
 *
 * <p>Terms: a <b>descriptor</b> is a file descriptor number; whoever opened it closes it. An
 * <b>errno</b> is a positive number as in errno(3).
 *
 * <p>Threading: every function may be called from any thread. Those that change the calling thread
 * ({@code setns}, {@code unshare}) say so; Java threads are kernel threads, and one of them may be
 * in other namespaces than its neighbours. A thread starts in the namespaces of the thread that
 * started it.
 */
@NullMarked
package dev.plumbline.netlink.libc;

import org.jspecify.annotations.NullMarked;
