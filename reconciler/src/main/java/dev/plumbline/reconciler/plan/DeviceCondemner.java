// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.DeviceStep.Fate;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Condemns devices to be made anew: what cannot be changed in place, and with it, until nothing
 * moves any more, all that the kernel removes along with it: devices on top, the other half of a
 * veth.
 */
final class DeviceCondemner {
  private final LiveState live;
  private final DeviceSteps steps;
  private final DeviceComparison comparison;
  private final Findings findings;

  DeviceCondemner(
      LiveState live, DeviceSteps steps, DeviceComparison comparison, Findings findings) {
    this.live = live;
    this.steps = steps;
    this.comparison = comparison;
    this.findings = findings;
  }

  void condemnAll() {
    boolean settled;
    do {
      settled = true;
      for (DeviceStep step : steps.all()) {
        settled &= !condemn(step);
      }
      for (DeviceStep step : steps.all()) {
        settled &= !spread(step);
      }
    } while (!settled);
  }

  /**
   * A device of plumbline's that has somebody else's on it is neither removed nor made anew: that
   * would take the other one along. It stays as it is until that has gone.
   *
   * @param held gets, by address, what is waited for
   */
  void spareHosts(Map<String, String> held) {
    for (DeviceStep step : steps.all()) {
      Resource device = step.live;
      boolean goes = step.fate == Fate.DELETE || reason(step) != null;
      if (device != null && device.isOurs() && (goes || step.moves())) {
        Resource guest = guestOn(device, goes, new HashSet<>());
        if (guest != null) {
          held.put(step.address, "the removal of " + guest.id() + ", which plumbline did not make");
        }
      }
    }
  }

  /** Somebody else's device that the kernel would remove along with this one, or null. */
  private @Nullable Resource guestOn(Resource device, boolean goes, Set<ResourceId> seen) {
    if (!seen.add(device.id())) {
      return null;
    }
    List<Resource> along = new ArrayList<>(steps.uppers(device.id()));
    Resource mate =
        goes && device.get("kind").equals("veth")
            ? live.find(PeerText.parse(device.get("peer")))
            : null;
    if (mate != null) {
      along.add(mate);
    }
    for (Resource each : along) {
      DeviceStep step = steps.ofLive(each.id());
      // A pair is one thing: its other half is no guest, but may have one.
      boolean guest =
          !each.equals(mate) && !each.isOurs() && (step == null || step.fate != Fate.DELETE);
      Resource found = guest ? each : guestOn(each, true, seen);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private boolean condemn(DeviceStep step) {
    String reason = reason(step);
    return reason != null && recreate(step, reason);
  }

  /** Why the device has to be made anew for its own sake; null where it has not. */
  @Nullable String reason(DeviceStep step) {
    Wanted wanted = step.wanted;
    Resource device = step.live;
    if (wanted == null || device == null || step.fate != Fate.KEEP) {
      return null;
    }
    if (wanted.resource().has("kind") && comparison.differs(step, "kind")) {
      // The reason of all others: what another kind of device lacks can not be changed either.
      return unchangeable(device, "kind");
    }
    DeviceKind kind = DeviceKinds.of(step.kind());
    for (Map.Entry<String, String> field : wanted.resource().fields().entrySet()) {
      String name = field.getKey();
      boolean anew =
          comparison.how(step, name) == How.RECREATE
              || (kind != null
                  && kind.refusal().refuses(device, name, field.getValue())
                  && !isForGood(device, name, field.getValue()));
      if (anew && comparison.differs(step, name)) {
        return unchangeable(device, name);
      }
    }
    if (step.moves() && kind != null && kind.staysInNamespace()) {
      return "a " + kind.name() + " can not leave its namespace";
    }
    return null;
  }

  /**
   * Whether a device of somebody else's has to keep its parent: a kind that cannot lose it would
   * have to be made anew, and with it goes what others have hung on it.
   */
  private boolean isForGood(Resource device, String field, String value) {
    return field.equals("parent") && value.isEmpty() && !live.isOurs(device);
  }

  private static String unchangeable(Resource device, String field) {
    return FileTerms.name(field) + " can not be changed from " + shown(device, field);
  }

  private static String shown(Resource device, String field) {
    return device.get(field).isEmpty() ? "none" : device.get(field);
  }

  private boolean recreate(DeviceStep step, String reason) {
    Resource device = step.live;
    if (device == null || step.fate != Fate.KEEP) {
      return false;
    }
    boolean half = step.wanted != null && step.wanted.makes() && live.isOurs(device);
    if (!device.isOurs() && !half) {
      findings.problem(
          step.address
              + ": "
              + device.id()
              + " was not made by plumbline and would have to be made anew ("
              + reason
              + "); change the file to match it, or delete it by hand");
    }
    step.fate = Fate.RECREATE;
    step.reasons.add(reason);
    return true;
  }

  /** Condemns what the kernel removes along with this device; true if there was any. */
  private boolean spread(DeviceStep step) {
    Resource device = step.live;
    if (device == null || !step.torn()) {
      return false;
    }
    boolean news = false;
    for (Resource upper : steps.uppers(device.id())) {
      news |= drag(upper, step, step.fate != Fate.KEEP);
    }
    if (step.fate != Fate.KEEP && device.get("kind").equals("veth")) {
      Resource mate = live.find(PeerText.parse(device.get("peer")));
      if (mate != null) {
        news |= drag(mate, step, true);
      }
    }
    return news;
  }

  private boolean drag(Resource victim, DeviceStep cause, boolean byKernel) {
    DeviceStep step = steps.ofLive(victim.id());
    if (step == null) {
      if (!live.isOurs(victim)) {
        findings.problem(
            cause.address
                + ": would remove "
                + victim.id()
                + ", which plumbline did not make and the file does not name");
      }
      step = new DeviceStep(victim.id().toString(), null, victim, Fate.DELETE);
      step.implied = true;
      steps.add(step);
      return true;
    }
    if (step.fate == Fate.LEFT) {
      // What it waits for is not there yet, and what it lay on goes.
      step.fate = Fate.DELETE;
      step.implied = byKernel;
      return true;
    }
    if (step.fate == Fate.DELETE) {
      boolean news = byKernel && !step.implied && !cause.implied;
      step.implied |= news;
      return news;
    }
    if (!victim.isOurs() && cause.live != null && !cause.live.isOurs()) {
      // The cause is a problem already; this one would say the same again.
      step.implied |= step.fate == Fate.KEEP;
      boolean first = step.fate == Fate.KEEP;
      step.fate = Fate.RECREATE;
      return first;
    }
    boolean news = recreate(step, "it goes with " + cause.address);
    step.implied |= news && byKernel;
    return news;
  }
}
