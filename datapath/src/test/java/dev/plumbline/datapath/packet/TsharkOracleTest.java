// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The parser against Wireshark, which was written by others from the same RFCs. Of frames without
 * mistakes every field is compared; of damaged ones, where the two stop at different places, those
 * that the parser gives.
 */
class TsharkOracleTest {
  private static final int FRAMES = 4_000;

  /** Wireshark's name by our field; several names: any of them, of the outermost header. */
  private static final List<String> NAMES =
      List.of(
          "eth.dst",
          "eth.src",
          "ip.src",
          "ip.dst",
          "ipv6.src",
          "ipv6.dst",
          "ip.dsfield",
          "ip.ttl",
          "ip.proto",
          "ip.frag_offset",
          "ip.flags.mf",
          "ipv6.tclass",
          "ipv6.hlim",
          "ipv6.flow",
          "ipv6.fraghdr.offset",
          "tcp.srcport",
          "tcp.dstport",
          "tcp.flags",
          "udp.srcport",
          "udp.dstport",
          "sctp.srcport",
          "sctp.dstport",
          "icmp.type",
          "icmp.code",
          "icmpv6.type",
          "icmpv6.code",
          "igmp.type",
          "arp.opcode",
          "arp.src.proto_ipv4",
          "arp.dst.proto_ipv4",
          "arp.src.hw_mac",
          "arp.dst.hw_mac",
          "vlan.id",
          "vlan.priority",
          "ieee8021ad.id",
          "ieee8021ad.priority",
          "frame.protocols");

  @TempDir Path directory;

  private final PacketParser parser = new PacketParser();

  @Test
  void wiresharkFindsTheSameInFramesWithoutMistakes() throws Exception {
    List<byte[]> frames = new ArrayList<>();
    for (int seed = 0; seed < FRAMES; seed++) {
      frames.add(new RandomFrame(seed).bytes());
    }
    List<Map<String, String>> seen = dissect(frames);
    int compared = 0;
    for (int i = 0; i < FRAMES; i++) {
      compared += compare(frames.get(i), seen.get(i), true);
    }
    assertTrue(compared > 7 * FRAMES, "only " + compared + " fields were compared");
  }

  @Test
  void wiresharkContradictsNothingThatIsFoundInDamagedFrames() throws Exception {
    Random random = new Random(7);
    List<byte[]> frames = new ArrayList<>();
    for (int seed = 0; seed < FRAMES; seed++) {
      byte[] bytes = DamagedFrame.of(random);
      while (bytes.length < 14) {
        bytes = DamagedFrame.of(random);
      }
      frames.add(bytes);
    }
    List<Map<String, String>> seen = dissect(frames);
    int compared = 0;
    for (int i = 0; i < FRAMES; i++) {
      compared += compare(frames.get(i), seen.get(i), false);
    }
    assertTrue(compared > 3 * FRAMES, "only " + compared + " fields were compared");
  }

  /** Compares what both know; returns how many fields those were. */
  private int compare(byte[] frame, Map<String, String> seen, boolean complete) {
    FlowKey key = new FlowKey();
    parser.parse(ByteBuffer.wrap(frame), 0, frame.length, key);
    Map<FlowField, String> theirs = theirs(key, seen);
    int compared = 0;
    for (Map.Entry<FlowField, String> field : theirs.entrySet()) {
      int from = field.getKey().offset();
      String ours =
          HexFormat.of().formatHex(key.bytes(), from, from + field.getValue().length() / 2);
      if (!complete && (ours.matches("0+") || field.getValue().isEmpty())) {
        continue;
      }
      assertEquals(
          field.getValue(),
          ours,
          () ->
              field.getKey()
                  + " of "
                  + HexFormat.of().formatHex(frame)
                  + "\n"
                  + seen
                  + "\n"
                  + KeyText.of(key));
      compared++;
    }
    return compared;
  }

  /** What Wireshark says, in our fields; only those that it says something of. */
  private static Map<FlowField, String> theirs(FlowKey key, Map<String, String> seen) {
    Map<FlowField, String> fields = new HashMap<>();
    fields.put(FlowField.ETH_DST, seen.get("eth.dst").replace(":", ""));
    fields.put(FlowField.ETH_SRC, seen.get("eth.src").replace(":", ""));
    switch (key.ethType()) {
      case 0x0800 -> {
        put(fields, FlowField.IP_SRC, address(seen.get("ip.src")));
        put(fields, FlowField.IP_DST, address(seen.get("ip.dst")));
        number(fields, FlowField.IP_TOS, seen.get("ip.dsfield"));
        number(fields, FlowField.IP_TTL, seen.get("ip.ttl"));
        number(fields, FlowField.IP_PROTO, seen.get("ip.proto"));
        if (!seen.get("ip.frag_offset").isEmpty()) {
          boolean more = seen.get("ip.flags.mf").matches("1|True");
          boolean later = Integer.decode(seen.get("ip.frag_offset")) != 0;
          fields.put(FlowField.IP_FRAG, later ? "03" : more ? "01" : "00");
        }
        transport(fields, key, seen);
      }
      case 0x86dd -> {
        put(fields, FlowField.IP_SRC, address(seen.get("ipv6.src")));
        put(fields, FlowField.IP_DST, address(seen.get("ipv6.dst")));
        number(fields, FlowField.IP_TOS, seen.get("ipv6.tclass"));
        number(fields, FlowField.IP_TTL, seen.get("ipv6.hlim"));
        number(fields, FlowField.IPV6_LABEL, seen.get("ipv6.flow"));
        if (!seen.get("ipv6.fraghdr.offset").isEmpty()) {
          boolean later = Integer.decode(seen.get("ipv6.fraghdr.offset")) != 0;
          if (later) {
            fields.put(FlowField.IP_FRAG, "03");
          }
        }
        transport(fields, key, seen);
      }
      case 0x0806, 0x8035 -> {
        String op = seen.get("arp.opcode");
        if (!op.isEmpty() && Integer.decode(op) <= 255) {
          number(fields, FlowField.IP_PROTO, op);
        }
        String mac = seen.get("arp.src.hw_mac");
        if (!mac.isEmpty() && !seen.get("arp.src.proto_ipv4").isEmpty()) {
          fields.put(
              FlowField.IP_SRC, address(seen.get("arp.src.proto_ipv4")) + mac.replace(":", ""));
        }
        mac = seen.get("arp.dst.hw_mac");
        if (!mac.isEmpty() && !seen.get("arp.dst.proto_ipv4").isEmpty()) {
          fields.put(
              FlowField.IP_DST, address(seen.get("arp.dst.proto_ipv4")) + mac.replace(":", ""));
        }
      }
      default -> {}
    }
    tag(fields, FlowField.VLAN_TCI, key, key.get(FlowField.VLAN_TPID), seen);
    tag(fields, FlowField.INNER_TCI, key, key.get(FlowField.INNER_TPID), seen);
    return fields;
  }

