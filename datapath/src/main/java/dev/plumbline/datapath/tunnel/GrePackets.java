// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import static dev.plumbline.datapath.tunnel.RemoteCounters.What.BROKEN;
import static dev.plumbline.datapath.tunnel.RemoteCounters.What.CONGESTED;
import static dev.plumbline.datapath.tunnel.RemoteCounters.What.RECEIVED;
import static dev.plumbline.datapath.tunnel.RemoteCounters.What.REFUSED;
import static dev.plumbline.datapath.tunnel.RemoteCounters.What.SENT;

import dev.plumbline.datapath.packet.Checksums;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * GRE's slow path (RFC 2784, RFC 2890, Ethernet within): puts frames into packets and takes them
 * out, and leaves the packets' way to the kernel.
 *
 * <pre>
 *   0         2          4             8          12
 *   +---------+----------+-------------+----------+
 *   | flags   | 0x6558   | (checksum 0)| (key)    | frame …
 *   +---------+----------+-------------+----------+
 * </pre>
 */
public final class GrePackets implements AutoCloseable {
  private static final int CHECKSUM = 0x8000;
  private static final int KEY = 0x2000;
  private static final int TRANSPARENT_ETHERNET = 0x6558;
  private static final int DEFAULT_HOPS = 64;
  private static final int ECT1 = 1; // RFC 3168 5
  private static final int CONGESTION = 3;

  /** Takes a frame that came out of a tunnel. */
  @FunctionalInterface
  public interface Sink {
    /** Lent until this returns; {@code port} is the remote's number. */
    void frame(int port, ByteBuffer buffer, int offset, int length);
  }

  private final List<GreSocket> sockets = new ArrayList<>();
  private final RemoteCounters counters;
  private long foreign;

  private GrePackets(RemoteCounters counters) {
    this.counters = counters;
  }

  /** In the calling thread's network namespace. */
  static GrePackets open(RemoteCounters counters) throws IOException {
    GrePackets packets = new GrePackets(counters);
    for (boolean ipv6 : new boolean[] {false, true}) {
      GreSocket socket = GreSocket.open(ipv6);
      if (socket != null) {
        packets.sockets.add(socket);
      }
    }
    return packets;
  }

  /** To wait for with poll(2). */
  public List<Integer> fds() {
    return sockets.stream().map(GreSocket::fd).toList();
  }

  /** Sends a frame, tags in it and checksums complete, to a remote. */
  void send(GreRemote remote, ByteBuffer frame, int at, int length) throws IOException {
    boolean ipv6 = remote.address().getAddress().length == 16;
    if (sockets.size() <= (ipv6 ? 1 : 0)) {
      counters.count(remote.port(), REFUSED);
      return;
    }
    GreSocket socket = sockets.get(ipv6 ? 1 : 0);
    ByteBuffer packet = socket.buffer();
    packet.order(ByteOrder.BIG_ENDIAN);
    int start = socket.start();
    int end = start + 4;
    boolean checksum = remote.config().checksum();
    boolean keyed = remote.config().key() >= 0;
    packet.putShort(start, (short) ((checksum ? CHECKSUM : 0) | (keyed ? KEY : 0)));
    packet.putShort(start + 2, (short) TRANSPARENT_ETHERNET);
    if (checksum) {
      packet.putInt(end, 0);
      end += 4;
    }
    if (keyed) {
      packet.putInt(end, (int) remote.config().key());
      end += 4;
    }
    packet.put(end, frame, at, length);
    int bytes = end + length - start;
    if (checksum) {
      int sum = Checksums.finish(Checksums.sum(packet, start, bytes));
      packet.putShort(start + 4, (short) sum);
    }
    int inner = innerTosAndHops(packet, end, length);
    int tos = remote.config().tos() < 0 ? (inner >> 8) & 0xfc : remote.config().tos() & 0xfc;
    tos |= (inner >> 8) & CONGESTION; // RFC 6040 4.1, normal mode
    int hops = remote.config().ttl() == 0 ? inner & 0xff : remote.config().ttl();
    packet.order(ByteOrder.nativeOrder());
    int errno =
        socket.send(
            bytes,
            remote.address(),
            remote.config().local(),
            tos,
            hops == 0 ? DEFAULT_HOPS : hops,
            remote.config().dontFragment());
    counters.count(remote.port(), errno == 0 ? SENT : REFUSED);
  }

  /** TOS and TTL of the IP packet in a frame, a byte each; 0 without one. */
  private static int innerTosAndHops(ByteBuffer big, int frame, int length) {
    int ip = network(big, frame, length);
    int type = big.getShort(ip - 2) & 0xffff;
    if (type == 0x0800 && ip + 20 <= frame + length) {
      return (big.get(ip + 1) & 0xff) << 8 | (big.get(ip + 8) & 0xff);
    }
    if (type == 0x86dd && ip + 40 <= frame + length) {
      return ((big.getShort(ip) >> 4) & 0xff) << 8 | (big.get(ip + 7) & 0xff);
    }
    return 0;
  }

