// SPDX-License-Identifier: Apache-2.0
/**
 * The Linux kernel's networking from Java: netlink sockets and codecs, links, addresses, routes,
 * namespaces and events. A library of its own: it knows nothing of files or plans.
 */
@NullMarked
package dev.plumbline.netlink;

import org.jspecify.annotations.NullMarked;
