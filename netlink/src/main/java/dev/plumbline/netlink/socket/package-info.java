/**
 * Netlink sockets: requests with their acknowledgements, dumps, and the raw reception of multicast
 * messages (netlink(7), Documentation/userspace-api/netlink/intro.rst).
 *
 * <ul>
 *   <li><b>request</b>: one message to the kernel that it acknowledges with NLMSG_ERROR, errno 0
 *       for success, after the replies if there are any;
 *   <li><b>dump</b>: a request that is answered with many messages up to NLMSG_DONE;
 *   <li><b>extended acknowledgement</b>: attributes of an acknowledgement that say in words what
 *       was wrong, and at which offset of the request;
 *   <li><b>overrun</b>: the receive buffer was full and the kernel dropped messages (ENOBUFS).
 * </ul>
 *
 * <p>The kernel handles requests while they are sent: when {@code send} returns, the
 * acknowledgements wait in the receive buffer. That is why many requests go out in one call, and
 * why only as many go out at once as the receive buffer holds acknowledgements for.
 *
 * <p>Threading: a socket belongs to one thread at a time; it need not be the one that opened it.
 */
@NullMarked
package dev.plumbline.netlink.socket;

import org.jspecify.annotations.NullMarked;
