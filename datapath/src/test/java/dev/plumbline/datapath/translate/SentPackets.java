// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.SetField;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What leaves of a packet: the ports, each with the packet's tags there and with the headers that
 * are others than it came with. Of our actions, or of Open vSwitch's ({@code odp_actions}).
 */
final class SentPackets {
  /** What Open vSwitch sets, as {@code ipv4.ttl}, where a key has it. */
  private static final Map<String, Place> PLACES =
      Map.ofEntries(
          Map.entry("eth.src", Place.of(FlowField.ETH_SRC)),
          Map.entry("eth.dst", Place.of(FlowField.ETH_DST)),
          Map.entry("ipv4.src", new Place(FlowField.IP_SRC.offset(), 4)),
          Map.entry("ipv4.dst", new Place(FlowField.IP_DST.offset(), 4)),
          Map.entry("ipv4.tos", Place.of(FlowField.IP_TOS)),
          Map.entry("ipv4.ttl", Place.of(FlowField.IP_TTL)),
          Map.entry("ipv6.src", Place.of(FlowField.IP_SRC)),
          Map.entry("ipv6.dst", Place.of(FlowField.IP_DST)),
          Map.entry("ipv6.tclass", Place.of(FlowField.IP_TOS)),
          Map.entry("ipv6.hlimit", Place.of(FlowField.IP_TTL)),
          Map.entry("ipv6.label", Place.of(FlowField.IPV6_LABEL)),
          Map.entry("tcp.src", Place.of(FlowField.TP_SRC)),
          Map.entry("tcp.dst", Place.of(FlowField.TP_DST)),
          Map.entry("udp.src", Place.of(FlowField.TP_SRC)),
          Map.entry("udp.dst", Place.of(FlowField.TP_DST)),
          Map.entry("icmp.type", Place.of(FlowField.TP_SRC)),
          Map.entry("icmp.code", Place.of(FlowField.TP_DST)),
          Map.entry("arp.op", Place.of(FlowField.IP_PROTO)),
          Map.entry("arp.sip", new Place(FlowField.IP_SRC.offset(), 4)),
          Map.entry("arp.tip", new Place(FlowField.IP_DST.offset(), 4)),
          Map.entry("arp.sha", new Place(FlowField.IP_SRC.offset() + 4, 6)),
          Map.entry("arp.tha", new Place(FlowField.IP_DST.offset() + 4, 6)));

  /** What it puts in front of the packet: IP header, VXLAN header. */
  private static final Pattern ENDS =
      Pattern.compile("ipv4\\([^)]*dst=([0-9.]+),.*vxlan\\([^)]*vni=(0x[0-9a-f]+)");

  private record Place(int offset, int length) {
    static Place of(FlowField field) {
      return new Place(field.offset(), field.length());
    }
  }

  private final FlowKey arrived;
  private final byte[] now;
  private final List<String> outputs = new ArrayList<>();
  private long tags;

  private SentPackets(FlowKey arrived) {
    this.arrived = arrived;
    this.now = arrived.bytes().clone();
    int tci = arrived.vlanTci();
    this.tags =
        tci == 0
            ? TagStack.EMPTY
            : TagStack.push(TagStack.EMPTY, TagStack.TPID_8021Q, (tci >> 13) & 7, tci & 0xfff);
  }

  /**
   * What a decision sends, in as many lists of actions as it takes.
   *
   * @param name of a port by its number
   */
  static String ours(Decision decision, FlowKey arrived, IntFunction<String> name) {
    List<String> outputs = new ArrayList<>();
    ActionList actions = new ActionList();
    for (int next = 0; next < decision.outputs(); ) {
      next = decision.fill(next, actions);
      SentPackets sent = new SentPackets(arrived);
      sent.send(actions, name);
      outputs.addAll(sent.outputs);
    }
    return text(outputs);
  }

  private void send(ActionList list, IntFunction<String> name) {
    for (int i = 0; i < list.size(); i++) {
      switch (list.type(i)) {
        case OUTPUT -> output(name.apply(list.port(i)));
        case PUSH_VLAN -> {
          int arg = list.arg(i);
          tags = TagStack.push(tags, arg >>> 16, (arg >> 13) & 7, arg & 0xfff);
        }
        case POP_VLAN -> tags = TagStack.pop(tags);
        case SET -> set(list, i);
        default -> throw new AssertionError("no action of these flows: " + list);
      }
    }
  }

  /**
   * What the last line of a trace sends.
   *
   * @param bridges whose own ports are not counted
   */
  static String theirs(String actions, FlowKey arrived, Set<String> bridges) {
    SentPackets sent = new SentPackets(arrived);
    for (String action : parts(actions)) {
      int open = action.indexOf('(');
      String name = open < 0 ? action : action.substring(0, open);
      String inner = open < 0 ? "" : action.substring(open + 1, action.length() - 1);
      switch (name) {
        case "push_vlan" -> {
          Map<String, String> of = named(inner);
          int tpid = Integer.decode(of.getOrDefault("tpid", "0x8100"));
          int priority = Integer.decode(of.getOrDefault("pcp", "0"));
          sent.tags =
              TagStack.push(sent.tags, tpid, priority, Integer.decode(of.getOrDefault("vid", "0")));
        }
        case "pop_vlan" -> sent.tags = TagStack.pop(sent.tags);
        case "set" -> {
          int header = inner.indexOf('(');
          String of = inner.substring(0, header).replace("icmpv6", "icmp");
          named(inner.substring(header + 1, inner.length() - 1))
              .forEach((field, value) -> sent.set(of + "." + field, value));
        }
        case "drop", "" -> {}
        case "clone" -> inner(inner).forEach(sent::output);
        case "tnl_push" -> sent.output(end(action));
        case "userspace" -> {
          if (!inner.contains("controller(reason=2")) { // a TTL has run out
            throw new AssertionError(actions);
          }
        }
        default -> {
          if (open >= 0) {
            throw new AssertionError("unknown there: " + actions);
          }
          if (!bridges.contains(name)) {
            sent.output(name);
          }
        }
      }
    }
    return text(sent.outputs);
  }

