// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A flow's, group's or meter's text in the syntax of ovs-ofctl, and where in the file each piece of
 * it comes from.
 *
 * <p>A flow that is written as a map has ovs-ofctl's names in the file's spelling ({@code inPort}
 * for {@code in_port}), and some shorter ones: {@code vlan}, {@code setVlan}, {@code goto}. A field
 * that is {@code true} is a word alone: {@code tcp: true}.
 */
public final class FlowSource {
  private static final Map<String, String> FIELDS =
      Map.of("vlan", "dl_vlan", "vlanPriority", "dl_vlan_pcp");
  private static final Map<String, String> ACTIONS =
      Map.of("setVlan", "mod_vlan_vid", "setVlanPriority", "mod_vlan_pcp", "goto", "goto_table");
  private static final Map<String, String> WORDS =
      Map.of(
          "inPort", "in_port",
          "stripVlan", "strip_vlan",
          "popVlan", "pop_vlan",
          "decTtl", "dec_ttl");

  private final String text;

  /** By index of its first character in the text: address below its own. */
  private final NavigableMap<Integer, String> pieces;

  private FlowSource(String text, NavigableMap<Integer, String> pieces) {
    this.text = text;
    this.pieces = pieces;
  }

  static FlowSource ofText(String text) {
    return new FlowSource(text, new TreeMap<>());
  }

  static FlowSource ofParts(FlowEntry.Parts flow) {
    StringBuilder text = new StringBuilder();
    TreeMap<Integer, String> pieces = new TreeMap<>();
    pieces.put(0, "");
    if (flow.table() != null) {
      add(text, pieces, ".table", "table=" + flow.table());
    }
    if (flow.priority() != null) {
      add(text, pieces, ".priority", "priority=" + flow.priority());
    }
    if (flow.cookie() != null) {
      add(text, pieces, ".cookie", "cookie=" + flow.cookie());
    }
    flow.match().forEach((name, value) -> add(text, pieces, ".match." + name, field(name, value)));
    pieces.put(text.length(), ".actions");
    text.append(" actions=");
    add(text, pieces, ".actions", flow.actions());
    return new FlowSource(text.toString(), pieces);
  }

  static FlowSource ofParts(GroupEntry.Parts group) {
    StringBuilder text = new StringBuilder();
    TreeMap<Integer, String> pieces = new TreeMap<>();
    add(text, pieces, ".id", "group_id=" + group.id());
    add(text, pieces, ".type", "type=" + group.type());
    for (int i = 0; i < group.buckets().size(); i++) {
      GroupEntry.Bucket bucket = group.buckets().get(i);
      String at = ".buckets[" + i + "]";
      add(text, pieces, at, "bucket=");
      if (bucket.weight() != null) {
        pieces.put(text.length(), at + ".weight");
        text.append("weight:").append(bucket.weight()).append(',');
      }
      pieces.put(text.length(), at + ".actions");
      text.append("actions=");
      add(text, pieces, at + ".actions", bucket.actions());
      text.append(bucket.actions().isEmpty() ? "drop" : "");
    }
    return new FlowSource(text.toString(), pieces);
  }

  static FlowSource ofParts(MeterEntry.Parts meter) {
    StringBuilder text = new StringBuilder();
    TreeMap<Integer, String> pieces = new TreeMap<>();
    add(text, pieces, ".id", "meter=" + meter.id());
    add(text, pieces, ".unit", meter.unit());
    add(text, pieces, "", "stats");
    add(text, pieces, "", "bands=type=drop");
    add(text, pieces, ".rate", "rate=" + meter.rate());
    if (meter.burst() != null) {
      add(text, pieces, ".burst", "burst_size=" + meter.burst());
    }
    return new FlowSource(text.toString(), pieces);
  }

  private static void add(
      StringBuilder text,
      NavigableMap<Integer, String> pieces,
      String address,
      List<Object> actions) {
    for (int i = 0; i < actions.size(); i++) {
      pieces.put(text.length(), address + "[" + i + "]");
      text.append(i == 0 ? "" : ",").append(action(actions.get(i)));
    }
  }

  private static void add(
      StringBuilder text, NavigableMap<Integer, String> pieces, String address, String piece) {
    pieces.put(text.length(), address);
    text.append(text.isEmpty() ? "" : ",").append(piece);
  }

  private static String field(String name, Object value) {
    String spelled = FIELDS.getOrDefault(name, snake(name));
    return Boolean.TRUE.equals(value) ? spelled : spelled + "=" + argument(value);
  }

  private static String action(Object action) {
    if (!(action instanceof Map<?, ?> map) || map.isEmpty()) {
      return WORDS.getOrDefault(action.toString(), action.toString());
    }
    Map.Entry<?, ?> entry = map.entrySet().iterator().next();
    String name = entry.getKey().toString();
    String spelled = ACTIONS.getOrDefault(name, snake(name));
    if (Boolean.TRUE.equals(entry.getValue())) {
      return spelled;
    }
    String value = String.valueOf(entry.getValue());
    boolean isBracketed =
        spelled.equals("ct") || (spelled.equals("resubmit") && value.contains(","));
    return isBracketed ? spelled + "(" + value + ")" : spelled + ":" + argument(entry.getValue());
  }

  /** A name that the syntax would cut stands in quotes. */
  private static String argument(Object value) {
    String text = value.toString();
    return text.isEmpty() || text.chars().anyMatch(c -> " ,()\t\"".indexOf(c) >= 0)
        ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
        : text;
  }

  private static String snake(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char each = name.charAt(i);
      text.append(Character.isUpperCase(each) && i > 0 ? "_" : "").append(each);
    }
    return text.toString().toLowerCase(Locale.ROOT);
  }

  /** As ovs-ofctl has it. */
  public String text() {
    return text;
  }

  /** Whether it is written as this very text, so that its columns are the file's. */
  public boolean isAsWritten() {
    return pieces.isEmpty();
  }

  /**
   * What of a flow, group or meter that is written as a map stands at a place of the text.
   *
   * @param column from 1
   * @return address below its own, as {@code .match.inPort}
   */
  public String part(int column) {
    Map.Entry<Integer, String> piece = pieces.floorEntry(column - 1);
    return piece == null ? "" : piece.getValue();
  }
}
