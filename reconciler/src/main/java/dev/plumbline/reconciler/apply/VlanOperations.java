// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.netlink.route.BridgeVlan;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.VlansText;
import dev.plumbline.reconciler.resource.VlansText.Flags;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sets the VLANs of a bridge port, or of a bridge itself: new ones first, then the others go, so
 * that no frame is lost in between.
 */
final class VlanOperations {
  private static final int LAST_VLAN = 4094;

  private final Indexes indexes;
  private final Set<ResourceId> bridges = new HashSet<>();

  VlanOperations(Indexes indexes, LiveState live, Plan plan) {
    this.indexes = indexes;
    live.ofType(ResourceType.DEVICE).forEach(this::note);
    for (Change change : plan.changes()) {
      Resource wanted = change.after();
      if (wanted != null && change.id().type() == ResourceType.DEVICE) {
        note(wanted);
      }
    }
  }

  private void note(Resource resource) {
    if (resource.get("kind").equals("bridge")) {
      bridges.add(resource.id());
    }
  }

  List<Operation> of(Change change) {
    Resource wanted = change.after();
    if (wanted == null) {
      return List.of();
    }
    SortedMap<Integer, Flags> target = VlansText.parse(wanted.get("vlans"));
    SortedMap<Integer, Flags> add = new TreeMap<>(target);
    SortedMap<Integer, Flags> remove = new TreeMap<>();
    if (change instanceof Change.Modify modify) {
      SortedMap<Integer, Flags> live = VlansText.parse(modify.live().get("vlans"));
      add.entrySet().removeAll(live.entrySet());
      live.keySet().stream()
          .filter(id -> !target.containsKey(id))
          .forEach(id -> remove.put(id, Flags.TAGGED));
    } else {
      // What a new port starts with is the bridge's default PVID, and it may have been more.
      for (int id = 1; id <= LAST_VLAN; id++) {
        if (!target.containsKey(id)) {
          remove.put(id, Flags.TAGGED);
        }
      }
    }
    ResourceId device = change.id().ofDevice();
    List<Operation> operations = new ArrayList<>();
    for (BridgeVlan vlan : ranges(indexes.of(device), add)) {
      operations.add(operation(device, request(device, vlan, true), false));
    }
    for (BridgeVlan vlan : ranges(indexes.of(device), remove)) {
      operations.add(operation(device, request(device, vlan, false), true));
    }
    return operations;
  }

  private static Operation operation(ResourceId device, Request request, boolean removes) {
    return new Operation.Netlink(device.namespace(), request, removes);
  }

  private Request request(ResourceId device, BridgeVlan vlan, boolean add) {
    if (bridges.contains(device)) {
      return add ? BridgeVlan.addToBridge(vlan) : BridgeVlan.deleteFromBridge(vlan);
    }
    return add ? BridgeVlan.add(vlan) : BridgeVlan.delete(vlan);
  }

  private static List<BridgeVlan> ranges(int index, SortedMap<Integer, Flags> vlans) {
    List<BridgeVlan> ranges = new ArrayList<>();
    BridgeVlan open = null;
    for (Map.Entry<Integer, Flags> vlan : vlans.entrySet()) {
      int id = vlan.getKey();
      Flags flags = vlan.getValue();
      if (open != null
          && open.last() + 1 == id
          && !flags.pvid()
          && !open.pvid()
          && open.untagged() == flags.untagged()) {
        open = new BridgeVlan(index, open.first(), id, false, flags.untagged());
      } else {
        if (open != null) {
          ranges.add(open);
        }
        open = new BridgeVlan(index, id, id, flags.pvid(), flags.untagged());
      }
    }
    if (open != null) {
      ranges.add(open);
    }
    return ranges;
  }
}
