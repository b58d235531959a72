// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The parser against Open vSwitch, whose rules it promises to follow: {@code ovs-ofctl parse-pcap}
 * prints what its flow_extract finds. What is printed of damaged frames has to be the same, too.
 * Not compared: TPIDs, which Open vSwitch does not print.
 */
class OpenVswitchOracleTest {
  private static final int FRAMES = 10_000;

  private static final Map<String, int[]> KINDS =
      Map.ofEntries(
          Map.entry("ip", new int[] {0x0800, -1}),
          Map.entry("icmp", new int[] {0x0800, 1}),
          Map.entry("igmp", new int[] {0x0800, 2}),
          Map.entry("tcp", new int[] {0x0800, 6}),
          Map.entry("udp", new int[] {0x0800, 17}),
          Map.entry("sctp", new int[] {0x0800, 132}),
          Map.entry("ipv6", new int[] {0x86dd, -1}),
          Map.entry("icmp6", new int[] {0x86dd, 58}),
          Map.entry("tcp6", new int[] {0x86dd, 6}),
          Map.entry("udp6", new int[] {0x86dd, 17}),
          Map.entry("sctp6", new int[] {0x86dd, 132}),
          Map.entry("mpls", new int[] {0x8847, -1}),
          Map.entry("mplsm", new int[] {0x8848, -1}),
          Map.entry("arp", new int[] {0x0806, -1}),
          Map.entry("rarp", new int[] {0x8035, -1}));
  private static final List<String> TCP_FLAGS =
      List.of("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ns");

  @TempDir Path directory;

  @Test
  void openVswitchFindsTheSameInFramesWithoutMistakes() throws Exception {
    List<byte[]> frames = new ArrayList<>();
    for (int seed = 0; seed < FRAMES; seed++) {
      frames.add(new RandomFrame(seed).bytes());
    }
    compare(frames);
  }

  @Test
  void openVswitchFindsTheSameInDamagedFrames() throws Exception {
    Random random = new Random(20_26);
    List<byte[]> frames = new ArrayList<>();
    while (frames.size() < FRAMES) {
      byte[] frame = DamagedFrame.of(random);
      if (frame.length > 0) { // at an empty one ovs-ofctl ends
        frames.add(frame);
      }
    }
    compare(frames);
  }

  private void compare(List<byte[]> frames) throws Exception {
    Path pcap = directory.resolve("frames.pcap");
    Pcap.write(pcap, frames);
    List<String> lines = Pcap.lines(directory, List.of("ovs-ofctl", "parse-pcap", pcap.toString()));
    assertEquals(frames.size(), lines.size());
    PacketParser parser = new PacketParser();
    for (int i = 0; i < lines.size(); i++) {
      byte[] frame = frames.get(i);
      String line = lines.get(i);
      FlowKey ours = new FlowKey();
      parser.parse(ByteBuffer.wrap(frame), 0, frame.length, ours);
      ours.set(FlowField.VLAN_TPID, 0);
      ours.set(FlowField.INNER_TPID, 0);
      assertEquals(
          KeyText.of(key(line)),
          KeyText.of(ours),
          () -> HexFormat.of().formatHex(frame) + "\n" + line);
    }
  }

  /** The key that a line of Open vSwitch's describes. */
  private static FlowKey key(String line) throws Exception {
    FlowKey key = new FlowKey();
    for (String part : line.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        int[] kind = KINDS.get(part);
        if (kind == null) {
          throw new AssertionError("what is " + part + " in " + line);
        }
        key.set(FlowField.ETH_TYPE, kind[0]);
        if (kind[1] >= 0) {
          key.set(FlowField.IP_PROTO, kind[1]);
        }
      } else {
        field(key, part.substring(0, equals), part.substring(equals + 1));
      }
    }
    return key;
  }

  private static void field(FlowKey key, String name, String value) throws Exception {
    switch (name) {
      case "in_port",
          "vlan_tci",
          "vlan_tci1",
          "nd_target",
          "nd_sll",
          "nd_tll",
          "nd_reserved",
          "nd_options_type" -> {
        // the absent tags, and what of neighbour discovery is not in our key
      }
      case "dl_vlan" -> or(key, FlowField.VLAN_TCI, 0x1000 | Integer.decode(value));
      case "dl_vlan_pcp" -> or(key, FlowField.VLAN_TCI, Integer.decode(value) << 13);
      case "dl_vlan1" -> or(key, FlowField.INNER_TCI, 0x1000 | Integer.decode(value));
      case "dl_vlan_pcp1" -> or(key, FlowField.INNER_TCI, Integer.decode(value) << 13);
      case "dl_src" -> bytes(key, FlowField.ETH_SRC, 0, mac(value));
      case "dl_dst" -> bytes(key, FlowField.ETH_DST, 0, mac(value));
      case "dl_type" -> key.set(FlowField.ETH_TYPE, Integer.decode(value));
      case "nw_proto", "arp_op" -> key.set(FlowField.IP_PROTO, Integer.decode(value));
      case "nw_tos", "nw_ecn" -> or(key, FlowField.IP_TOS, Integer.decode(value));
      case "nw_ttl" -> key.set(FlowField.IP_TTL, Integer.decode(value));
      case "nw_frag" ->
          key.set(FlowField.IP_FRAG, List.of("no", "first", "", "later").indexOf(value));
      case "nw_src", "ipv6_src", "arp_spa" ->
          bytes(key, FlowField.IP_SRC, 0, InetAddress.getByName(value).getAddress());
      case "nw_dst", "ipv6_dst", "arp_tpa" ->
          bytes(key, FlowField.IP_DST, 0, InetAddress.getByName(value).getAddress());
      case "arp_sha" -> bytes(key, FlowField.IP_SRC, 4, mac(value));
      case "arp_tha" -> bytes(key, FlowField.IP_DST, 4, mac(value));
      case "ipv6_label" -> key.set(FlowField.IPV6_LABEL, Integer.decode(value));
      case "tp_src", "icmp_type" -> key.set(FlowField.TP_SRC, Integer.decode(value));
      case "tp_dst", "icmp_code" -> key.set(FlowField.TP_DST, Integer.decode(value));
      case "tcp_flags" -> key.set(FlowField.TCP_FLAGS, tcpFlags(value));
      default -> {
        if (!name.startsWith("mpls")) {
          throw new AssertionError("what is " + name + "=" + value);
        }
      }
    }
  }

  private static int tcpFlags(String value) {
    int flags = 0;
    for (String flag : value.split("\\|", -1)) {
      int index = TCP_FLAGS.indexOf(flag);
      if (index >= 0) {
        flags |= 1 << index;
      } else {
        flags |= Integer.parseInt(flag.replaceAll("[\\[\\]]", ""), 16);
      }
    }
    return flags;
  }

  private static void or(FlowKey key, FlowField field, int bits) {
    key.set(field, key.get(field) | bits);
  }

  private static void bytes(FlowKey key, FlowField field, int at, byte[] value) {
    System.arraycopy(value, 0, key.bytes(), field.offset() + at, value.length);
  }

  private static byte[] mac(String text) {
    return HexFormat.ofDelimiter(":").parseHex(text);
  }
}