  /** Where what is behind the type and the tags begins. */
  private static int network(ByteBuffer big, int frame, int length) {
    int at = frame + 14;
    for (int i = 0; i < 2 && at + 4 <= frame + length; i++) {
      int type = big.getShort(at - 2) & 0xffff;
      if (type != 0x8100 && type != 0x88a8) {
        break;
      }
      at += 4;
    }
    return at;
  }

  /** Hands over the frames that have come for the remotes; does not wait. */
  void receive(Iterable<GreRemote> remotes, int most, Sink sink) throws IOException {
    for (GreSocket socket : sockets) {
      for (int i = 0; i < most; i++) {
        int length = socket.receive();
        if (length < 0) {
          break;
        }
        if (length > 0) {
          take(socket, length, remotes, sink);
        }
      }
    }
  }

  private void take(GreSocket socket, int length, Iterable<GreRemote> remotes, Sink sink)
      throws IOException {
    ByteBuffer packet = socket.buffer();
    packet.order(ByteOrder.BIG_ENDIAN);
    try {
      int start = socket.offset();
      int flags = length < 4 ? -1 : packet.getShort(start) & 0xffff;
      if (flags < 0
          || (flags & ~(CHECKSUM | KEY)) != 0
          || (packet.getShort(start + 2) & 0xffff) != TRANSPARENT_ETHERNET) {
        foreign++;
        return;
      }
      boolean checksum = (flags & CHECKSUM) != 0;
      int header = 4 + (checksum ? 4 : 0) + ((flags & KEY) != 0 ? 4 : 0);
      if (length < header + 14) {
        foreign++;
        return;
      }
      long key = (flags & KEY) == 0 ? -1 : packet.getInt(start + header - 4) & 0xffffffffL;
      GreRemote remote = find(remotes, socket.source(), socket.destination(), key);
      int frame = start + header;
      if (remote == null) {
        foreign++;
        return;
      }
      if (checksum && Checksums.finish(Checksums.sum(packet, start, length)) != 0) {
        counters.count(remote.port(), BROKEN);
        return;
      }
      if (!handOnCongestion(packet, frame, length - header, socket.tos())) {
        counters.count(remote.port(), CONGESTED);
        return;
      }
      counters.count(remote.port(), RECEIVED);
      packet.order(ByteOrder.nativeOrder());
      sink.frame(remote.port(), packet, frame, length - header);
    } finally {
      packet.order(ByteOrder.nativeOrder());
    }
  }

  private static @Nullable GreRemote find(
      Iterable<GreRemote> remotes, InetAddress from, InetAddress to, long key) {
    for (GreRemote one : remotes) {
      InetAddress local = one.config().local();
      if (one.address().equals(from)
          && one.config().key() == key
          && (local == null || local.equals(to))) {
        return one;
      }
    }
    return null;
  }

  /**
   * RFC 6040 4.2, as {@code hand_on_congestion} in tunnel.h; false if the frame is to be dropped.
   */
  private static boolean handOnCongestion(ByteBuffer big, int frame, int length, int outerTos) {
    int outer = outerTos & CONGESTION;
    if ((outer & ECT1) == 0) {
      return true;
    }
    int ip = network(big, frame, length);
    int type = big.getShort(ip - 2) & 0xffff;
    boolean ipv4 = type == 0x0800 && ip + 20 <= frame + length;
    if (!ipv4 && (type != 0x86dd || ip + 40 > frame + length)) {
      return true;
    }
    int shift = ipv4 ? 0 : 4;
    int before = big.getShort(ip) & 0xffff;
    int inner = (before >> shift) & CONGESTION;
    if (inner == 0 || inner == CONGESTION) {
      return inner != 0 || outer != CONGESTION;
    }
    int after = (before & ~(CONGESTION << shift)) | (outer << shift);
    big.putShort(ip, (short) after);
    if (ipv4) { // RFC 1624, equation 3
      int sum = (~big.getShort(ip + 10) & 0xffff) + (~before & 0xffff) + after;
      sum = (sum & 0xffff) + (sum >> 16);
      sum = (sum & 0xffff) + (sum >> 16);
      big.putShort(ip + 10, (short) ~sum);
    }
    return true;
  }

  /** Packets that were no tunnel's, or broken. */
  public long foreign() {
    return foreign;
  }

  @Override
  public void close() {
    sockets.forEach(GreSocket::close);
  }
}
