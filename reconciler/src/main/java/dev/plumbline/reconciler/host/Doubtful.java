// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.SysctlText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What may not be as it was, where a plan broke off and the host cannot be read. */
final class Doubtful {
  private final LiveState was;

  /** What devices are called now, by the name that the plan gives them. */
  private final Map<ResourceId, ResourceId> renamed;

  private final Set<ResourceId> named = new HashSet<>();
  private final List<String> lines = new ArrayList<>();

  private Doubtful(LiveState was, Plan plan) {
    this.was = was;
    renamed = plan.namesBefore();
  }

  /**
   * A line for each: what the kernel was asked for, and what goes along with that, in a step of its
   * own or in none.
   *
   * @param asked the steps that the kernel was asked for
   */
  static List<String> lines(LiveState was, Plan plan, List<Change> asked) {
    Doubtful doubtful = new Doubtful(was, plan);
    Set<String> known = new HashSet<>();
    asked.forEach(each -> known.add(each.address()));
    List<Change> changes = new ArrayList<>();
    for (Change change : plan.changes()) { // in their order: what others wait for comes first
      boolean there = change.before() != null || was.has(change.id()) || isMadeAlong(change, known);
      if (known.contains(change.address())) {
        changes.add(change);
        doubtful.name(change, "may still be as its step (%s) leaves it");
      } else if (there && change.waitsFor().stream().anyMatch(known::contains)) {
        known.add(change.address());
        changes.add(change);
        doubtful.name(change, "may have come, gone or changed with what its step (%s) waits for");
      }
    }
    changes.forEach(doubtful::along);
    return doubtful.lines;
  }

  /** The far end of a pair, which is made with the near one. */
  private static boolean isMadeAlong(Change change, Set<String> known) {
    Resource wanted = change.after();
    String near = PeerText.nearEnd(change.address());
    return wanted != null
        && wanted.get("kind").equals("veth")
        && near != null
        && known.contains(near);
  }

  private void name(Change change, String what) {
    lines.add(change.address() + ": " + what.formatted(change.action().label()));
    named.add(change.id());
    Resource before = change.before();
    if (before != null) {
      named.add(before.id());
      carried(before.id());
    }
  }

  /** Of a device by either name, or by the one that it has for a moment. */
  private ResourceId now(ResourceId device) {
    return was.has(device) ? device : renamed.getOrDefault(device, device);
  }

  /** A plan calls what is on a device by the name that this has when all is done. */
  private void carried(ResourceId then) {
    ResourceId device = renamed.get(then.ofDevice());
    if (then.type() == ResourceType.DEVICE || device == null) {
      return;
    }
    ResourceId now = new ResourceId(then.type(), device.namespace(), device.device(), then.key());
    if (was.has(now) && named.add(now)) {
      lines.add(now + ": is " + then + " where its device has that name by now");
    }
  }

  /**
   * What is in a namespace that goes has no steps, nor has what is on devices there, nor need ports
   * have any that their master lets go, or devices that are down with what they are on, nor have
   * VLANs of ports whose bridge comes to tell VLANs apart, or no longer does.
   */
  private void along(Change change) {
    Resource before = change.before();
    if (before == null) {
      return;
    }
    boolean goes = change.after() == null || change instanceof Change.Recreate;
    if (goes) {
      along(before.id(), change.address());
    }
    boolean empties = goes || takes(change, before, How.NEEDS_EMPTY);
    ResourceId device = now(before.id());
    for (Resource each : was.resources()) {
      if (isOn(each, "master", device)) {
        port(each.id(), change, empties);
      }
    }
    if (empties || takes(change, before, How.NEEDS_DOWN)) {
      down(device, change.address());
    }
  }

  /** VLAN devices are down with what they are on (vlan_device_event). */
  private void down(ResourceId parent, String address) {
    for (Resource each : was.resources()) {
      boolean vlan = each.get("kind").equals("vlan") && isOn(each, "parent", parent);
      if (vlan && named.add(each.id())) {
        lines.add(each.id() + ": may be down with " + address);
        down(each.id(), address);
      }
    }
  }

  private void port(ResourceId port, Change master, boolean empties) {
    ResourceId vlans = ResourceId.vlans(port.namespace(), port.device());
    boolean filters = master instanceof Change.Modify modify && modify.changes("vlanFiltering");
    if (empties) {
      letGo(port, master.address());
    } else if (filters && named.add(vlans)) {
      String come = was.has(vlans) ? "gone" : "come";
      lines.add(vlans + ": may have " + come + " along with " + master.address());
    }
  }

  /** Whether a field changes that takes this; a device that joins or leaves a bond goes down. */
  private static boolean takes(Change change, Resource before, How what) {
    for (FieldChange field : change.fields()) {
      DeviceField known = DeviceKinds.field(before.get("kind"), field.name());
      boolean joins = Set.of("master", "up").contains(field.name()) && what == How.NEEDS_DOWN;
      if (joins || (known != null && known.change() == what)) {
        return true;
      }
    }
    return false;
  }

  /** A bond leaves its ports down, so that what is on them goes. */
  private void letGo(ResourceId port, String address) {
    if (named.add(port)) {
      lines.add(port + ": may have been let go by " + address);
    }
    along(port, address);
  }

  private void along(ResourceId going, String address) {
    for (Resource each : was.resources()) {
      if (goesWith(each, going) && named.add(each.id())) {
        lines.add(each.id() + ": may have gone along with " + address);
        along(each.id(), address);
      }
    }
  }

  private static boolean goesWith(Resource each, ResourceId going) {
    ResourceId id = each.id();
    if (going.type() == ResourceType.NAMESPACE) {
      return id.namespace().equals(going.key());
    }
    boolean here = going.type() == ResourceType.DEVICE && id.namespace().equals(going.namespace());
    return switch (id.type()) {
      case ADDRESS, VLANS, FDB -> here && id.device().equals(going.device());
      case SYSCTL -> here && SysctlText.device(id).equals(going.device());
      case DEVICE -> isOn(each, "parent", going);
      case ROUTE -> here && RouteText.devices(each).contains(going.device());
      default -> false;
    };
  }

  private static boolean isOn(Resource each, String field, ResourceId device) {
    return device.equals(ResourceId.deviceIn(each.id().namespace(), each.get(field)));
  }
}
