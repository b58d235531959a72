// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compares what was with what is. */
final class States {
  private static final Pattern NAME_OF_ANOTHER =
      Pattern.compile("(?:peer|master|parent|dev) was (?:.*/)?(\\S+) and is (?:.*/)?(\\S+)");

  private States() {}

  /** What is not the same in two states, a line each; empty for nothing. */
  static String difference(LiveState wanted, LiveState found) {
    StringBuilder text = new StringBuilder();
    for (Resource each : wanted.resources()) {
      Resource now = found.find(each.id());
      if (now == null) {
        text.append(each.id()).append(" is gone\n");
      } else if (!each.equals(now)) {
        text.append(changed(each, now)).append('\n');
      }
    }
    for (Resource each : found.resources()) {
      if (!wanted.has(each.id())) {
        text.append(each.id()).append(" is there, and was not\n");
      }
    }
    return text.toString();
  }

  private static String changed(Resource was, Resource is) {
    StringBuilder text = new StringBuilder(was.id() + ":");
    Map<String, String> fields = new TreeMap<>(was.fields());
    is.fields().keySet().forEach(name -> fields.putIfAbsent(name, ""));
    for (String name : fields.keySet()) {
      if (!was.get(name).equals(is.get(name))) {
        text.append(' ').append(name).append(" was ").append(shown(was.get(name)));
        text.append(" and is ").append(shown(is.get(name))).append(';');
      }
    }
    if (!Objects.equals(was.owner(), is.owner())) {
      text.append(" its mark was ").append(shown(was.owner())).append(" and is ");
      text.append(shown(is.owner())).append(';');
    }
    text.setLength(text.length() - 1);
    return text.toString();
  }

  static String shown(@Nullable String value) {
    return value == null || value.isEmpty() ? "none" : value;
  }

  /** What is not as it was and the outcome does not name, a line each; empty for nothing. */
  static String unnamed(LiveState was, LiveState is, Outcome outcome) {
    StringBuilder text = new StringBuilder();
    for (String line : difference(was, is).lines().toList()) {
      if (line.startsWith("device ") && line.contains("/lo is ")) {
        continue; // with its namespace
      }
      if (followsRename(line, was, outcome) || isCarried(line, was, is, outcome)) {
        continue; // it calls a device by its name, which is named
      }
      Set<String> names = new HashSet<>();
      for (Change change : outcome.plan().changes()) {
        Resource before = change.before();
        if (isAbout(line, change.id(), outcome.plan())
            || (before != null && isAbout(line, before.id(), outcome.plan()))) {
          names.add(change.address());
        }
      }
      Stream.concat(was.resources().stream(), is.resources().stream())
          .filter(each -> isAbout(line, each.id()))
          .flatMap(each -> withDevice(each, was, is))
          .forEach(
              each -> {
                names.add(each.id().toString());
                names.add(String.valueOf(each.owner()));
                names.addAll(addresses(outcome.plan(), each.id()));
              });
      boolean named =
          outcome.left().stream()
              .anyMatch(left -> names.stream().anyMatch(name -> isOf(left, name)));
      text.append(named ? "" : "not named: " + line + "\n");
    }
    return text.toString();
  }

  /** Of the steps about it: what comes and goes with a device is named where that is. */
  private static List<String> addresses(Plan plan, ResourceId id) {
    return plan.changes().stream()
        .filter(change -> change.id().equals(id))
        .map(Change::address)
        .toList();
  }

