// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.value.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lines of {@code ovs-ofctl dump-flows}, {@code dump-groups} and {@code dump-meters}, in any order,
 * where ports have numbers or names.
 */
final class OvsFlows {
  /** What is counted, and no part of a flow. */
  private static final Pattern COUNTED =
      Pattern.compile(
          "\\b(?:duration|n_packets|n_bytes|idle_age|hard_age|importance)=[^,\\s]+,?\\s*"
              + "|\\b(?:send_flow_rem|reset_counts|no_packet_counts|no_byte_counts)\\s+"
              + "|cookie=0x0,\\s*");

  private static final Pattern PORT =
      Pattern.compile("\\b(in_port=|output:|enqueue:)(\"[^\"]+\"|[A-Za-z0-9_.-]+)");

  private static final List<String> RESERVED =
      List.of("LOCAL", "IN_PORT", "CONTROLLER", "NORMAL", "FLOOD", "ALL", "ANY", "NONE");

  private final Draft draft;
  private final String bridge;
  private final Map<String, String> ports;

  OvsFlows(Draft draft, String bridge, Map<String, String> ports) {
    this.draft = draft;
    this.bridge = bridge;
    this.ports = ports;
  }

  void read(SourceText source) {
    List<Object> flows = new ArrayList<>();
    List<Object> groups = new ArrayList<>();
    List<Object> meters = new ArrayList<>();
    String[] lines = new String(source.content(), StandardCharsets.UTF_8).split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      boolean header = line.matches("(NXST|OFPST)_(FLOW|GROUP_DESC|METER_CONFIG) reply.*");
      if (line.isEmpty() || header || line.startsWith("#")) {
        continue;
      }
      int column = lines[i].length() - lines[i].stripLeading().length() + 1;
      Position at = new Position(source.name(), i + 1, column);
      if (line.startsWith("meter=")) {
        meters.add(line);
        continue;
      }
      if (line.startsWith("type=") && !meters.isEmpty()) {
        meters.add(meters.remove(meters.size() - 1) + line); // a band, on a line of its own
        continue;
      }
      if (line.startsWith("group_id=")) {
        String group = named(at, "group", line);
        if (!group.isEmpty()) {
          groups.add(group);
        }
        continue;
      }
      if (!line.contains("actions=")) {
        draft.error(
            at,
            "`" + line + "` is no flow",
            "a line of `ovs-ofctl dump-flows`, `dump-groups` or `dump-meters`");
        continue;
      }
      String flow = named(at, "flow", COUNTED.matcher(line).replaceAll(""));
      if (!flow.isEmpty()) {
        flows.add(flow);
      }
    }
    if (!groups.isEmpty()) {
      draft.object("bridges", bridge).put("groups", groups);
    }
    if (!meters.isEmpty()) {
      draft.object("bridges", bridge).put("meters", meters);
    }
    // A bridge without flows is what this one flow says.
    boolean normal =
        flows.size() == 1 && flows.get(0).toString().matches("priority=0,? actions=NORMAL");
    if (!normal && !flows.isEmpty()) {
      draft.object("bridges", bridge).put("flows", flows);
    } else if (flows.isEmpty()) {
      draft.comment(
          "bridges." + bridge,
          null,
          "it has no flows, so that Open vSwitch forwards nothing; here it is a learning switch");
    }
  }

  /** A flow or group with the file's names of ports; empty where it has another one. */
  private String named(Position at, String what, String flow) {
    Matcher port = PORT.matcher(flow);
    StringBuilder text = new StringBuilder();
    while (port.find()) {
      String word = String.valueOf(port.group(2)).replace("\"", "");
      String name = word.equals("LOCAL") ? ports.get(bridge) : ports.get(word);
      boolean register = word.matches("NXM_.*|OXM_.*|reg[0-9]+.*|(xx|x)reg[0-9].*");
      if (name == null && (register || RESERVED.contains(word))) {
        name = word;
      }
      if (name == null) {
        draft.comment(
            "bridges." + bridge,
            at,
            "the " + what + " `" + flow + "` is left out: no port of the file is `" + word + "`");
        return "";
      }
      port.appendReplacement(text, Matcher.quoteReplacement(port.group(1) + name));
    }
    port.appendTail(text);
    return text.toString().replaceAll("\\bactions=LOCAL\\b", "actions=output:" + bridge);
  }
}
