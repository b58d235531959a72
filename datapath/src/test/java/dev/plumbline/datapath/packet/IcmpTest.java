// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class IcmpTest {
  private static final byte[] SOURCE = {10, 0, 0, 1};
  private static final byte[] DESTINATION = {10, 0, 0, 2};
  private static final byte[] SOURCE6 = Frames.hex("20010db8000000000000000000000001");
  private static final byte[] DESTINATION6 = Frames.hex("20010db8000000000000000000000002");
  private static final byte[] MAC1 = Frames.hex("020000000001");
  private static final byte[] MAC2 = Frames.hex("020000000002");

  private final Icmp icmp = new Icmp();

  private byte[] answer(byte[] frame, int mtu) {
    ByteBuffer to = ByteBuffer.allocate(Icmp.FRAME_BYTES);
    int length = icmp.tooBig(ByteBuffer.wrap(frame), 0, frame.length, mtu, to, 0);
    return Arrays.copyOf(to.array(), length);
  }

  private static byte[] frame4(byte[] packet, int... tags) {
    return Frames.ethernet(MAC2, MAC1, tags, 0x0800, packet);
  }

  private static byte[] frame6(byte[] packet, int... tags) {
    return Frames.ethernet(MAC2, MAC1, tags, 0x86dd, packet);
  }

  private static byte[] udp4(byte[] source, byte[] destination, int flagsAndOffset) {
    byte[] message = Frames.udp(1, 2, new byte[1400]);
    return Frames.ipv4(source, destination, 17, 0, 64, 9, flagsAndOffset, 2, message);
  }

  @Test
  void fragmentationNeededQuotesThePacketAndTurnsItRound() {
    byte[] packet = udp4(SOURCE, DESTINATION, 0x4000);
    byte[] answer = answer(frame4(packet, 0x88a8_0064, 0x8100_600a), 1200);
    int ip = 22;
    assertEquals(ip + 576, answer.length);
    byte[] ipHeader = Arrays.copyOfRange(answer, ip, ip + 20);
    assertEquals(0xffff, Frames.sum(ipHeader));
    byte[] message = Arrays.copyOfRange(answer, ip + 20, answer.length);
    assertEquals(0xffff, Frames.sum(message));
    assertArrayEquals(
        Frames.join(
            MAC1,
            MAC2,
            Frames.hex("88a80064 8100600a 0800 45c00240 00004000 4001"),
            Arrays.copyOfRange(ipHeader, 10, 12),
            DESTINATION,
            SOURCE,
            Frames.hex("0304"),
            Arrays.copyOfRange(message, 2, 4),
            Frames.hex("000004b0"),
            Arrays.copyOf(packet, 548)),
        answer);
  }

  @Test
  void packetTooBigQuotesThePacketAndTurnsItRound() {
    byte[] packet =
        Frames.ipv6(SOURCE6, DESTINATION6, 17, 0, 64, 5, Frames.udp(1, 2, new byte[1400]));
    byte[] answer = answer(frame6(packet, 0x8100_600a), 1200);
    int ip = 18;
    assertEquals(ip + 1280, answer.length);
    byte[] message = Arrays.copyOfRange(answer, ip + 40, answer.length);
    assertEquals(
        0xffff,
        Frames.transportSum(/* source= */ DESTINATION6, /* destination= */ SOURCE6, 58, message));
    assertArrayEquals(
        Frames.join(
            MAC1,
            MAC2,
            Frames.hex("8100600a 86dd 60000000 04d8 3a40"),
            DESTINATION6,
            SOURCE6,
            Frames.hex("0200"),
            Arrays.copyOfRange(message, 2, 4),
            Frames.hex("00000500"), // no less than IPv6's least MTU
            Arrays.copyOf(packet, 1232)),
        answer);
  }

  @Test
  void aShortPacketIsQuotedWholeAndWithoutPadding() {
    byte[] packet =
        Frames.ipv4(SOURCE, DESTINATION, 17, 0, 64, 9, 0x4000, 0, Frames.udp(1, 2, new byte[1]));
    byte[] answer = answer(frame4(Frames.join(packet, new byte[17])), 28);
    assertEquals(14 + 28 + packet.length, answer.length);
    assertEquals(68, ByteBuffer.wrap(answer).getInt(14 + 24), "no less than IPv4's least MTU");
  }

  @Test
  void noAnswerWhereTheRfcsForbidOne() {
    byte[] good = udp4(SOURCE, DESTINATION, 0x4000);
    assertEquals(14 + 576, answer(frame4(good), 1200).length);
    none(frame4(udp4(SOURCE, DESTINATION, 0))); // may be fragmented
    none(frame4(udp4(SOURCE, DESTINATION, 0x4001))); // a later fragment
    for (String station : new String[] {"00000000", "7f000001", "e0000001", "ffffffff"}) {
      none(frame4(udp4(SOURCE, Frames.hex(station), 0x4000)));
      none(frame4(udp4(Frames.hex(station), DESTINATION, 0x4000)));
    }
    byte[] toGroup = frame4(good);
    toGroup[0] |= 1;
    none(toGroup);
    byte[] fromGroup = frame4(good);
    fromGroup[6] |= 1;
    none(fromGroup);
    for (int type = 0; type < 20; type++) {
      byte[] message = Frames.icmp(type, 0, new byte[1400]);
      byte[] packet = Frames.ipv4(SOURCE, DESTINATION, 1, 0, 64, 9, 0x4000, 0, message);
      boolean error = (type >= 3 && type <= 5) || type == 11 || type == 12;
      assertEquals(error ? 0 : 14 + 576, answer(frame4(packet), 1200).length, "ICMP " + type);
    }
    none(Frames.ethernet(MAC2, MAC1, new int[0], 1448, Frames.snap(0x0800, good)));
    none(Frames.ethernet(MAC2, MAC1, new int[0], 0x0806, new byte[1400]));
    none(new byte[13]);
  }

  @Test
  void noAnswerToIpv6WhereTheRfcForbidsOne() {
    byte[] udp = Frames.udp(1, 2, new byte[1400]);
    byte[] multicast = Frames.hex("ff020000000000000000000000000001");
    none(frame6(Frames.ipv6(SOURCE6, multicast, 17, 0, 64, 0, udp)));
    none(frame6(Frames.ipv6(multicast, DESTINATION6, 17, 0, 64, 0, udp)));
    none(frame6(Frames.ipv6(new byte[16], DESTINATION6, 17, 0, 64, 0, udp)));
    for (int type = 0; type < 256; type++) {
      byte[] message = Frames.icmp(type, 0, new byte[1400]);
      byte[] packet = Frames.ipv6(SOURCE6, DESTINATION6, 58, 0, 64, 0, message);
      boolean error = type < 128 || type == 137;
      assertEquals(error ? 0 : 14 + 1280, answer(frame6(packet), 1300).length, "ICMPv6 " + type);
    }
  }

  private void none(byte[] frame) {
    assertEquals(0, answer(frame, 1200).length);
  }

  @Test
  void announcementsAreWhatTheyPromise() {
    byte[] frame = new byte[GratuitousArp.FRAME_BYTES];
    GratuitousArp.writeRarp(ByteBuffer.wrap(frame), 0, 0x020000000001L);
    assertArrayEquals(
        Frames.join(
            Frames.ethernet(
                Frames.hex("ffffffffffff"),
                MAC1,
                new int[0],
                0x8035,
                Frames.arp(3, MAC1, new byte[4], MAC1, new byte[4])),
            new byte[18]),
        frame);
    GratuitousArp.writeArp(ByteBuffer.wrap(frame), 0, 0x020000000001L, 0x0a000001);
    assertArrayEquals(
        Frames.join(
            Frames.ethernet(
                Frames.hex("ffffffffffff"),
                MAC1,
                new int[0],
                0x0806,
                Frames.arp(1, MAC1, SOURCE, new byte[6], SOURCE)),
            new byte[18]),
        frame);
  }

  @Test
  void gratuitousIsABroadcastReplyOrARequestForOnesOwnAddress() {
    byte[] all = Frames.hex("ffffffffffff");
    assertEquals("true PROTO SRC", gratuitous(all, 1, SOURCE, SOURCE));
    assertEquals("false PROTO SRC", gratuitous(all, 1, SOURCE, DESTINATION));
    assertEquals("true PROTO", gratuitous(all, 2, SOURCE, DESTINATION));
    assertEquals("false PROTO", gratuitous(all, 3, SOURCE, SOURCE));
    assertEquals("false", gratuitous(MAC2, 2, SOURCE, SOURCE));
  }

  /** The answer, and which of operation and addresses it was taken from. */
  private static String gratuitous(byte[] to, int operation, byte[] spa, byte[] tpa) {
    byte[] frame =
        Frames.ethernet(
            to, MAC1, new int[0], 0x0806, Frames.arp(operation, MAC1, spa, new byte[6], tpa));
    FlowKey key = new FlowKey();
    new PacketParser().parse(ByteBuffer.wrap(frame), 0, frame.length, key);
    FlowMask mask = new FlowMask();
    boolean is = GratuitousArp.isGratuitous(key, mask);
    return is
        + (mask.bytes()[FlowField.IP_PROTO.offset()] != 0 ? " PROTO" : "")
        + (mask.bytes()[FlowField.IP_SRC.offset()] != 0 ? " SRC" : "");
  }
}
