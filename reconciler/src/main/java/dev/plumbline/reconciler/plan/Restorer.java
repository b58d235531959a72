// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Ownership.Setting;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Settings that left the file are set back to what they were.
 *
 * <p>For a device that plumbline did not make the original is the value it found. For one that it
 * made it is the value that every new device of the kind has; where that depends, the setting just
 * stays.
 */
final class Restorer {
  private Restorer() {}

  /** The goal, and with it the originals of all settings that it no longer names. */
  static Goal withOriginals(Goal goal, LiveState live, Ownership ownership) {
    if (!goal.prune() || ownership.settings().isEmpty()) {
      return goal;
    }
    Map<ResourceId, Wanted> wanted = new LinkedHashMap<>();
    goal.wanted().forEach(each -> wanted.put(each.resource().id(), each));
    ownership
        .settings()
        .forEach(
            (id, settings) -> {
              Resource device = live.find(id);
              Wanted named = wanted.get(id);
              boolean leaves = device != null && named == null && device.isOurs();
              if (device == null || leaves) {
                return;
              }
              SortedMap<String, String> originals = new TreeMap<>();
              settings.forEach(
                  (field, setting) -> {
                    boolean unnamed = named == null || !named.resource().has(field);
                    if (unnamed && stillSet(device, field, setting, live)) {
                      originals.put(field, setting.original());
                    }
                  });
              if (!originals.isEmpty()) {
                wanted.put(
                    id,
                    named == null
                        ? new Wanted(id.toString(), new Resource(id, null, originals), false)
                        : new Wanted(
                            named.address(), named.resource().with(originals), named.makes()));
              }
            });
    return new Goal(List.copyOf(wanted.values()), true, goal.remove(), goal.protect());
  }

  private static boolean stillSet(Resource device, String field, Setting setting, LiveState live) {
    if (!setting.set().contains(device.get(field))) {
      return false;
    }
    return !field.equals("master")
        || setting.original().isEmpty()
        || live.has(ResourceId.deviceIn(device.id().namespace(), setting.original()));
  }

  /** What has to be on disk before the first step is taken, so that a crash forgets nothing. */
  static Ownership remembering(Plan plan, LiveState live, Ownership ownership) {
    Map<ResourceId, Map<String, Setting>> settings = new HashMap<>();
    Set<ResourceId> unmarked = new TreeSet<>();
    for (Change change : plan.changes()) {
      if (change instanceof Change.Delete) {
        continue;
      }
      ResourceId id = change.id();
      if (id.type() == ResourceType.ADDRESS && !live.capabilities().addressProtocol()) {
        if (change instanceof Change.Create) {
          unmarked.add(id);
        }
      } else if (id.type() == ResourceType.DEVICE
          || id.type() == ResourceType.SYSCTL
          || id.type() == ResourceType.VLANS) {
        Map<String, Setting> fields = settingsOf(change, ownership);
        if (!fields.isEmpty()) {
          settings.put(id, fields);
        }
      }
    }
    return ownership.with(settings, unmarked);
  }

  private static Map<String, Setting> settingsOf(Change change, Ownership ownership) {
    Map<String, Setting> settings = new HashMap<>();
    boolean found = change instanceof Change.Modify modify && !modify.live().isOurs();
    String kind =
        change instanceof Change.Create create
            ? create.wanted().get("kind")
            : change instanceof Change.Modify modify
                ? modify.wanted().get("kind")
                : change instanceof Change.Recreate recreate ? recreate.wanted().get("kind") : "";
    for (FieldChange field : change.fields()) {
      Setting known = ownership.find(change.id(), field.name());
      if (known != null && !(change instanceof Change.Create)) {
        settings.put(field.name(), known.or(field.after()));
        continue;
      }
      String original = field.before();
      if (!found) {
        DeviceField described = DeviceKinds.field(kind, field.name());
        if (described == null || described.kernelDefault() == null) {
          continue;
        }
        original = described.kernelDefault();
      }
      settings.put(field.name(), new Setting(original, Set.of(field.after())));
    }
    return settings;
  }

  /** What the goal still names, and what is still there. */
  static Ownership forgetting(Goal goal, LiveState live, Ownership ownership) {
    Map<ResourceId, Resource> wanted = new HashMap<>();
    goal.wanted().forEach(each -> wanted.put(each.resource().id(), each.resource()));
    SortedMap<ResourceId, SortedMap<String, Setting>> settings = new TreeMap<>();
    ownership
        .settings()
        .forEach(
            (id, fields) -> {
              Resource named = wanted.get(id);
              if (named != null) {
                SortedMap<String, Setting> kept = new TreeMap<>(fields);
                kept.keySet().removeIf(field -> !named.has(field));
                kept.replaceAll(
                    (field, setting) -> new Setting(setting.original(), Set.of(named.get(field))));
                if (!kept.isEmpty()) {
                  settings.put(id, kept);
                }
              }
            });
    TreeSet<ResourceId> unmarked = new TreeSet<>(ownership.unmarked());
    unmarked.removeIf(id -> !live.has(id) || !wanted.containsKey(id));
    return new Ownership(settings, unmarked);
  }
}
