// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From a goal and the live state to a plan. */
public final class Planner {
  private Planner() {}

  /** The changes that lead from the live state to the goal; a pure function. */
  public static Plan plan(Goal goal, LiveState live, Ownership ownership) {
    Goal whole = Restorer.withOriginals(goal, live, ownership);
    Findings findings = new Findings();
    goal.problems().forEach(findings::problem);
    LaterNamespaces namespaces = new LaterNamespaces(whole, live);
    DevicePlanner devices = DevicePlanner.decided(whole, live, namespaces, findings);
    List<DeviceStep> steps = devices.steps();
    LaterDevices later = new LaterDevices(live, steps, devices.finalDevices());
    RestPlanner rest = new RestPlanner(whole, live, ownership, findings, namespaces, later);
    List<Change> changes = new ArrayList<>();
    for (DeviceStep step : steps) {
      Change change = change(devices, step);
      if (change != null) {
        changes.add(change);
      }
    }
    changes.addAll(rest.plan());
    Restorer.unmarked(live, ownership).forEach(findings::warning);
    protect(whole, changes, findings);
    List<Change> ordered = new Order(changes, rest.after(), live).sorted();
    return new Plan(
            ordered,
            findings.waiting(),
            findings.problems(),
            findings.warnings(),
            masters(ordered, live))
        .withChecks(goal.checks());
  }

  /** The kinds of the devices that others join or leave. */
  private static Map<ResourceId, String> masters(List<Change> changes, LiveState live) {
    Set<ResourceId> named = new HashSet<>();
    for (Change change : changes) {
      if (change.id().type() == ResourceType.DEVICE) {
        for (FieldChange field : change.fields()) {
          if (field.name().equals("master")) {
            named.add(ResourceId.deviceIn(change.id().namespace(), field.before()));
            named.add(ResourceId.deviceIn(change.id().namespace(), field.after()));
          }
        }
      }
    }
    Map<ResourceId, String> kinds = new HashMap<>();
    for (ResourceId id : named) {
      Resource there = live.find(id);
      if (there != null) {
        kinds.put(id, there.get("kind"));
      }
    }
    for (Change change : changes) {
      Resource later = change.after();
      if (later != null && named.contains(later.id())) {
        kinds.put(later.id(), later.get("kind"));
      }
    }
    return kinds;
  }

  private static @Nullable Change change(DevicePlanner devices, DeviceStep step) {
    Wanted wanted = step.wanted;
    Resource live = step.remaining;
    switch (step.fate) {
      case CREATE -> {
        return new Change.Create(
            step.address, Objects.requireNonNull(wanted).resource(), List.of(), Disruption.NONE);
      }
      case RECREATE -> {
        return new Change.Recreate(
            step.address,
            Objects.requireNonNull(step.live),
            Objects.requireNonNull(wanted).resource(),
            step.fields,
            List.of(),
            Disruption.interrupts(
                "all on " + step.live.id().device() + ": " + String.join("; ", step.reasons)));
      }
      case DELETE -> {
        Resource going = Objects.requireNonNull(step.live);
        return new Change.Delete(
            step.address,
            going,
            step.implied,
            List.of(),
            going.get("up").equals("true")
                ? Disruption.interrupts("all on " + going.id().device())
                : Disruption.NONE);
      }
      case KEEP -> {
        if (wanted == null || live == null || step.fields.isEmpty()) {
          return null;
        }
        return new Change.Modify(
            step.address,
            live,
            merged(live, wanted.resource()),
            step.fields,
            List.of(),
            disruption(devices, step, live));
      }
      default -> {
        return null;
      }
    }
  }

  private static Resource merged(Resource live, Resource wanted) {
    String owner = live.isOurs() && wanted.owner() != null ? wanted.owner() : live.owner();
    SortedMap<String, String> fields = new TreeMap<>(live.fields());
    if (wanted.has("master") && !wanted.get("master").equals(live.get("master"))) {
      // Settings as a port belong to the master that it leaves.
      fields.keySet().removeIf(field -> field.startsWith("port."));
    }
    return new Resource(wanted.id(), owner, fields).with(wanted.fields());
  }

  private static Disruption disruption(DevicePlanner devices, DeviceStep step, Resource live) {
    if (step.live == null || !step.live.get("up").equals("true")) {
      return devices.empties(step)
          ? Disruption.interrupts("the ports of " + live.id().device() + ", which it lets go")
          : Disruption.NONE;
    }
    for (FieldChange field : step.fields) {
      if (devices.interrupts(step, field)) {
        return Disruption.interrupts(
            step.downed && !field.name().equals("up")
                ? live.id().device() + ", which is taken down and up again"
                : "traffic through " + live.id().device());
      }
    }
    return step.fields.stream().allMatch(field -> field.name().equals("owner"))
        ? Disruption.NONE
        : Disruption.IN_PLACE;
  }

  private static void protect(Goal goal, List<Change> changes, Findings findings) {
    if (goal.protect().isEmpty()) {
      return;
    }
    List<Pattern> patterns = goal.protect().stream().map(Planner::glob).toList();
    for (Findings.Touched touched : findings.touched()) {
      for (int i = 0; i < patterns.size(); i++) {
        if (patterns.get(i).matcher(touched.device().device()).matches()) {
          String would = touched.cause() + ": would " + touched.verb() + " " + touched.device();
          findings.problem(would + ", which `protect: " + goal.protect().get(i) + "` forbids");
        }
      }
    }
    Set<String> reported = new HashSet<>();
    for (Change change : changes) {
      Set<String> touched = new HashSet<>();
      touched.add(change.id().device());
      if (change instanceof Change.Modify modify) {
        touched.add(modify.live().id().device());
      }
      for (int i = 0; i < patterns.size(); i++) {
        for (String device : touched) {
          if (!device.isEmpty()
              && patterns.get(i).matcher(device).matches()
              && reported.add(change.address())) {
            findings.problem(
                change.address()
                    + ": would "
                    + change.action().label()
                    + " "
                    + change.id()
                    + ", which `protect: "
                    + goal.protect().get(i)
                    + "` forbids");
          }
        }
      }
    }
  }

  private static Pattern glob(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString());
  }

  /** What is remembered from before the plan is applied until it is done. */
  public static Ownership before(Plan plan, LiveState live, Ownership ownership) {
    return Restorer.remembering(plan, live, ownership);
  }

  /** What is remembered once the kernel has taken every step of the plan. */
  public static Ownership taken(Plan plan, Ownership ownership) {
    return Lifetimes.taken(plan, ownership);
  }

  /** What is remembered once the plan is done and this is the live state. */
  public static Ownership after(Goal goal, LiveState live, Ownership ownership) {
    return Restorer.forgetting(goal, live, ownership);
  }
}
