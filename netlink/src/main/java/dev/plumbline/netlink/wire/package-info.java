/**
 * Netlink messages and attributes as bytes (RFC 3549 section 2.2, include/uapi/linux/netlink.h).
 *
 * <ul>
 *   <li><b>message</b>: an {@code nlmsghdr} and its payload; the payload is a fixed header of the
 *       message's type ({@code ifinfomsg}, {@code rtmsg}, …) followed by attributes;
 *   <li><b>attribute</b>: length, type and value ({@code nlattr}); the value may again be
 *       attributes, a <b>nest</b>;
 *   <li><b>schema</b>: the attributes of one nest that are known by name and type;
 *   <li><b>codec</b>: turns the bytes of one attribute into a Java value and back.
 * </ul>
 *
 * <pre>
 *    0                   1                   2                   3
 *   +---------------------------------------------------------------+
 *   |                     length (with this header)                 |  nlmsghdr, 16 bytes
 *   +-------------------------------+-------------------------------+
 *   |             type              |             flags             |
 *   +-------------------------------+-------------------------------+
 *   |                        sequence number                        |
 *   +---------------------------------------------------------------+
 *   |                 port (0: the kernel or not bound)             |
 *   +---------------------------------------------------------------+
 *   |  fixed header of the type, padded to 4 bytes, then:           |
 *   +-------------------------------+-------------------------------+
 *   |     length (with header)      |N|B|          type             |  nlattr, 4 bytes
 *   +-------------------------------+-------------------------------+
 *   |  value, padded to 4 bytes (the padding is not in the length)  |
 *   +---------------------------------------------------------------+
 *   N = NLA_F_NESTED, B = NLA_F_NET_BYTEORDER; all in the host's byte order
 * </pre>
 *
 * <p>Threading: {@link dev.plumbline.netlink.wire.MessageWriter} and {@link
 * dev.plumbline.netlink.wire.AttributeReader} belong to one thread at a time; everything else is
 * immutable and may be shared.
 */
@NullMarked
package dev.plumbline.netlink.wire;

import org.jspecify.annotations.NullMarked;
