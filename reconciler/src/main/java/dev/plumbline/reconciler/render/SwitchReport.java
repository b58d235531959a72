// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a switch is and does, in words that people know from Open vSwitch's tools. */
public final class SwitchReport {
  private SwitchReport() {}

  /** As {@code ovs-ofctl dump-flows}: a line a flow that the bridge was given. */
  public static String decided(Node flows) {
    StringBuilder text = new StringBuilder();
    for (Node flow : flows.nodes("decided")) {
      boolean isGiven = flow.map().containsKey("flow");
      if (isGiven) {
        text.append(" cookie=").append(flow.text("cookie"));
        long millis = flow.number("durationMillis");
        text.append(String.format(Locale.ROOT, ", duration=%.3fs,", millis / 1000.0));
      }
      text.append(" table=").append(flow.number("table"));
      text.append(", n_packets=").append(flow.number("packets"));
      text.append(", n_bytes=").append(flow.number("bytes"));
      if (isGiven) {
        ages(flow, text);
      }
      text.append(", priority=").append(flow.number("priority"));
      if (isGiven && !flow.text("match").isEmpty()) {
        text.append(',').append(flow.text("match"));
      }
      text.append(" actions=").append(flow.text("actions")).append('\n');
    }
    return text.toString();
  }

  private static void ages(Node flow, StringBuilder text) {
    for (String timeout : new String[] {"idle", "hard"}) {
      long seconds = flow.number(timeout + "Timeout");
      text.append(seconds == 0 ? "" : ", " + timeout + "_timeout=" + seconds);
    }
    text.append(", idle_age=").append(flow.number("idleMillis") / 1000);
    if (flow.number("changedMillis") / 1000 != flow.number("durationMillis") / 1000) {
      text.append(", hard_age=").append(flow.number("changedMillis") / 1000);
    }
  }

  /** As {@code ovs-ofctl dump-groups}: a line a group. */
  public static String groups(Node flows) {
    StringBuilder text = new StringBuilder();
    for (Node group : flows.nodes("groups")) {
      text.append(' ').append(group.text("group")).append('\n');
    }
    return text.toString();
  }

  /** As {@code ovs-ofctl dump-meters}, with what they counted behind it. */
  public static String meters(Node flows) {
    StringBuilder text = new StringBuilder();
    for (Node meter : flows.nodes("meters")) {
      text.append(' ')
          .append(meter.text("meter"))
          .append(", n_packets=")
          .append(meter.number("packets"))
          .append(", n_bytes=")
          .append(meter.number("bytes"))
          .append(", dropped_packets=")
          .append(meter.number("droppedPackets"))
          .append(", dropped_bytes=")
          .append(meter.number("droppedBytes"))
          .append('\n');
    }
    return text.toString();
  }

  /** As {@code ovs-appctl dpctl/dump-flows}: a line a megaflow in the kernel. */
  public static String cached(Node flows) {
    StringBuilder text = new StringBuilder();
    for (Node flow : flows.nodes("cached")) {
      String used =
          flow.number("packets") == 0
              ? "never"
              : String.format(Locale.ROOT, "%.3fs", flow.number("usedMillis") / 1000.0);
      text.append(flow.text("match"))
          .append(", packets:")
          .append(flow.number("packets"))
          .append(", bytes:")
          .append(flow.number("bytes"))
          .append(", used:")
          .append(used)
          .append(", actions:")
          .append(flow.text("actions"))
          .append('\n');
    }
    return text.toString();
  }

  /** As {@code ovs-appctl fdb/show}, with the names of bridges and ports. */
  public static String addresses(Node fdb) {
    StringBuilder text =
        new StringBuilder(" bridge       port             VLAN  MAC                Age\n");
    for (Node entry : fdb.nodes("addresses")) {
      text.append(
          String.format(
              Locale.ROOT,
              " %-12s %-15s %5d  %s %5s%n",
              entry.text("bridge"),
              entry.text("port"),
              entry.number("vlan"),
              entry.text("mac"),
              entry.flag("static") ? "static" : String.valueOf(entry.number("ageSeconds"))));
    }
    return text.toString();
  }

  /** A port with its parts, as {@code ovs-vsctl show} and {@code ovs-ofctl dump-ports} together. */
  public static String ports(Node ports) {
    StringBuilder text = new StringBuilder();
    String bridge = "";
    for (Node port : ports.nodes("ports")) {
      if (!port.text("bridge").equals(bridge)) {
        bridge = port.text("bridge");
        text.append("bridge ").append(bridge).append('\n');
      }
      text.append("  port ").append(port.text("port")).append(": ").append(what(port));
      text.append(", vlan ").append(port.text("vlan")).append('\n');
      for (Node part : port.nodes("parts")) {
        counters(part, text);
      }
    }
    return text.toString();
  }

