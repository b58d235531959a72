// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.testing;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * Frames between few hosts in few VLANs, so that they meet: with up to two tags, ARP, groups, and
 * now and then something odd.
 */
public final class RandomTraffic {
  private static final long BROADCAST = 0xffff_ffff_ffffL;

  private final Random random;

  public RandomTraffic(Random random) {
    this.random = random;
  }

  public byte[] frame() {
    ByteBuffer out = ByteBuffer.allocate(64);
    boolean isArp = random.nextInt(4) == 0;
    long destination =
        switch (random.nextInt(isArp ? 3 : 10)) {
          case 0, 1 -> BROADCAST;
          case 2 -> host();
          case 3 -> 0x0100_5e00_0001L;
          case 4 -> 0x0180_c200_0000L + random.nextInt(20);
          default -> host();
        };
    mac(out, destination);
    mac(out, random.nextInt(40) == 0 ? BROADCAST : host());
    if (random.nextInt(40) == 0) {
      out.putShort((short) 0x8100).putShort((short) 10);
      return Arrays.copyOf(out.array(), out.position());
    }
    for (int tags = Math.max(0, random.nextInt(5) - 2); tags > 0; tags--) {
      out.putShort((short) (random.nextInt(4) == 0 ? 0x88a8 : 0x8100));
      int vlan = RandomSwitch.VLANS[random.nextInt(RandomSwitch.VLANS.length)];
      out.putShort((short) (((random.nextInt(3) == 0 ? 5 : 0) << 13) | vlan));
    }
    if (isArp) {
      arp(out);
    } else {
      out.putShort((short) (random.nextInt(20) == 0 ? 0x8100 : 0x88b5));
      out.putLong(random.nextLong());
    }
    return Arrays.copyOf(out.array(), Math.max(60, out.position()));
  }

  private void arp(ByteBuffer out) {
    out.putShort((short) 0x0806).putInt(0x0001_0800).putShort((short) 0x0604);
    out.putShort((short) (1 + random.nextInt(3)));
    mac(out, host());
    int sender = 0x0a00_0000 | random.nextInt(3);
    out.putInt(sender);
    mac(out, 0);
    out.putInt(random.nextInt(2) == 0 ? sender : 0x0a00_0000 | random.nextInt(3));
  }

  private long host() {
    return host(random);
  }

  /** The address of one of the hosts. */
  static long host(Random random) {
    return 0x0200_0000_0000L | random.nextInt(5);
  }

  private static void mac(ByteBuffer out, long mac) {
    out.putShort((short) (mac >> 32)).putInt((int) mac);
  }
}
