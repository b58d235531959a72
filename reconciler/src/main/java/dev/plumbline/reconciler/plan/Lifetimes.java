// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.plan.Ownership.Setting;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.value.Durations;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The lifetimes of addresses. The kernel counts them down, so that what they were set to can not be
 * read: it is remembered, and a lifetime is as wanted while it is not longer than what is wanted
 * and was set to that.
 */
final class Lifetimes {
  /** The fields, with those that tell what is left of them. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "validLifetime", AddressText.VALID_LEFT,
          "preferredLifetime", AddressText.PREFERRED_LEFT);

  /** More than this has not run down between a plan and its undoing: it was set. Seconds. */
  private static final long UNDO_SECONDS = 60;

  private Lifetimes() {}

  static boolean isOne(String field) {
    return FIELDS.containsKey(field);
  }

  /**
   * Whether what is there amounts to what is wanted.
   *
   * @param applied what is remembered; null for nothing
   * @param back whether the wanted one is what was left of a live one a moment ago
   */
  static boolean same(
      Resource there, String field, String wanted, @Nullable Setting applied, boolean back) {
    String live = there.get(field);
    if (isUnread(there, field)) {
      boolean known = applied != null && applied.set().equals(Set.of(wanted));
      return wanted.equals("forever") ? applied == null : known;
    }
    if (live.equals(wanted)) {
      return true;
    }
    boolean running = live.equals(AddressText.RUNNING);
    if (!isFinite(wanted) || !(running || live.equals("0s"))) {
      return false;
    }
    String told = there.get(FIELDS.getOrDefault(field, ""));
    long left = told.isEmpty() ? 0 : seconds(told);
    if (left > seconds(wanted)) {
      return false;
    }
    if (back) {
      return left >= seconds(wanted) - UNDO_SECONDS;
    }
    return applied == null ? running : applied.set().equals(Set.of(wanted));
  }

  /** Of an IPv4 address that is valid for ever the kernel does not tell what else was set. */
  private static boolean isUnread(Resource there, String field) {
    return field.equals("preferredLifetime")
        && !there.id().key().contains(":")
        && there.get(field).equals("forever")
        && there.get("validLifetime").equals("forever");
  }

  private static long seconds(String duration) {
    return Durations.parse(duration).toSeconds();
  }

  private static boolean isFinite(String lifetime) {
    return !Set.of("", "forever", "0s", AddressText.RUNNING).contains(lifetime);
  }

  /** What to remember before the change is made. */
  static Map<String, Setting> before(Change change, Ownership ownership) {
    Map<String, Setting> settings = new HashMap<>();
    Resource wanted = change.after();
    for (String field : FIELDS.keySet()) {
      String value = wanted == null ? "" : wanted.get(field);
      if (isFinite(value)) {
        Setting known = ownership.find(change.id(), field);
        // Until the change is made the old one runs, whatever it was.
        Setting old = known == null ? new Setting("", "") : known;
        settings.put(
            field, change instanceof Change.Modify ? old.or(value) : new Setting("", value));
      }
    }
    return settings;
  }

  /** What is remembered once the kernel has taken all changes of the plan. */
  static Ownership taken(Plan plan, Ownership ownership) {
    SortedMap<ResourceId, SortedMap<String, Setting>> settings =
        new TreeMap<>(ownership.settings());
    for (Change change : plan.changes()) {
      Resource wanted = change.after();
      if (change.id().type() == ResourceType.ADDRESS && wanted != null) {
        settings.computeIfPresent(change.id(), (id, fields) -> new TreeMap<>(after(wanted)));
        settings.remove(change.id(), Map.of());
      }
    }
    return new Ownership(settings, ownership.unmarked());
  }

  /** What to remember of an address that is as wanted. */
  static Map<String, Setting> after(Resource wanted) {
    Map<String, Setting> settings = new HashMap<>();
    for (String field : FIELDS.keySet()) {
      if (isFinite(wanted.get(field))) {
        settings.put(field, new Setting("", wanted.get(field)));
      }
    }
    return settings;
  }
}
