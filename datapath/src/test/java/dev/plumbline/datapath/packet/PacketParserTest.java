// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Golden packets, byte by byte, above all those on which parsers disagree. */
class PacketParserTest {
  private static final String MACS = "ffffffffffff 020000000001";
  private static final String MAC_FIELDS = "ETH_DST=ffffffffffff\nETH_SRC=020000000001\n";
  private static final String V4 = "45b8 0028 1234 4000 4006 0000 0a000001 0a000002";
  private static final String TCP = "1f90 0050 00000001 00000002 5112 2000 0000 0000";
  private static final String V6_ADDRESSES =
      "20010db8000000000000000000000001 20010db8000000000000000000000002";
  private static final String V6_FIELDS =
      "IP_SRC=20010db8000000000000000000000001\nIP_DST=20010db8000000000000000000000002";
  private static final String V4_FIELDS =
      "IP_PROTO=06\nIP_TOS=b8\nIP_TTL=40\nTP_SRC=1f90\nTP_DST=0050\n"
          + "IP_SRC=0a000001"
          + "0".repeat(24)
          + "\nIP_DST=0a000002"
          + "0".repeat(24)
          + "\nTCP_FLAGS=0112";

  private final PacketParser parser = new PacketParser();

  private String parse(String hex) {
    byte[] bytes = Frames.hex(hex);
    FlowKey key = new FlowKey();
    assertTrue(parser.parse(ByteBuffer.wrap(bytes), 0, bytes.length, key));
    return KeyText.of(key);
  }

  @Test
  void tcpOverIpv4WithDscpAndTheNonceFlag() {
    assertEquals(MAC_FIELDS + "ETH_TYPE=0800\n" + V4_FIELDS, parse(MACS + "0800" + V4 + TCP));
    assertEquals(14, parser.networkOffset());
    assertEquals(34, parser.transportOffset());
    assertEquals(54, parser.packetEnd());
  }

  @Test
  void paddingBehindTheIpPacketIsNotReadAsTcp() {
    String v4 = V4.replace("0028", "0014");
    String fields = V4_FIELDS.replaceAll("(TP_SRC|TP_DST|TCP_FLAGS)=\\w+\\n?", "").strip();
    assertEquals(MAC_FIELDS + "ETH_TYPE=0800\n" + fields, parse(MACS + "0800" + v4 + TCP));
  }

  @Test
  void twoTagsAreReadAndTheirDeiBitIsReplaced() {
    assertEquals(
        "VLAN_TCI=f00a\n"
            + MAC_FIELDS
            + "ETH_TYPE=0800\nVLAN_TPID=88a8\nINNER_TCI=1014\nINNER_TPID=8100\n"
            + V4_FIELDS,
        parse(MACS + "88a8 e00a 8100 0014 0800" + V4 + TCP));
    assertEquals(22, parser.networkOffset());
  }

  @Test
  void aPriorityTagIsATag() {
    assertEquals(
        "VLAN_TCI=1000\n" + MAC_FIELDS + "ETH_TYPE=88b5\nVLAN_TPID=8100",
        parse(MACS + "8100 0000 88b5"));
  }

  @Test
  void aThirdTagIsTheType() {
    assertEquals(
        "VLAN_TCI=1001\n"
            + MAC_FIELDS
            + "ETH_TYPE=8100\nVLAN_TPID=8100\nINNER_TCI=1002\nINNER_TPID=8100",
        parse(MACS + "8100 0001 8100 0002 8100 0003 0800" + V4 + TCP));
  }

  @Test
  void aTagCutOffIsTheType() {
    for (String cut : new String[] {"", "00", "0001", "000108"}) {
      assertEquals(MAC_FIELDS + "ETH_TYPE=8100", parse(MACS + "8100" + cut));
    }
  }

  @Test
  void aTagBesideAndTwoInTheBytes() {
    byte[] bytes = Frames.hex(MACS + "8100 0002 8100 0003 0800");
    FlowKey key = new FlowKey();
    assertTrue(parser.parse(ByteBuffer.wrap(bytes), 0, bytes.length, 0x88a8, 0x1001, key));
    assertEquals(
        "VLAN_TCI=1001\n"
            + MAC_FIELDS
            + "ETH_TYPE=8100\nVLAN_TPID=88a8\nINNER_TCI=1002\nINNER_TPID=8100",
        KeyText.of(key));
  }

