// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Writes {@code struct tunnel} and {@code struct tunnel_id} of {@code src/main/bpf/flow.h}. */
final class TunnelEntry {
  private static final int AF_INET = 2; // <sys/socket.h>
  private static final int AF_INET6 = 10;
  private static final int DEFAULT_TTL = 64;

  private TunnelEntry() {}

  /**
   * How frames are put into the tunnel.
   *
   * @param key -1: GRE without a key
   * @param port datapath port number of the remote
   * @param ifindex VXLAN, Geneve: the external device; GRE: the route's; 0: they cannot be sent
   * @param source outer source address; null: the kernel chooses (VXLAN, Geneve)
   * @param nextHop GRE: the gateway; null: the remote itself
   * @param mtu most bytes behind the inner Ethernet header, a tag among them; 0: no limit
   */
  static ByteBuffer tunnel(
      TunnelPort config,
      InetAddress remote,
      long key,
      int port,
      int ifindex,
      @Nullable InetAddress source,
      @Nullable InetAddress nextHop,
      int mtu) {
    ByteBuffer entry = zeroed(Layout.Tunnel.SIZE);
    entry.put(Layout.Tunnel.TYPE, (byte) type(config.type()));
    entry.put(Layout.Tunnel.FLAGS, (byte) flags(config, remote));
    entry.put(Layout.Tunnel.TOS, (byte) Math.max(0, config.tos()));
    entry.put(Layout.Tunnel.TTL, (byte) (config.ttl() == 0 ? DEFAULT_TTL : config.ttl()));
    entry.putInt(Layout.Tunnel.KEY, (int) Math.max(0, key));
    address(entry, Layout.Tunnel.LOCAL, source);
    address(entry, Layout.Tunnel.REMOTE, remote);
    InetAddress neighbour = nextHop == null ? remote : nextHop;
    address(entry, Layout.Tunnel.NEXT_HOP, neighbour);
    entry.putInt(Layout.Tunnel.IFINDEX, ifindex);
    entry.putShort(Layout.Tunnel.PORT, (short) port);
    entry.putShort(Layout.Tunnel.NEXT_HOP_FAMILY, (short) (isIpv6(neighbour) ? AF_INET6 : AF_INET));
    entry.putInt(Layout.Tunnel.MTU, mtu);
    return entry;
  }

  private static int flags(TunnelPort config, InetAddress remote) {
    boolean gre = config.type() == TunnelType.GRE;
    int flags = isIpv6(remote) ? Layout.TUNNEL_IPV6 : 0;
    // RFC 8200 8.1: UDP over IPv6 has a checksum, and most receivers insist.
    if (config.checksum() || (!gre && isIpv6(remote))) {
      flags |= Layout.TUNNEL_CSUM;
    }
    flags |= config.dontFragment() ? Layout.TUNNEL_DF : 0;
    flags |= gre && config.key() >= 0 ? Layout.TUNNEL_KEY : 0;
    flags |= config.ttl() == 0 ? Layout.TUNNEL_TTL_INHERIT : 0;
    flags |= config.tos() < 0 ? Layout.TUNNEL_TOS_INHERIT : 0;
    return flags;
  }

  /** What frames that come out of the tunnel look like. */
  static ByteBuffer id(TunnelPort config, InetAddress remote) {
    return id(config.type(), remote, config.local(), config.key());
  }

  /**
   * As {@link #id(TunnelPort, InetAddress)}.
   *
   * @param remote null: any that has no number of its own
   * @param local null: any
   * @param key -1: GRE without a key; {@link TunnelPort#KEY_OF_FLOW}: any that has no number
   */
  static ByteBuffer id(
      TunnelType type, @Nullable InetAddress remote, @Nullable InetAddress local, long key) {
    ByteBuffer id = zeroed(Layout.TunnelId.SIZE);
    int hasKey = key == TunnelPort.KEY_OF_FLOW ? Layout.TUNNEL_ANY_KEY : 0;
    id.put(Layout.TunnelId.TYPE, (byte) type(type));
    id.put(Layout.TunnelId.IPV6, (byte) (remote != null && isIpv6(remote) ? 1 : 0));
    id.putShort(Layout.TunnelId.HAS_KEY, (short) (type == TunnelType.GRE && key >= 0 ? 1 : hasKey));
    id.putInt(Layout.TunnelId.KEY, (int) Math.max(0, key));
    address(id, Layout.TunnelId.REMOTE, remote);
    address(id, Layout.TunnelId.LOCAL, local);
    return id;
  }

  static boolean isIpv6(InetAddress address) {
    return address.getAddress().length == 16;
  }

  /** {@code enum tunnel_type}. */
  static int type(TunnelType type) {
    return switch (type) {
      case VXLAN -> Layout.TUNNEL_VXLAN;
      case GENEVE -> Layout.TUNNEL_GENEVE;
      case GRE -> Layout.TUNNEL_GRE;
    };
  }

  private static ByteBuffer zeroed(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  private static void address(ByteBuffer entry, int at, @Nullable InetAddress address) {
    if (address != null) {
      entry.put(at, address.getAddress());
    }
  }
}