  /** The ends of tunnels that a copy goes to. */
  private static List<String> inner(String actions) {
    return parts(actions).stream()
        .filter(action -> action.startsWith("tnl_push("))
        .map(SentPackets::end)
        .toList();
  }

  /** As {@link PortId#part} has it. */
  private static String end(String push) {
    Matcher ends = ENDS.matcher(push);
    if (!ends.find()) {
      throw new AssertionError("no tunnel's: " + push);
    }
    return Long.decode(ends.group(2)) + "@" + ends.group(1);
  }

  /** Splits at commas that are in no parentheses. */
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      char each = i == text.length() ? ',' : text.charAt(i);
      depth += each == '(' ? 1 : each == ')' ? -1 : 0;
      if (each == ',' && depth == 0) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    return parts;
  }

  private static Map<String, String> named(String text) {
    Map<String, String> named = new LinkedHashMap<>();
    for (String part : parts(text)) {
      int equals = part.indexOf('=');
      named.put(part.substring(0, equals), part.substring(equals + 1));
    }
    return named;
  }

  private void set(ActionList actions, int index) {
    ByteBuffer bytes = ByteBuffer.wrap(now);
    SetField field = actions.field(index);
    long value = actions.value(index);
    int word = field.isMac() ? 0 : 4 * actions.port(index);
    switch (field) {
      case ETH_DST -> mac(FlowField.ETH_DST.offset(), value);
      case ETH_SRC -> mac(FlowField.ETH_SRC.offset(), value);
      case ARP_SHA -> mac(FlowField.IP_SRC.offset() + 4, value);
      case ARP_THA -> mac(FlowField.IP_DST.offset() + 4, value);
      case ARP_OP -> bytes.put(FlowField.IP_PROTO.offset(), (byte) value);
      case IP_TOS -> bytes.put(FlowField.IP_TOS.offset(), (byte) value);
      case IP_TTL -> bytes.put(FlowField.IP_TTL.offset(), (byte) value);
      case ARP_SPA, IP_SRC -> bytes.putInt(FlowField.IP_SRC.offset() + word, (int) value);
      case ARP_TPA, IP_DST -> bytes.putInt(FlowField.IP_DST.offset() + word, (int) value);
      case IPV6_LABEL -> bytes.putInt(FlowField.IPV6_LABEL.offset(), (int) value);
      case TP_SRC -> bytes.putShort(FlowField.TP_SRC.offset(), (short) value);
      case TP_DST -> bytes.putShort(FlowField.TP_DST.offset(), (short) value);
      case ICMP_ID -> throw new AssertionError("no flow sets it: " + actions);
    }
  }

  private void mac(int offset, long mac) {
    for (int i = 0; i < 6; i++) {
      now[offset + i] = (byte) (mac >>> (40 - 8 * i));
    }
  }

  /** Their value may have a mask: {@code 0x20/0xfc}. */
  private void set(String field, String text) {
    Place place = PLACES.get(field);
    if (place == null) {
      throw new AssertionError("set there: " + field);
    }
    String[] masked = text.split("/", -1);
    byte[] value = bytes(masked[0], place.length());
    byte[] mask = masked.length == 1 ? null : bytes(masked[1], place.length());
    for (int i = 0; i < place.length(); i++) {
      int bits = mask == null ? 0xff : mask[i];
      int at = place.offset() + i;
      now[at] = (byte) ((now[at] & ~bits) | (value[i] & bits));
    }
  }

  /** An address of any kind, or a number. */
  private static byte[] bytes(String text, int length) {
    if (text.indexOf(':') >= 0 && length == 6) {
      return HexFormat.ofDelimiter(":").parseHex(text);
    }
    if (text.indexOf(':') >= 0 || text.indexOf('.') >= 0) {
      try {
        return InetAddress.getByName(text).getAddress();
      } catch (UnknownHostException e) {
        throw new AssertionError("no address: " + text, e);
      }
    }
    byte[] bytes = new byte[length];
    long number = Long.decode(text);
    for (int i = 0; i < length; i++) {
      bytes[length - 1 - i] = (byte) (number >>> (8 * i));
    }
    return bytes;
  }

  private void output(String port) {
    StringBuilder text = new StringBuilder(port);
    for (int depth = TagStack.depth(tags); depth > 0; depth--) {
      long inner = TagStack.inner(tags, depth);
      text.append('[').append(Integer.toHexString(TagStack.tpid(inner))).append(' ');
      text.append(TagStack.vlan(inner, 0)).append(' ').append(TagStack.priority(inner));
      text.append(']');
    }
    for (FlowField field : FlowField.values()) {
      int end = field.offset() + field.length();
      String as = HexFormat.of().formatHex(now, field.offset(), end);
      if (!as.equals(HexFormat.of().formatHex(arrived.bytes(), field.offset(), end))) {
        text.append('{').append(field).append('=').append(as).append('}');
      }
    }
    outputs.add(text.toString());
  }

  private static String text(List<String> outputs) {
    Collections.sort(outputs);
    return String.join(" ", outputs);
  }
}