  @Test
  void llcHasNoTypeAndSnapHasOne() {
    String none = MAC_FIELDS + "ETH_TYPE=05ff";
    assertEquals(none, parse(MACS + "0026 424203 0000000000")); // spanning tree
    assertEquals(none, parse(MACS + "0008 aaaa03 00000c 2000")); // another organisation
    assertEquals(none, parse(MACS + "0008 aaaa03 000000 05dc")); // a length as type
    assertEquals(none, parse(MACS + "0007 aaaa03 000000 08")); // cut off
    assertEquals(none, parse(MACS + "0000"));
    assertEquals(
        MAC_FIELDS + "ETH_TYPE=0800\n" + V4_FIELDS,
        parse(MACS + "0030 aaaa03 000000 0800" + V4 + TCP));
  }

  @Test
  void anIpv4HeaderWithAMistakeGivesTheTypeOnly() {
    String type = MAC_FIELDS + "ETH_TYPE=0800";
    assertEquals(type, parse(MACS + "0800" + V4.replace("45b8", "44b8") + TCP)); // IHL 4
    assertEquals(type, parse(MACS + "0800" + V4.replace("45b8", "4fb8") + TCP)); // IHL 15, short
    assertEquals(type, parse(MACS + "0800" + V4.replace("0028", "0013") + TCP)); // total < IHL
    assertEquals(type, parse(MACS + "0800" + V4.replace("0028", "0029") + TCP)); // total > frame
    assertEquals(type, parse(MACS + "0800" + V4.substring(0, V4.length() - 2)));
    assertEquals(-1, parser.transportOffset());
    assertEquals(14, parser.networkOffset());
  }

  @Test
  void moreThan65535BytesOfPaddingMakeNoPacket() {
    byte[] bytes = Frames.join(Frames.hex(MACS + "0800" + V4 + TCP), new byte[0x10000]);
    FlowKey key = new FlowKey();
    assertTrue(parser.parse(ByteBuffer.wrap(bytes), 0, bytes.length - 1, key));
    assertTrue(KeyText.of(key).contains("TP_DST=0050"));
    assertTrue(parser.parse(ByteBuffer.wrap(bytes), 0, bytes.length, key));
    assertEquals(MAC_FIELDS + "ETH_TYPE=0800", KeyText.of(key));
  }

  @Test
  void aTcpHeaderWithAWrongDataOffsetGivesNoPorts() {
    for (String offset : new String[] {"4112", "6112"}) {
      String text = parse(MACS + "0800" + V4 + TCP.replace("5112", offset));
      assertTrue(text.contains("IP_PROTO=06"), text);
      assertFalse(text.contains("TP_") || text.contains("TCP_FLAGS"), text);
    }
  }

  @Test
  void fragmentsOfIpv4() {
    String first = parse(MACS + "0800" + V4.replace("4000", "2000") + TCP);
    assertTrue(first.contains("IP_FRAG=01") && first.contains("TP_SRC=1f90"), first);
    String later = parse(MACS + "0800" + V4.replace("4000", "0001") + TCP);
    assertTrue(later.contains("IP_FRAG=03") && !later.contains("TP_SRC"), later);
    assertTrue(later.contains("IP_PROTO=06"), later);
  }

  @Test
  void chainsOfIpv6() {
    String fixed = "IP_TOS=a5\nIP_TTL=40\n";
    // hop-by-hop, routing, destination options, atomic fragment, UDP
    String text =
        parse(
            MACS
                + "86dd 6a5abcde 0028 00 40"
                + V6_ADDRESSES
                + "2b00 010400000000 3c00 fd0000000000 2c00 010400000000 1100 0000 00000001"
                + "1388 1389 0008 0000");
    assertEquals(
        MAC_FIELDS
            + "ETH_TYPE=86dd\nIP_PROTO=11\n"
            + fixed
            + "TP_SRC=1388\nTP_DST=1389\n"
            + V6_FIELDS
            + "\nIPV6_LABEL=000abcde",
        text);
    assertEquals(14 + 40 + 32, parser.transportOffset());
    // a later fragment: what is behind it is not read, even if it looks like a header
    text = parse(MACS + "86dd 6a5abcde 0010 2c 40" + V6_ADDRESSES + "3c00 0008 00000001 1100 0104");
    assertEquals(
        MAC_FIELDS + "ETH_TYPE=86dd", text, "payload length beyond the frame is no IPv6 at all");
    text =
        parse(
            MACS
                + "86dd 6a5abcde 0010 2c 40"
                + V6_ADDRESSES
                + "3c00 0008 00000001 1100 010400000000");
    assertEquals(
        MAC_FIELDS
            + "ETH_TYPE=86dd\nIP_PROTO=2c\nIP_FRAG=03\n"
            + fixed
            + V6_FIELDS
            + "\nIPV6_LABEL=000abcde",
        text);
  }

