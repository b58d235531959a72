// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption.Level;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.sim.Witnessed.Happened;
import dev.plumbline.reconciler.sim.Witnessed.Step;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares what a plan says with what was {@linkplain Witnessed witnessed}, step by step. */
final class Claims {
  /** What a step says of its resource beside the fields: mark, name and place. */
  static final Set<String> IDENTITY = Set.of("owner", "device", "namespace");

  private final Plan plan;
  private final Witnessed witnessed;
  private final LiveState was;
  private final Map<ResourceId, Change> makes = new HashMap<>();
  private final Map<ResourceId, Change> takes = new HashMap<>();
  private final Set<String> emptied = new HashSet<>();

  /** Compares with the plan that was carried out. */
  Claims(Witnessed witnessed) {
    this(witnessed.plan, witnessed);
  }

  /**
   * @param plan what is said
   */
  Claims(Plan plan, Witnessed witnessed) {
    this.plan = plan;
    this.witnessed = witnessed;
    this.was = witnessed.was;
    for (Change change : plan.changes()) {
      Resource before = change.before();
      if (change.after() != null) {
        makes.put(change.id(), change);
      }
      if (before != null) {
        takes.put(before.id(), change);
      }
      if (change.id().type() == ResourceType.NAMESPACE && change.after() == null) {
        emptied.add(change.id().key());
      }
    }
  }

  /** What happened and no step tells, or was told and did not happen; empty for nothing. */
  String untrue() {
    for (Step step : witnessed.steps) {
      String wrong = wrong(step);
      for (Happened each : step.net()) {
        wrong =
            wrong.isEmpty() && !isTold(each, step)
                ? text(each) + ", of which no step tells"
                : wrong;
      }
      if (!wrong.isEmpty()) {
        return "in the step " + text(step.change) + ": " + wrong + "\n" + States.text(plan);
      }
    }
    for (Change change : plan.changes()) {
      if (change instanceof Change.Delete delete && delete.implied() && !wentAlong(delete)) {
        return text(change)
            + " did not go along with "
            + change.waitsFor()
            + "\n"
            + States.text(plan);
      }
    }
    return "";
  }

  /** What a step says and is not so when it is done. */
  private static String wrong(Step step) {
    Change change = step.change;
    Resource left = step.left;
    if (change.after() == null) {
      return left == null ? "" : "it is still there";
    }
    if (left == null) {
      return "it is not there";
    }
    for (FieldChange field : change.fields()) {
      boolean later = field.name().equals("primary"); // the bond's, once that is a member
      if (!IDENTITY.contains(field.name())
          && !later
          && !left.get(field.name()).equals(field.after())) {
        return field.name() + " is " + States.shown(left.get(field.name()));
      }
    }
    return "";
  }

  /** Whether it went in a step that it was to go with, or with the device of such a step. */
  private boolean wentAlong(Change.Delete delete) {
    for (Step step : witnessed.steps) {
      boolean goes =
          step.events.stream()
              .anyMatch(each -> each.after() == null && each.origin().equals(delete.id()));
      boolean with =
          delete.id().type() == ResourceType.DEVICE
              || delete.waitsFor().contains(step.change.address())
              || step.events.stream()
                  .map(each -> takes.get(each.origin()))
                  .anyMatch(cause -> cause != null && delete.waitsFor().contains(cause.address()));
      if (goes && with) {
        return true;
      }
    }
    return false;
  }

  private boolean isTold(Happened each, Step step) {
    ResourceId id = each.to().id();
    if (emptied.contains(id.namespace()) || isPart(each)) {
      return true;
    }
    Resource before = each.before();
    Resource after = each.after();
    Change makes = this.makes.get(after == null ? later(id) : after.id());
    Change takes = this.takes.get(id);
    if (before == null) {
      return makes != null || isOfNewNamespace(id);
    }
    if (after == null) {
      Change leaves = takes == null ? this.takes.get(each.origin()) : takes;
      boolean goes = leaves instanceof Change.Delete || leaves instanceof Change.Recreate;
      return goes || makes instanceof Change.Create || isWarnedOf(id);
    }
    if (!before.id().equals(after.id()) && !isRenamed(before.id(), after.id())) {
      return false;
    }
    Set<String> changed = changed(before, after);
    changed.removeIf(field -> isTold(field, makes) || isTold(field, takes));
    changed.removeIf(field -> Follows.follows(field, before, after, step, this));
    return changed.isEmpty();
  }

  /** What it is called where its device has got the name that the plan gives it, or is made by. */
  private ResourceId later(ResourceId id) {
    Change device = id.device().isEmpty() ? null : takes.get(id.ofDevice());
    return device instanceof Change.Modify || device instanceof Change.Recreate
        ? new ResourceId(id.type(), device.id().namespace(), device.id().device(), id.key())
        : id;
  }

  private static boolean isTold(String field, @Nullable Change change) {
    return change != null && (!(change instanceof Change.Modify modify) || modify.changes(field));
  }