  private static String what(Node port) {
    String type = port.text("type");
    return switch (type) {
      case "device" -> "device " + port.text("device");
      case "internal" -> "internal, device " + port.text("device");
      case "patch" -> "patch to " + port.text("peer");
      case "bond" -> "bond (" + port.text("mode") + ") of " + port.text("members");
      default -> type + " to " + port.text("remotes");
    };
  }

  private static void counters(Node part, StringBuilder text) {
    String state = part.flag("up") ? "up" : part.flag("there") ? "down" : "not there";
    text.append("    ").append(part.text("part").isEmpty() ? "" : part.text("part") + ": ");
    text.append(state).append('\n');
    for (String way : new String[] {"rx", "tx"}) {
      text.append("      ")
          .append(way)
          .append(" pkts=")
          .append(part.number(way + "Packets"))
          .append(", bytes=")
          .append(part.number(way + "Bytes"))
          .append('\n');
    }
    String seldom = counts(part.node("seldom"));
    text.append(seldom.isEmpty() ? "" : "      " + seldom + "\n");
    if (!part.text("problem").isEmpty()) {
      text.append("      problem: ").append(part.text("problem")).append('\n');
    }
  }

  /** {@code lost=3, tooBigTold=1}. */
  private static String counts(Node counts) {
    List<String> texts = new ArrayList<>();
    for (Object name : counts.map().keySet()) {
      texts.add(name + "=" + counts.number(name.toString()));
    }
    return String.join(", ", texts);
  }

  /** How a switch does; empty for none. */
  static String status(Node of) {
    StringBuilder text = new StringBuilder();
    if (of.map().isEmpty()) {
      return "";
    }
    text.append("embedded switch: ").append(of.text("fastPath"));
    text.append(of.flag("adopted") ? ", taken over from the agent before" : "").append('\n');
    text.append("  flows: ").append(of.number("flows"));
    text.append(", ended idle=").append(of.number("flowsIdle"));
    text.append(", wrong=").append(of.number("flowsWrong"));
    text.append(", no room=").append(of.number("flowsRefused")).append('\n');
    text.append("  upcalls: ").append(of.number("upcalls"));
    text.append(", decided=").append(of.number("decided"));
    text.append(", lost=").append(of.number("upcallsLost")).append('\n');
    Node drops = of.node("drops");
    for (Object reason : drops.map().keySet()) {
      text.append("  dropped ").append(drops.number(reason.toString()));
      text.append(": ").append(reason).append('\n');
    }
    String errors = counts(of.node("errors"));
    text.append(errors.isEmpty() ? "" : "  errors: " + errors + "\n");
    if (of.number("foreignGre") > 0) {
      text.append("  GRE of no tunnel: ").append(of.number("foreignGre")).append('\n');
    }
    of.texts("warnings").forEach(each -> text.append("  warning: ").append(each).append('\n'));
    return text.toString();
  }

  /** As {@code ovs-appctl bond/show}. */
  public static String bonds(Node bonds) {
    StringBuilder text = new StringBuilder();
    for (Node bond : bonds.nodes("bonds")) {
      text.append("---- ").append(bond.text("bond")).append(" ----\n");
      text.append("bridge: ").append(bond.text("bridge")).append('\n');
      text.append("bond_mode: ").append(bond.text("mode")).append('\n');
      text.append("updelay: ").append(bond.text("upDelay")).append('\n');
      text.append("downdelay: ").append(bond.text("downDelay")).append('\n');
      for (Node member : bond.nodes("members")) {
        text.append("\nmember ").append(member.text("device")).append(": ");
        text.append(member.flag("enabled") ? "enabled" : "disabled").append('\n');
        if (member.text("device").equals(bond.text("active"))) {
          text.append("  active member\n");
        }
        text.append("  carrier: ").append(member.flag("carrier") ? "up" : "down").append('\n');
        text.append("  buckets: ").append(member.number("buckets")).append('\n');
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** Each tunnel, and each of its remotes with what went to it and came from it. */
  public static String tunnels(Node tunnels) {
    StringBuilder text = new StringBuilder();
    for (Node tunnel : tunnels.nodes("tunnels")) {
      text.append(tunnel.text("bridge")).append('/').append(tunnel.text("port"));
      text.append(": ").append(tunnel.text("type"));
      for (String field : new String[] {"key", "port", "local", "ttl", "tos", "df"}) {
        String value = tunnel.text(field.equals("port") ? "udpPort" : field);
        text.append(value.isEmpty() ? "" : ", " + field + " " + value);
      }
      text.append('\n');
      for (Node part : tunnel.nodes("parts")) {
        counters(part, text);
      }
    }
    return text.toString();
  }
}
