/**
 * Network namespaces as {@code ip netns} makes them, and the sysctls of a namespace
 * (network_namespaces(7), ip-netns(8), sysctl(8)).
 *
 * <ul>
 *   <li><b>handle</b>: a {@link dev.plumbline.netlink.namespace.NetNamespace}, an open descriptor
 *       that keeps the namespace alive until it is closed;
 *   <li><b>named</b>: has a bind mount in {@code /run/netns} under its name, which keeps it alive,
 *       too;
 *   <li><b>scratch</b>: has nothing but its handle and is gone with it.
 * </ul>
 *
 * <p>Threading: a namespace is a property of each kernel thread. Handles may be shared between
 * threads; {@code run} moves the calling thread for the time of the call. Do not start threads
 * inside it that outlive it: they would stay there.
 */
@NullMarked
package dev.plumbline.netlink.namespace;

import org.jspecify.annotations.NullMarked;