  private static void transport(
      Map<FlowField, String> fields, FlowKey key, Map<String, String> seen) {
    if (key.get(FlowField.IP_FRAG) == 3) {
      return;
    }
    String kind =
        switch (key.get(FlowField.IP_PROTO)) {
          case 6 -> "tcp";
          case 17 -> "udp";
          case 132 -> "sctp";
          case 1 -> "icmp";
          case 2 -> "igmp";
          case 58 -> "icmpv6";
          default -> "";
        };
    // Only if the message is the outer packet's, not one that an ICMP error quotes.
    if (kind.isEmpty() || !seen.get("frame.protocols").contains(":" + kind)) {
      return;
    }
    boolean ports = kind.equals("tcp") || kind.equals("udp") || kind.equals("sctp");
    number(fields, FlowField.TP_SRC, seen.get(kind + (ports ? ".srcport" : ".type")));
    if (!kind.equals("igmp")) {
      number(fields, FlowField.TP_DST, seen.get(kind + (ports ? ".dstport" : ".code")));
    }
    if (kind.equals("tcp")) {
      number(fields, FlowField.TCP_FLAGS, seen.get("tcp.flags"));
    }
  }

  /** Wireshark gives nested tags of a kind in an order of its own: ours has to be among them. */
  private static void tag(
      Map<FlowField, String> fields,
      FlowField field,
      FlowKey key,
      int tpid,
      Map<String, String> seen) {
    String kind = tpid == 0x88a8 ? "ieee8021ad" : "vlan";
    String[] ids = seen.get("all " + kind + ".id").split(",", -1);
    String[] priorities = seen.get("all " + kind + ".priority").split(",", -1);
    if (key.get(field) == 0 || ids[0].isEmpty() || ids.length != priorities.length) {
      return;
    }
    String said = "";
    for (int i = 0; i < ids.length; i++) {
      int tci = (Integer.decode(priorities[i]) << 13) | 0x1000 | Integer.decode(ids[i]);
      if (said.isEmpty() || tci == key.get(field)) {
        said = String.format("%04x", tci);
      }
    }
    fields.put(field, said);
  }

  private static void put(Map<FlowField, String> fields, FlowField field, String value) {
    if (!value.isEmpty()) {
      fields.put(field, value);
    }
  }

  private static void number(Map<FlowField, String> fields, FlowField field, String text) {
    if (!text.isEmpty()) {
      fields.put(
          field, String.format("%0" + 2 * field.length() + "x", Long.decode(text).longValue()));
    }
  }

  private static String address(String text) {
    try {
      return text.isEmpty()
          ? ""
          : HexFormat.of().formatHex(java.net.InetAddress.getByName(text).getAddress());
    } catch (IOException e) {
      return fail("tshark gives no address: " + text, e);
    }
  }

  private List<Map<String, String>> dissect(List<byte[]> frames) throws Exception {
    Path pcap = directory.resolve("frames.pcap");
    Pcap.write(pcap, frames);
    List<String> command =
        new ArrayList<>(
            List.of("tshark", "-n", "-r", pcap.toString(), "-T", "fields", "-E", "occurrence=a"));
    for (String preference :
        List.of("ip.defragment:FALSE", "ipv6.defragment:FALSE", "eth.fcs:Never")) {
      command.add("-o");
      command.add(preference);
    }
    for (String name : NAMES) {
      command.add("-e");
      command.add(name);
    }
    List<Map<String, String>> seen = new ArrayList<>();
    for (String line : Pcap.lines(directory, command)) {
      String[] values = line.split("\t", -1);
      Map<String, String> fields = new HashMap<>();
      for (int i = 0; i < NAMES.size(); i++) {
        fields.put("all " + NAMES.get(i), values[i]);
        fields.put(NAMES.get(i), values[i].split(",", 2)[0]);
      }
      seen.add(fields);
    }
    assertEquals(frames.size(), seen.size());
    return seen;
  }
}