  /** Whether nothing else is told than the name of a device whose rename is named as left. */
  private static boolean followsRename(String difference, LiveState was, Outcome outcome) {
    List<Resource> about =
        was.resources().stream().filter(each -> isAbout(difference, each.id())).toList();
    if (about.isEmpty() || !difference.startsWith(about.get(0).id() + ": ")) {
      return false;
    }
    ResourceId id = about.get(0).id();
    String changed = difference.substring((id + ": ").length());
    for (String field : changed.split(";", -1)) {
      Matcher matcher = NAME_OF_ANOTHER.matcher(field.strip());
      boolean renamed =
          matcher.matches()
              && outcome.plan().changes().stream()
                  .anyMatch(each -> isLeftRename(each, matcher, id.namespace(), outcome));
      if (!renamed) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether something on a device is there under the name that a rename, named as left, gave it.
   */
  private static boolean isCarried(String line, LiveState was, LiveState is, Outcome outcome) {
    for (Change change : outcome.plan().changes()) {
      Resource before = change.before();
      if (before != null
          && before.id().type() == ResourceType.DEVICE
          && before.id().namespace().equals(change.id().namespace())
          && !before.id().equals(change.id())
          && outcome.left().stream().anyMatch(left -> isOf(left, change.address()))
          && (isCarried(line, was, before.id(), is, change.id())
              || isCarried(line, is, change.id(), was, before.id()))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the difference is that something is on the one device here, on the other there. */
  private static boolean isCarried(
      String line, LiveState here, ResourceId device, LiveState there, ResourceId other) {
    return here.resources().stream()
        .filter(each -> each.id().type() != ResourceType.DEVICE && isAbout(line, each.id()))
        .anyMatch(
            each ->
                each.id().ofDevice().equals(device)
                    && !there.has(each.id())
                    && there.has(each.id().onDevice(other.device())));
  }

  /** Whether it gives a device the one name instead of the other, or was to do so, and is left. */
  private static boolean isLeftRename(
      Change change, Matcher names, String namespace, Outcome outcome) {
    Resource before = change.before();
    boolean peer = names.group().startsWith("peer"); // which may be in another namespace
    return before != null
        && (peer || change.id().namespace().equals(namespace))
        && new HashSet<>(List.of(before.id().device(), change.id().device()))
            .equals(new HashSet<>(List.of(names.group(1), names.group(2))))
        && outcome.left().stream()
            .anyMatch(left -> isOf(left, change.address()) || isOf(left, before.id().toString()));
  }

  /** Whether a line begins with this name, or with that of a part: {@code bonds.b.primary: …}. */
  private static boolean isOf(String line, String name) {
    return line.startsWith(name + ":") || line.startsWith(name + ".");
  }

  /** What is a part of its device may be named with that. */
  private static Stream<Resource> withDevice(Resource each, LiveState was, LiveState is) {
    if (!isPart(each.id())) {
      return Stream.of(each);
    }
    ResourceId device = each.id().ofDevice();
    Resource now = is.find(device);
    return Stream.of(each, now == null ? Objects.requireNonNull(was.find(device)) : now);
  }

  private static boolean isPart(ResourceId id) {
    return id.type() == ResourceType.VLANS || id.type() == ResourceType.FDB;
  }

  /** Whether it is about this, or about the same under the name that its device has before. */
  private static boolean isAbout(String difference, ResourceId id, Plan plan) {
    return isAbout(difference, id)
        || plan.changes().stream()
            .filter(each -> each.id().equals(id.ofDevice()) && !each.id().equals(id))
            .map(Change::before)
            .filter(Objects::nonNull)
            .anyMatch(before -> isAbout(difference, id.onDevice(before.id().device())));
  }

  private static boolean isAbout(String difference, ResourceId id) {
    return difference.startsWith(id + " is ") || difference.startsWith(id + ": ");
  }

  /** The steps of a plan, a line each; empty for none. */
  static String text(Plan plan) {
    StringBuilder text = new StringBuilder();
    for (Change change : plan.changes()) {
      text.append(change.action().label()).append(' ').append(change.address());
      text.append(" (").append(change.id()).append(") ").append(change.fields()).append('\n');
    }
    return text.toString();
  }

  /**
   * What somebody else made, no file names and no warning of the plan announces, and is not as it
   * was; empty for nothing.
   *
   * @param named what files name
   */
  static String foreign(LiveState was, LiveState is, Plan plan, Set<ResourceId> named) {
    for (Resource each : was.resources()) {
      ResourceId id = each.id();
      if (was.isOurs(each) || isPart(id) || named.contains(id)) {
        continue;
      }
      if (plan.warnings().stream().anyMatch(warning -> warning.contains(id.toString()))) {
        continue;
      }
      Resource now = is.find(id);
      if (now == null && !isGone(id, is)) {
        return id + " is gone";
      }
      if (now != null && !own(each, was).equals(own(now, was)) && !cameUp(each, now, was, is)) {
        return changed(each, now);
      }
    }
    return "";
  }

  /** A VLAN device comes up with its parent (vlan_device_event), and is otherwise as it was. */
  private static boolean cameUp(Resource device, Resource now, LiveState was, LiveState is) {
    ResourceId parent = ResourceId.deviceIn(device.id().namespace(), device.get("parent"));
    Resource before = was.find(parent);
    Resource after = is.find(parent);
    return device.get("kind").equals("vlan")
        && before != null
        && after != null
        && before.get("up").equals("false")
        && after.get("up").equals("true")
        && own(device, was).equals(own(now.with("up", "false"), was));
  }

  /** The loopback device of a namespace that is gone. */
  private static boolean isGone(ResourceId id, LiveState live) {
    return id.device().equals("lo") && !live.has(ResourceId.namespaceNamed(id.namespace()));
  }

  /** Without what it has of a device of plumbline's, whose name may change. */
  private static Map<String, String> own(Resource resource, LiveState live) {
    Map<String, String> fields = new HashMap<>(resource.fields());
    for (String under : List.of("master", "parent")) {
      Resource device =
          live.find(ResourceId.deviceIn(resource.id().namespace(), resource.get(under)));
      if (device == null || device.isOurs()) {
        fields.remove(under);
      }
    }
    return fields;
  }

  /**
   * What a device loses that is taken down, and what the plan puts back: a crash between the two
   * loses it, if another namespace comes in between. Nobody remembers what is not plumbline's.
   */
  static boolean goesWithItsDevice(Resource resource) {
    ResourceId id = resource.id();
    return !resource.isOurs()
        && (id.type() == ResourceType.ROUTE
            || (id.type() == ResourceType.ADDRESS && id.key().contains(":")));
  }
}
