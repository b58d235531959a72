// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import java.net.InetAddress;

/**
 * A remote of a GRE tunnel.
 *
 * @param port its datapath port number
 */
record GreRemote(TunnelPort config, InetAddress address, int port) {}
