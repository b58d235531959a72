// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Switch;
import dev.plumbline.datapath.control.SwitchStatus;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the switch is and does, as trees for JSON. Without a switch there is nothing of anything.
 */
final class SwitchTrees {
  private static final Set<String> TUNNELS = Set.of("vxlan", "geneve", "gre");

  static final Comparator<SwitchStatus.DecidedFlow> AS_DUMPED =
      Comparator.comparing(
          SwitchStatus.DecidedFlow::flow,
          Comparator.comparingInt(FlowConfig::table)
              .thenComparing(Comparator.comparingInt(FlowConfig::priority).reversed())
              .thenComparing(FlowConfig::match));

  private SwitchTrees() {}

  static Object status(SwitchStatus status, SwitchConfig config) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("fastPath", status.fastPath());
    tree.put("adopted", status.adopted());
    tree.put("flows", status.flows());
    tree.put("upcalls", status.upcalls());
    tree.put("decided", status.decided());
    tree.put("flowsIdle", status.flowsIdle());
    tree.put("flowsWrong", status.flowsWrong());
    tree.put("flowsRefused", status.flowsRefused());
    tree.put("passMicros", (long) (status.passMillis() * 1000));
    tree.put("upcallsLost", status.upcallsLost());
    tree.put("drops", new TreeMap<>(status.drops()));
    tree.put("errors", new TreeMap<>(status.errors()));
    tree.put("foreignGre", status.foreignGre());
    tree.put("warnings", status.warnings());
    tree.put("bridges", List.copyOf(new TreeSet<>(config.bridges().keySet())));
    return tree;
  }

  /** Ports by bridge and name: what they are, and what they have done. */
  static Object ports(@Nullable Switch running, @Nullable String bridge) throws IOException {
    List<Object> trees = new ArrayList<>();
    if (running != null) {
      Map<String, List<SwitchStatus.Port>> states = new HashMap<>();
      for (SwitchStatus.Port port : running.status().ports()) {
        states
            .computeIfAbsent(port.bridge() + "/" + port.port(), key -> new ArrayList<>())
            .add(port);
      }
      for (Resource port : ports(running.config())) {
        if (bridge == null || bridge.equals(PortText.bridge(port.id()))) {
          trees.add(port(port, states.getOrDefault(port.id().key(), List.of())));
        }
      }
    }
    return Map.of("ports", trees);
  }

  private static List<Resource> ports(SwitchConfig config) {
    Map<ResourceId, Resource> ports = new TreeMap<>();
    config
        .bridges()
        .forEach(
            (name, bridge) ->
                bridge
                    .ports()
                    .forEach(
                        (port, value) -> {
                          Resource text =
                              PortText.of(name, port, value, bridge.filters().get(port));
                          ports.put(text.id(), text);
                        }));
    return List.copyOf(ports.values());
  }

  private static Map<String, @Nullable Object> port(Resource port, List<SwitchStatus.Port> states) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("bridge", PortText.bridge(port.id()));
    tree.put("port", PortText.name(port.id()));
    // The UDP port is a port as well.
    port.fields().forEach((name, value) -> tree.put(name.equals("port") ? "udpPort" : name, value));
    List<Object> parts = new ArrayList<>();
    for (SwitchStatus.Port state : states) {
      Map<String, @Nullable Object> part = new LinkedHashMap<>();
      part.put("part", state.part());
      part.put("number", state.number());
      part.put("up", state.up());
      part.put("there", state.ifindex() != 0 || state.kind().equals("tunnel"));
      part.put("rxPackets", state.rxPackets());
      part.put("rxBytes", state.rxBytes());
      part.put("txPackets", state.txPackets());
      part.put("txBytes", state.txBytes());
      part.put("seldom", new TreeMap<>(state.seldom()));
      part.put("problem", state.problem());
      parts.add(part);
    }
    tree.put("parts", parts);
    return tree;
  }

  /** What the kernel has cached, and by bridge the flows, groups and meters behind that. */
  static Object flows(@Nullable Switch running, @Nullable String bridge) throws IOException {
    List<Object> cached = new ArrayList<>();
    List<Object> decided = new ArrayList<>();
    if (running != null) {
      for (SwitchStatus.CachedFlow flow : running.flows(bridge)) {
        cached.add(cached(flow));
      }
      List<SwitchStatus.Port> ports = running.status().ports();
      Map<String, List<SwitchStatus.DecidedFlow>> flows = new TreeMap<>();
      running.config().bridges().keySet().forEach(name -> flows.put(name, new ArrayList<>()));
      for (SwitchStatus.DecidedFlow flow : running.decided(bridge)) {
        flows.computeIfAbsent(flow.bridge(), name -> new ArrayList<>()).add(flow);
      }
      flows.keySet().removeIf(name -> bridge != null && !bridge.equals(name));
      flows.forEach(
          (name, all) -> {
            if (all.isEmpty()) {
              decided.add(normal(name, ports));
            }
            all.stream().sorted(AS_DUMPED).forEach(flow -> decided.add(flow(flow)));
          });
    }
    return Map.of(
        "decided",
        decided,
        "cached",
        cached,
        "groups",
        groups(running, bridge),
        "meters",
        meters(running, bridge));
  }

  static Object cached(SwitchStatus.CachedFlow flow) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("bridge", flow.bridge());
    tree.put("match", flow.match());
    tree.put("packets", flow.packets());
    tree.put("bytes", flow.bytes());
    tree.put("usedMillis", flow.usedMillis());
    tree.put("actions", flow.actions());
    return tree;
  }

  private static List<Object> groups(@Nullable Switch running, @Nullable String bridge)
      throws IOException {
    List<Object> groups = new ArrayList<>();
    if (running != null) {
      new TreeMap<>(running.config().bridges())
          .forEach(
              (name, of) ->
                  of.groups().stream()
                      .filter(group -> bridge == null || bridge.equals(name))
                      .sorted(Comparator.comparingLong(GroupConfig::id))
                      .forEach(group -> groups.add(Map.of("bridge", name, "group", group.text()))));
    }
    return groups;
  }

  private static List<Object> meters(@Nullable Switch running, @Nullable String bridge)
      throws IOException {
    List<Object> meters = new ArrayList<>();
    if (running != null) {
      List<SwitchStatus.Meter> all = new ArrayList<>(running.meters(bridge));
      all.sort(
          Comparator.comparing(SwitchStatus.Meter::bridge)
              .thenComparingLong(each -> each.meter().id()));
      for (SwitchStatus.Meter each : all) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("bridge", each.bridge());
        tree.put("meter", each.meter().text());
        tree.put("packets", each.packets());
        tree.put("bytes", each.bytes());
        tree.put("droppedPackets", each.droppedPackets());
        tree.put("droppedBytes", each.droppedBytes());
        meters.add(tree);
      }
    }
    return meters;
  }

  static Object flow(SwitchStatus.DecidedFlow decided) {
    FlowConfig flow = decided.flow();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("bridge", decided.bridge());
    tree.put("flow", flow.text());
    tree.put("table", flow.table());
    tree.put("priority", flow.priority());
    tree.put("cookie", "0x" + Long.toHexString(flow.cookie()));
    tree.put("match", flow.match());
    tree.put("packets", decided.packets());
    tree.put("bytes", decided.bytes());
    tree.put("durationMillis", decided.durationMillis());
    tree.put("idleMillis", decided.idleMillis());
    tree.put("changedMillis", decided.changedMillis());
    tree.put("idleTimeout", flow.idleTimeoutSeconds());
    tree.put("hardTimeout", flow.hardTimeoutSeconds());
    tree.put("actions", flow.actions());
    return tree;
  }

  /** A bridge without flows of its own has one, which all that comes in meets. */
  private static Object normal(String bridge, List<SwitchStatus.Port> ports) {
    long packets = 0;
    long bytes = 0;
    for (SwitchStatus.Port port : ports) {
      if (port.bridge().equals(bridge)) {
        packets += port.rxPackets();
        bytes += port.rxBytes();
      }
    }
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("bridge", bridge);
    tree.put("table", 0);
    tree.put("priority", 0);
    tree.put("packets", packets);
    tree.put("bytes", bytes);
    tree.put("actions", "NORMAL");
    return tree;
  }

  static Object addresses(@Nullable Switch running, @Nullable String bridge) throws IOException {
    List<Object> trees = new ArrayList<>();
    if (running != null) {
      for (SwitchStatus.MacEntry entry : running.addresses(bridge)) {
        trees.add(address(entry));
      }
    }
    return Map.of("addresses", trees);
  }

  static Object address(SwitchStatus.MacEntry entry) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("bridge", entry.bridge());
    tree.put("port", entry.port());
    tree.put("vlan", entry.vlan());
    tree.put("mac", entry.mac());
    tree.put("ageSeconds", entry.ageSeconds());
    tree.put("static", entry.isStatic());
    return tree;
  }

  static Object bonds(@Nullable Switch running, @Nullable String bridge) throws IOException {
    List<Object> trees = new ArrayList<>();
    if (running != null) {
      Map<String, Resource> ports = new HashMap<>();
      ports(running.config()).forEach(port -> ports.put(port.id().key(), port));
      for (SwitchStatus.Bond bond : running.status().bonds()) {
        Resource port = ports.get(bond.bridge() + "/" + bond.bond());
        if (port != null && (bridge == null || bridge.equals(bond.bridge()))) {
          trees.add(bond(bond, port));
        }
      }
    }
    return Map.of("bonds", trees);
  }

  private static Object bond(SwitchStatus.Bond bond, Resource port) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("bridge", bond.bridge());
    tree.put("bond", bond.bond());
    tree.put("mode", port.get("mode"));
    tree.put("upDelay", port.get("upDelay"));
    tree.put("downDelay", port.get("downDelay"));
    tree.put("rebalance", port.get("rebalance"));
    tree.put("active", bond.active());
    List<Object> members = new ArrayList<>();
    for (SwitchStatus.Member each : bond.members()) {
      Map<String, @Nullable Object> member = new LinkedHashMap<>();
      member.put("device", each.device());
      member.put("carrier", each.carrier());
      member.put("enabled", each.enabled());
      member.put("buckets", each.buckets());
      members.add(member);
    }
    tree.put("members", members);
    return tree;
  }

  static Object tunnels(@Nullable Switch running, @Nullable String bridge) throws IOException {
    List<Object> found = new ArrayList<>();
    for (Node port : Node.of(ports(running, bridge)).nodes("ports")) {
      if (TUNNELS.contains(port.text("type"))) {
        found.add(port.map());
      }
    }
    return Map.of("tunnels", found);
  }
}
