// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.netlink.route.Bond;
import dev.plumbline.netlink.route.Bridge;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.LinkCounter;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.reconciler.live.PortVlans;
import dev.plumbline.reconciler.resource.VlanModes;
import dev.plumbline.reconciler.resource.VlansText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Ports of the kernel's bridges, those that no file names too, and what they have counted: in the
 * form of {@link SwitchTrees#ports}. Only of the agent's own namespace.
 *
 * <p>Asked of the kernel each time: no event tells that a counter has moved.
 */
final class KernelPorts {
  private final Map<Integer, Link> bridges = new HashMap<>();
  private final Map<Integer, SortedMap<Integer, VlansText.Flags>> vlans = new HashMap<>();
  private final Map<Integer, List<Link>> members = new HashMap<>();
  private final List<Link> ports = new ArrayList<>();

  private KernelPorts() {}

  static KernelPorts read() throws IOException {
    KernelPorts read = new KernelPorts();
    try (RouteSocket socket = RouteSocket.open()) {
      List<Link> links = socket.links();
      for (Link link : links) {
        if (Bridge.KIND.equals(link.kind())) {
          read.bridges.put(link.index(), link);
        }
      }
      for (Link link : links) {
        if (read.bridges.containsKey(link.master())) {
          read.ports.add(link);
        } else if (link.master() != 0) {
          read.members.computeIfAbsent(link.master(), any -> new ArrayList<>()).add(link);
        }
      }
      if (read.bridges.values().stream().anyMatch(KernelPorts::filtersVlans)) {
        read.vlans.putAll(PortVlans.read(socket));
      }
    }
    return read;
  }

  private static boolean filtersVlans(Link bridge) {
    return Boolean.TRUE.equals(bridge.data().get(Bridge.VLAN_FILTERING));
  }

  /** The names of the bridges. */
  List<String> bridges() {
    return bridges.values().stream().map(Link::name).toList();
  }

  /**
   * A tree for each port.
   *
   * @param bridge of this bridge alone; null: of all
   */
  List<Object> trees(@Nullable String bridge) {
    List<Object> trees = new ArrayList<>();
    for (Link port : ports) {
      Link of = Objects.requireNonNull(bridges.get(port.master()));
      if (bridge == null || bridge.equals(of.name())) {
        trees.add(tree(of, port));
      }
    }
    return trees;
  }

  private Map<String, Object> tree(Link bridge, Link port) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("bridge", bridge.name());
    tree.put("port", port.name());
    tree.put("type", "kernel");
    if (port.kind() != null) {
      tree.put("kind", port.kind());
    }
    if (filtersVlans(bridge)) {
      String text = VlansText.print(vlans.getOrDefault(port.index(), new TreeMap<>()));
      tree.put("vlan", text.isEmpty() ? "none" : VlanModes.text(text));
    }
    List<Object> parts = new ArrayList<>();
    List<Link> of = members.getOrDefault(port.index(), List.of());
    if (Bond.KIND.equals(port.kind()) && !of.isEmpty()) {
      of.forEach(member -> parts.add(part(member.name(), member)));
    } else {
      parts.add(part("", port));
    }
    tree.put("parts", parts);
    return tree;
  }

  private static Map<String, @Nullable Object> part(String name, Link link) {
    Map<String, @Nullable Object> part = new LinkedHashMap<>();
    part.put("part", name);
    part.put("number", link.index());
    part.put("up", link.isUp() && link.isLowerUp());
    part.put("there", true);
    part.put("rxPackets", link.counted(LinkCounter.RX_PACKETS));
    part.put("rxBytes", link.counted(LinkCounter.RX_BYTES));
    part.put("txPackets", link.counted(LinkCounter.TX_PACKETS));
    part.put("txBytes", link.counted(LinkCounter.TX_BYTES));
    SortedMap<String, Long> seldom = new TreeMap<>();
    seldom.put("rxDropped", link.counted(LinkCounter.RX_DROPPED));
    seldom.put("rxErrors", link.counted(LinkCounter.RX_ERRORS));
    seldom.put("txDropped", link.counted(LinkCounter.TX_DROPPED));
    seldom.put("txErrors", link.counted(LinkCounter.TX_ERRORS));
    seldom.values().removeIf(count -> count == 0);
    part.put("seldom", seldom);
    part.put("problem", null);
    return part;
  }
}
