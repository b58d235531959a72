// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;

/** A frame as a sender with offloads leaves it: checksum begun only, not cut. */
final class BigFrame {
  final byte[] bytes;
  final VnetHeader vnet = new VnetHeader();
  final int headers;

  BigFrame(Random random, boolean gso) {
    boolean ipv6 = random.nextBoolean();
    boolean udp = random.nextInt(3) == 0;
    int[] tags = new int[random.nextInt(3)];
    for (int i = 0; i < tags.length; i++) {
      tags[i] = 0x8100_0000 | random.nextInt(0x10000);
    }
    int gsoSize = 200 + random.nextInt(1200);
    int payloadBytes = gso ? gsoSize + 1 + random.nextInt(20 * gsoSize) : random.nextInt(1300);
    byte[] payload = random(random, payloadBytes);
    byte[] source = ipv6 ? Frames.join(new byte[] {0x20}, random(random, 15)) : random(random, 4);
    byte[] destination =
        ipv6 ? Frames.join(new byte[] {0x20}, random(random, 15)) : random(random, 4);
    int proto = udp ? 17 : 6;
    int flags = random.nextInt(0x200);
    int optionWords = random.nextInt(11);
    byte[] message =
        udp
            ? Frames.udp(random.nextInt(0x10000), random.nextInt(0x10000), payload)
            : Frames.tcp(
                random.nextInt(0x10000),
                random.nextInt(0x10000),
                random.nextInt(),
                flags,
                optionWords,
                payload);
    int checksumOffset = udp ? 6 : 16;
    ByteBuffer pseudo = ByteBuffer.allocate(8).putInt(message.length).putInt(proto);
    int begun = Frames.sum(Frames.join(source, destination, pseudo.array()));
    Frames.put16(message, checksumOffset, begun);
    byte[] packet =
        ipv6
            ? Frames.ipv6(source, destination, proto, 7, 64, random.nextInt(0x100000), message)
            : Frames.ipv4(
                source,
                destination,
                proto,
                4,
                64,
                random.nextInt(0x10000),
                0x4000,
                random.nextInt(3) == 0 ? random.nextInt(11) : 0,
                message);
    int ip = 14 + 4 * tags.length;
    int transport = ip + packet.length - message.length;
    bytes =
        Frames.ethernet(
            Frames.hex("020000000002"),
            Frames.hex("020000000001"),
            tags,
            ipv6 ? 0x86dd : 0x0800,
            packet);
    headers = transport + message.length - payloadBytes;
    vnet.flags(VnetHeader.NEEDS_CSUM);
    vnet.checksumStart(transport);
    vnet.checksumOffset(checksumOffset);
    if (gso) {
      int type = ipv6 ? VnetHeader.GSO_TCPV6 : VnetHeader.GSO_TCPV4;
      boolean ecn = (flags & 0x80) != 0;
      vnet.gsoType(udp ? VnetHeader.GSO_UDP_L4 : type | (ecn ? VnetHeader.GSO_ECN : 0));
      vnet.gsoSize(gsoSize);
      vnet.headerBytes(headers);
    }
  }

  private static byte[] random(Random random, int length) {
    byte[] data = new byte[length];
    random.nextBytes(data);
    return data;
  }

  @Override
  public String toString() {
    return vnet + " " + bytes.length + " bytes " + HexFormat.of().formatHex(bytes, 0, headers);
  }
}
