// SPDX-License-Identifier: Apache-2.0
/**
 * Tunnels: what the kernel has to have for them, and what the fast path has to be told. Where their
 * packets go {@link dev.plumbline.datapath.tunnel.RouteResolver} asks the host's own routing, and
 * asks again when what it says may have changed.
 *
 * <p>A <b>remote</b> is the other end of a tunnel, an IP address. A <b>resolution</b> is what the
 * host's routing says of it.
 *
 * <p>Threading: everything belongs to the thread that owns the switch.
 */
@NullMarked
package dev.plumbline.datapath.tunnel;

import org.jspecify.annotations.NullMarked;