  @Test
  void aChainThatIsCutOffLeavesTheAddresses() {
    String addresses = MAC_FIELDS + "ETH_TYPE=86dd\n" + V6_FIELDS;
    assertEquals( // header longer than the packet
        addresses, parse(MACS + "86dd 6a5abcde 0008 00 40" + V6_ADDRESSES + "1101 010400000000"));
    assertEquals( // fewer than 8 bytes
        addresses, parse(MACS + "86dd 6a5abcde 0007 00 40" + V6_ADDRESSES + "1100 0104000000"));
    assertEquals( // AH of (4 + 2) * 4 bytes, 16 there
        addresses,
        parse(MACS + "86dd 6a5abcde 0010 33 40" + V6_ADDRESSES + "1104" + "00".repeat(14)));
  }

  @Test
  void eightExtensionHeadersAreReadAndNineAreNot() {
    for (int headers = 8; headers <= 9; headers++) {
      byte[] payload = Frames.udp(1, 2, Frames.NOTHING);
      int next = 17;
      for (int i = 0; i < headers; i++) {
        payload = Frames.options(next, 0, payload);
        next = 60;
      }
      byte[] address = new byte[16];
      Arrays.fill(address, (byte) 0x20);
      byte[] bytes =
          Frames.ethernet(
              new byte[6],
              new byte[6],
              new int[0],
              0x86dd,
              Frames.ipv6(address, address, 60, 1, 2, 3, payload));
      FlowKey key = new FlowKey();
      assertTrue(parser.parse(ByteBuffer.wrap(bytes), 0, bytes.length, key));
      String text = KeyText.of(key);
      assertEquals(headers == 8, text.contains("TP_DST=0002"), text);
      assertEquals(headers == 8, text.contains("IP_TTL"), text);
      assertTrue(text.contains("IP_SRC"), text);
    }
  }

  @Test
  void theEndOfAnAuthenticationHeaderCountsInFourBytes() {
    String text =
        parse(
            MACS
                + "86dd 60000000 0018 33 40"
                + V6_ADDRESSES
                + "1102 0000 00000001 00000001 aaaaaaaa 1388 1389 0008 0000");
    assertTrue(text.contains("TP_SRC=1388\nTP_DST=1389"), text);
  }

  @Test
  void arpOfEthernetAndIpv4Only() {
    String body = "020000000001 0a000001 000000000000 0a000002";
    String fields =
        "IP_PROTO=01\nIP_SRC=0a000001020000000001"
            + "0".repeat(12)
            + "\nIP_DST=0a000002"
            + "0".repeat(24);
    assertEquals(
        MAC_FIELDS + "ETH_TYPE=0806\n" + fields, parse(MACS + "0806 0001 0800 06 04 0001" + body));
    assertEquals(
        MAC_FIELDS + "ETH_TYPE=0806\n" + fields.replace("IP_PROTO=01\n", ""),
        parse(MACS + "0806 0001 0800 06 04 0101" + body));
    String none = MAC_FIELDS + "ETH_TYPE=0806";
    assertEquals(none, parse(MACS + "0806 0006 0800 06 04 0001" + body));
    assertEquals(none, parse(MACS + "0806 0001 86dd 06 04 0001" + body));
    assertEquals(none, parse(MACS + "0806 0001 0800 08 04 0001" + body));
    assertEquals(none, parse(MACS + "0806 0001 0800 06 10 0001" + body));
    assertEquals(
        none, parse(MACS + "0806 0001 0800 06 04 0001" + body.substring(0, body.length() - 2)));
  }

  @Test
  void lessThanAnEthernetHeaderIsMalformed() {
    byte[] bytes = Frames.hex(MACS + "0800");
    FlowKey key = new FlowKey();
    for (int length = 0; length < 14; length++) {
      key.inPort(7);
      assertFalse(parser.parse(ByteBuffer.wrap(bytes), 0, length, 0x8100, 0x1001, key));
      assertEquals("", KeyText.of(key));
    }
    assertTrue(parser.parse(ByteBuffer.wrap(bytes), 0, 14, key));
  }
}
