// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.upcall.PacketSocket;
import dev.plumbline.datapath.upcall.SendQueue;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.ByteOrder;

/** Frames by a guest's eth0, as fast as it takes them. */
final class Burst {
  /** Of each frame, without its tag. */
  static final int FRAME_BYTES = 60;

  private static final int PLACE_BYTES = 128;

  private Burst() {}

  /**
   * UDP of five flows of layer 4, which are one of layer 2; in the namespace of the guest.
   *
   * @return how many were sent
   */
  static int send(int ifindex, long to, long from, int count) throws IOException {
    return send(ifindex, to, from, 0, count);
  }

  /** As the other, in a VLAN; 0: without a tag. */
  static int send(int ifindex, long to, long from, int vlan, int count) throws IOException {
    Memory memory = Memory.allocate(count * PLACE_BYTES);
    var frames = memory.buffer().duplicate().order(ByteOrder.BIG_ENDIAN);
    int tag = vlan == 0 ? 0 : 4;
    try (PacketSocket socket = PacketSocket.sending(ifindex)) {
      SendQueue queue = new SendQueue(socket, count);
      for (int i = 0; i < count; i++) {
        int at = i * PLACE_BYTES;
        frames.putShort(at, (short) (to >> 32)).putInt(at + 2, (int) to);
        frames.putShort(at + 6, (short) (from >> 32)).putInt(at + 8, (int) from);
        if (vlan != 0) {
          frames.putInt(at + 12, 0x8100_0000 | vlan);
        }
        int ip = at + 14 + tag;
        frames.putShort(ip - 2, (short) 0x0800);
        frames.putShort(ip, (short) 0x4500).putShort(ip + 2, (short) (FRAME_BYTES - 14));
        frames.putInt(ip + 8, 0x4011_0000); // TTL 64, UDP
        frames.putInt(ip + 12, 0x0ac8_0001).putInt(ip + 16, 0x0ac8_0002);
        frames.putShort(ip + 20, (short) (1024 + i % 5)).putShort(ip + 22, (short) 9);
        frames.putShort(ip + 24, (short) (FRAME_BYTES - 34));
        boolean unused =
            queue.add(memory, at + FRAME_BYTES + tag, at, FRAME_BYTES + tag); // zeros: no offloads
      }
      return queue.flush();
    }
  }

  /** The address of a guest's eth0. */
  static long mac(String guest) {
    String text = Sh.run("ip netns exec " + guest + " cat /sys/class/net/eth0/address").strip();
    return Long.parseLong(text.replace(":", ""), 16);
  }

  /** The index of a guest's eth0, in its namespace. */
  static int ifindex(String guest) {
    return Integer.parseInt(
        Sh.run("ip netns exec " + guest + " cat /sys/class/net/eth0/ifindex").strip());
  }

  /** From now on the guest sends nothing by itself. */
  static void quiet(String guest) {
    Sh.run("ip netns exec " + guest + " sysctl -qw net.ipv6.conf.all.disable_ipv6=1");
    Sh.run("ip -n " + guest + " link set eth0 arp off");
  }
}
