/**
 * What happens in the kernel, as it happens: multicast messages of rtnetlink(7) from any number of
 * namespaces, and the coming and going of named namespaces, for one thread to wait on.
 *
 * <ul>
 *   <li><b>subscription</b>: a socket in a namespace that has joined some {@link
 *       dev.plumbline.netlink.event.RouteGroup}s;
 *   <li><b>overrun</b>: events were lost since the receiver was too slow; the state has to be read
 *       anew. A result like any other, so that nobody can overlook it;
 *   <li><b>loop</b>: waits on several sources at once.
 * </ul>
 *
 * <p>Threading: everything here belongs to one thread at a time, except {@link
 * dev.plumbline.netlink.event.EventLoop#wakeUp()}.
 */
@NullMarked
package dev.plumbline.netlink.event;

import org.jspecify.annotations.NullMarked;
