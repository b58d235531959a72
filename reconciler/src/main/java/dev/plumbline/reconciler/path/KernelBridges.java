// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.VlansText;
import dev.plumbline.reconciler.resource.VlansText.Flags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The kernel's bridges (net/bridge), with what they have learnt. */
final class KernelBridges {
  private final Network network;
  private final Topology topology;

  /** Where addresses are, by bridge, VLAN and address. */
  private final Map<String, Device> learnt = new HashMap<>();

  KernelBridges(Network network) {
    this.network = network;
    this.topology = network.topology;
  }

  /** The host, or the namespace that the bridge is in, sends by the bridge's own device. */
  void transmit(Device bridge, Frame frame, Trail trail) {
    forward(bridge, bridge, frame, trail);
  }

  void receive(Device bridge, Device port, Frame frame, Trail trail) {
    if (bridge.isDown()) {
      network.drop(trail, bridge.place(), bridge.place() + " is down");
      return;
    }
    forward(bridge, port, frame, trail);
  }

  private static boolean filters(Device bridge) {
    return bridge.resource().get("vlanFiltering").equals("true");
  }

  private SortedMap<Integer, Flags> vlans(Device bridge, Device port) {
    Resource said = topology.vlans(port);
    if (said != null) {
      return VlansText.parse(said.get("vlans"));
    }
    String pvid = bridge.resource().get("defaultPvid");
    int usual = pvid.isEmpty() ? 1 : Integer.parseInt(pvid);
    SortedMap<Integer, Flags> vlans = new TreeMap<>();
    if (usual != 0) {
      vlans.put(usual, Flags.ACCESS);
    }
    return vlans;
  }

  private static int tpid(Device bridge) {
    return bridge.resource().get("vlanProtocol").equals("802.1ad")
        ? TagStack.TPID_8021AD
        : TagStack.TPID_8021Q;
  }

  private void forward(Device bridge, Device in, Frame frame, Trail trail) {
    int vlan = 0;
    Frame inside = frame;
    if (filters(bridge)) {
      SortedMap<Integer, Flags> vlans = vlans(bridge, in);
      boolean tagged =
          TagStack.depth(frame.tags()) > 0 && TagStack.tpid(frame.tags()) == tpid(bridge);
      vlan = tagged ? TagStack.vlan(frame.tags(), 0) : pvid(vlans);
      if (!vlans.containsKey(vlan)) {
        String what = tagged ? "it is in VLAN " + vlan : "it has no tag";
        network.drop(
            trail.copy(true), bridge.place(), what + ", which " + in.place() + " does not take in");
        return;
      }
      inside = tagged ? frame.tagged(TagStack.pop(frame.tags())) : frame;
    }
    String place = bridge.place() + (vlan == 0 ? "" : " in VLAN " + vlan);
    String key = place + " " + inside.tags();
    if (frame.seen().contains(key)) {
      looped(bridge, place, frame, trail);
      return;
    }
    inside = inside.in(key);
    if (!in.resource().get("port.learning").equals("false")) {
      learnt.put(place + " " + frame.source(), in);
    }
    spread(bridge, in, vlan, place, inside, trail);
  }

  private static int pvid(SortedMap<Integer, Flags> vlans) {
    for (Map.Entry<Integer, Flags> vlan : vlans.entrySet()) {
      if (vlan.getValue().pvid()) {
        return vlan.getKey();
      }
    }
    return -1;
  }

  private void looped(Device bridge, String place, Frame frame, Trail trail) {
    if (bridge.resource().get("stp.enabled").equals("true")) {
      network.notes.unknown("which ports the spanning tree of " + bridge.place() + " blocks");
    } else {
      network.notes.found(
          Finding.Kind.BRIDGE_LOOP, "bridges are joined in a loop: " + Loops.text(frame, place));
    }
    network.drop(trail.copy(true), bridge.place(), "it has been in " + place + " before: a loop");
  }

  private void spread(Device bridge, Device in, int vlan, String place, Frame frame, Trail trail) {
    @Nullable Device known =
        frame.isToGroup() ? null : learnt.get(place + " " + frame.destination());
    boolean isOwn = frame.destination() == bridge.mac();
    List<Device> ports = new ArrayList<>();
    for (Device port : topology.ports(bridge)) {
      if (mayGo(bridge, in, port, vlan) && !isOwn && (known == null || known.equals(port))) {
        boolean floods = known != null || frame.isToGroup() || flag(port, "port.flood", true);
        if (floods) {
          ports.add(port);
        }
      }
    }
    boolean self =
        !in.equals(bridge)
            && (isOwn || frame.isToGroup() || bridge.equals(known))
            && (!filters(bridge) || vlans(bridge, bridge).containsKey(vlan));
    int copies = ports.size() + (self ? 1 : 0);
    String reason =
        isOwn || known != null
            ? "its address is there"
            : frame.isToGroup() ? "for all" : "flooded: nobody knows where its address is";
    if (copies == 0) {
      String why =
          known != null && known.equals(in)
              ? "its address is at " + in.place() + ", where it came from"
              : "no other port of " + place + " takes it";
      network.drop(trail, bridge.place(), why);
      return;
    }
    for (Device port : ports) {
      Frame out = leaving(bridge, port, vlan, frame);
      network.transmit(port, out, hop(bridge, vlan, port.name(), reason, trail).copy(copies > 1));
    }
    if (self) {
      Frame out = leaving(bridge, bridge, vlan, frame);
      Trail on = hop(bridge, vlan, bridge.name() + " itself", reason, trail);
      network.up(bridge, out, on.copy(copies > 1));
    }
  }

  private static boolean flag(Device port, String field, boolean usual) {
    String value = port.resource().get(field);
    return value.isEmpty() ? usual : Boolean.parseBoolean(value);
  }

  private boolean mayGo(Device bridge, Device in, Device port, int vlan) {
    boolean back = port.equals(in) && !flag(port, "port.hairpin", false);
    boolean apart = flag(in, "port.isolated", false) && flag(port, "port.isolated", false);
    return !back
        && !apart
        && !port.isDown()
        && (!filters(bridge) || vlans(bridge, port).containsKey(vlan));
  }

  private Frame leaving(Device bridge, Device port, int vlan, Frame frame) {
    if (!filters(bridge)) {
      return frame;
    }
    Flags flags = vlans(bridge, port).getOrDefault(vlan, Flags.TAGGED);
    return flags.untagged()
        ? frame
        : frame.tagged(TagStack.push(frame.tags(), tpid(bridge), 0, vlan));
  }

  private static Trail hop(Device bridge, int vlan, String to, String reason, Trail trail) {
    String in = vlan == 0 ? "" : "in VLAN " + vlan + " ";
    return trail.then(Hop.Kind.BRIDGE, bridge.namespace(), bridge.name(), in + "→ " + to, reason);
  }
}
