// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.fastpath.PortLink;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.packet.Icmp;
import dev.plumbline.datapath.packet.Ipv4Fragmenter;
import dev.plumbline.datapath.packet.Segmenter;
import dev.plumbline.datapath.packet.VnetHeader;
import dev.plumbline.datapath.tunnel.RemoteCounters;
import dev.plumbline.datapath.tunnel.Tunnels;
import dev.plumbline.datapath.upcall.UpcallBatch;
import dev.plumbline.datapath.upcall.UpcallPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * What the fast path cannot put into a tunnel, and what it did not take out of one.
 *
 * <ul>
 *   <li>A frame that GRE's path has no place for (no IP, more than one tag, a checksum is wanted)
 *       goes out by the host's stack.
 *   <li>A frame that is too big for the tunnel's path: a sender that allows no fragments is told so
 *       (ICMP "fragmentation needed", "packet too big"); the answer enters the switch by the
 *       tunnel's port, as if a router behind it had sent it. Else it is fragmented: outside by the
 *       host's stack where GRE's outer packets may be, otherwise the inner IPv4 packet. What can
 *       neither be answered nor cut is lost, and counted.
 *   <li>GRE that came in fragments was put together by the host's stack, and enters the switch by
 *       its remote's port.
 * </ul>
 */
final class TunnelUpcalls {
  private static final int MOST = 64;
  private static final int TAG_BYTES = 4;
  private static final int MACS_BYTES = 12;
  private static final int ETHERNET_BYTES = 14;

  private final Tunnels tunnels;
  private final Joints joints;
  private final UpcallBatch entering = new UpcallBatch(MOST);
  private final UpcallBatch leaving = new UpcallBatch(MOST);
  private final Icmp icmp = new Icmp();
  private final Segmenter segmenter = new Segmenter();
  private final Ipv4Fragmenter fragmenter = new Ipv4Fragmenter();
  private final VnetHeader vnet = new VnetHeader();
  private final ByteBuffer message = ByteBuffer.allocateDirect(Icmp.FRAME_BYTES);

  TunnelUpcalls(Tunnels tunnels, Joints joints) {
    this.tunnels = tunnels;
    this.joints = joints;
  }

  /** Takes a frame of reason {@link UpcallPrefix#TUNNEL} or {@link UpcallPrefix#TOO_BIG}. */
  void take(UpcallBatch batch, int index) {
    UpcallPrefix prefix = batch.prefix(index);
    int port = prefix.inPort();
    boolean tooBig = prefix.reason() == UpcallPrefix.TOO_BIG;
    ByteBuffer buffer = batch.buffer();
    int offset = batch.frameOffset(index);
    int length = batch.frameLength(index);
    if (length < ETHERNET_BYTES || !(joints.link(port) instanceof PortLink.Tunnel link)) {
      lost(port);
      return;
    }
    vnet.wrap(buffer, batch.vnetOffset(index));
    int tci = prefix.vlanTci();
    if ((tci & FlowKey.VLAN_PRESENT) != 0) {
      int tpid = prefix.vlanTpid();
      for (int i = 0; i < MACS_BYTES; i++) {
        buffer.put(offset - TAG_BYTES + i, buffer.get(offset + i));
      }
      offset -= TAG_BYTES;
      length += TAG_BYTES;
      u16(buffer, offset + MACS_BYTES, tpid);
      u16(buffer, offset + MACS_BYTES + 2, tci & ~FlowKey.VLAN_PRESENT);
      vnet.shift(TAG_BYTES);
    }
    int mtu = link.mtu() - tagBytes(buffer, offset, length);
    if (tooBig) {
      int answer = icmp.tooBig(buffer, offset, length, mtu, message, 0);
      if (answer > 0) {
        tunnels.counters().count(port, RemoteCounters.What.TOLD);
        add(entering, port, message, 0, answer);
        return;
      }
    }
    if (vnet.isGso()) {
      int pieces =
          segmenter.segment(
              buffer, offset, length, vnet, (of, at, bytes) -> send(port, mtu, of, at, bytes));
      if (pieces == 0) {
        lost(port);
      }
    } else if (vnet.completeChecksum(buffer, offset, length)) {
      send(port, mtu, buffer, offset, length);
    } else {
      lost(port);
    }
  }