  private static Set<String> changed(Resource before, Resource after) {
    Set<String> changed = new TreeSet<>(before.fields().keySet());
    changed.addAll(after.fields().keySet());
    changed.removeIf(field -> before.get(field).equals(after.get(field)));
    if (!Objects.equals(before.owner(), after.owner())) {
      changed.add("owner");
    }
    return changed;
  }

  /** What is a part of its device has no steps of its own where that is told of. */
  private boolean isPart(Happened each) {
    ResourceId id = each.to().id();
    return switch (id.type()) {
      case VLANS, FDB, SYSCTL -> true;
      default -> false;
    };
  }

  private boolean isOfNewNamespace(ResourceId id) {
    return id.device().equals("lo") && makes.containsKey(ResourceId.namespaceNamed(id.namespace()));
  }

  /** Whether a step, or a warning, is about it. */
  boolean isKnown(ResourceId id) {
    return makes.containsKey(id) || takes.containsKey(id) || isWarnedOf(id);
  }

  private boolean isWarnedOf(ResourceId id) {
    return plan.warnings().stream().anyMatch(warning -> warning.contains(id.toString()));
  }

  /** Whether a step gives a device, or the one that something is on, this name. */
  boolean isRenamed(ResourceId from, ResourceId to) {
    ResourceId old = from.type() == ResourceType.DEVICE ? from : from.ofDevice();
    ResourceId device = to.type() == ResourceType.DEVICE ? to : to.ofDevice();
    Change change = takes.get(old);
    return old.equals(device) || (change instanceof Change.Modify && change.id().equals(device));
  }

  /** What stopped in a step that does not say so; empty for nothing. */
  String unannounced() {
    for (Step step : witnessed.steps) {
      for (Happened each : step.events) {
        boolean idle = isIdle(each) || makes.get(each.to().id()) instanceof Change.Create;
        Level level = Impact.of(each, step, idle, this);
        if (level.compareTo(announced(step, each)) > 0) {
          return text(each)
              + " in the step "
              + text(step.change)
              + ", and no more is said than "
              + announced(step, each).label()
              + "\n"
              + States.text(plan);
        }
      }
    }
    return "";
  }

  /** What the step says that does it, or the one that is about what it happens to. */
  private Level announced(Step step, Happened each) {
    Level level = step.change.disruption().level();
    ResourceId id = each.to().id();
    List<@Nullable Change> about =
        Arrays.asList(
            takes.get(id),
            makes.get(id),
            takes.get(id.ofDevice()),
            takes.get(each.origin()),
            takes.get(ResourceId.namespaceNamed(id.namespace())));
    for (Change change : about) {
      if (change != null && change.disruption().level().compareTo(level) > 0) {
        level = change.disruption().level();
      }
    }
    return level;
  }

  /** A device that is down, or that the plan has made itself, carries nothing yet. */
  private boolean isIdle(Happened each) {
    Resource on = each.to();
    ResourceId id = on.id();
    if (id.type() == ResourceType.VLANS && !on.equals(was.find(id))) {
      return true; // those with which the port has just joined
    }
    if (id.type() == ResourceType.DEVICE) {
      Resource then = was.find(each.origin());
      Resource master = was.find(ResourceId.deviceIn(id.namespace(), on.get("master")));
      return (then != null && !then.get("up").equals("true"))
          || (master != null && !master.get("up").equals("true"));
    }
    Resource device = id.device().isEmpty() ? null : was.find(id.ofDevice());
    return !id.device().isEmpty() && (device == null || !device.get("up").equals("true"));
  }

  /** Steps that are more than is needed; empty for none. */
  String needless() {
    for (Step step : witnessed.steps) {
      Change change = step.change;
      Resource before = change.before();
      boolean none =
          step.events.stream()
              .noneMatch(
                  each -> each.isTo(change.id()) || (before != null && each.isTo(before.id())));
      // What VLANs a port has of a bridge that filtered none nobody has read.
      if (none && change.id().type() != ResourceType.VLANS && !followed(step)) {
        return text(change) + " changes nothing\n" + States.text(plan);
      }
      if (step.modifiable) {
        return text(change) + " is made anew, and could be changed\n" + States.text(plan);
      }
    }
    return "";
  }

  /** Whether it sets up a VLAN device that has come up with its parent, in a step before. */
  private boolean followed(Step step) {
    Resource after = step.change.after();
    return after != null
        && after.get("kind").equals("vlan")
        && step.change.fields().stream().allMatch(field -> field.name().equals("up"))
        && witnessed.steps.stream()
            .flatMap(other -> other.events.stream())
            .anyMatch(each -> each.isTo(after.id()));
  }

  private static String text(Change change) {
    return change.action().label() + " " + change.address();
  }

  private static String text(Happened each) {
    Resource before = each.before();
    Resource after = each.after();
    if (before == null) {
      return each.to().id() + " is made";
    }
    return after == null
        ? before.id() + " is gone"
        : before.id()
            + " ("
            + before.owner()
            + ", "
            + before.fields()
            + ") becomes "
            + after.id()
            + " ("
            + after.owner()
            + ", "
            + after.fields()
            + ")";
  }
}