  /** A frame without anything left to be done. */
  private void send(int port, int mtu, ByteBuffer frame, int offset, int length) {
    boolean fits = length - ETHERNET_BYTES - tagBytes(frame, offset, length) <= mtu;
    try {
      if ((fits || tunnels.mayFragment(port)) && tunnels.send(port, frame, offset, length)) {
        return;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int pieces =
        fragmenter.fragment(
            frame, offset, length, mtu, (of, at, bytes) -> add(leaving, port, of, at, bytes));
    if (pieces == 0) {
      lost(port);
    }
  }

  private void lost(int port) {
    tunnels.counters().count(port, RemoteCounters.What.LOST);
  }

  /** Reads what the host's stack has for GRE tunnels into {@link #entering}. */
  void receive() throws IOException {
    tunnels.receive(MOST / 2, (port, of, at, bytes) -> add(entering, port, of, at, bytes));
  }

  private void add(UpcallBatch to, int port, ByteBuffer frame, int offset, int length) {
    if (to.isFull() || length > 0xffff) {
      lost(port);
      return;
    }
    int place = to.nextPlace();
    ByteBuffer buffer = to.buffer();
    for (int i = 0; i < UpcallBatch.VNET_BYTES; i++) {
      buffer.put(place + i, (byte) 0);
    }
    int at = place + UpcallBatch.FRAME_OFFSET;
    int tpid = u16(frame, offset + MACS_BYTES);
    if (isTag(tpid) && length >= ETHERNET_BYTES + TAG_BYTES) {
      buffer.put(at, frame, offset, MACS_BYTES);
      int rest = MACS_BYTES + TAG_BYTES;
      buffer.put(at + MACS_BYTES, frame, offset + rest, length - rest);
      int tci = u16(frame, offset + ETHERNET_BYTES) | FlowKey.VLAN_PRESENT;
      to.add(length - TAG_BYTES);
      to.prefix(to.size() - 1).set(port, UpcallPrefix.MISS, tci, tpid, 0, 0);
    } else {
      buffer.put(at, frame, offset, length);
      to.add(length);
      to.prefix(to.size() - 1).set(port, UpcallPrefix.MISS, 0, 0, 0, 0);
    }
  }

  private static int tagBytes(ByteBuffer frame, int offset, int length) {
    int bytes = 0;
    while (bytes < 2 * TAG_BYTES
        && ETHERNET_BYTES + bytes + TAG_BYTES <= length
        && isTag(u16(frame, offset + MACS_BYTES + bytes))) {
      bytes += TAG_BYTES;
    }
    return bytes;
  }

  private static boolean isTag(int type) {
    return type == 0x8100 || type == 0x88a8;
  }

  private static int u16(ByteBuffer buffer, int at) {
    return (buffer.get(at) & 0xff) << 8 | (buffer.get(at + 1) & 0xff);
  }

  private static void u16(ByteBuffer buffer, int at, int value) {
    buffer.put(at, (byte) (value >> 8)).put(at + 1, (byte) value);
  }

  /** Frames that are to enter the switch by the ports that their prefixes name. */
  UpcallBatch entering() {
    return entering;
  }

  /** Frames that are to leave by the ports that their prefixes name. */
  UpcallBatch leaving() {
    return leaving;
  }

  /** Frames that were too big, and whose senders were told. */
  long told() {
    return tunnels.counters().sum(RemoteCounters.What.TOLD);
  }

  /** Frames that could be neither sent nor answered. */
  long lost() {
    return tunnels.counters().sum(RemoteCounters.What.LOST);
  }

  /** Frames that met congestion in a tunnel and cannot be told so, and came by the host's stack. */
  long congested() {
    return tunnels.counters().sum(RemoteCounters.What.CONGESTED);
  }

  /** GRE packets with a checksum that is not theirs. */
  long broken() {
    return tunnels.counters().sum(RemoteCounters.What.BROKEN);
  }
}
