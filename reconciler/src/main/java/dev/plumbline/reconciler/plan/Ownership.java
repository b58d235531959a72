// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.ResourceId;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What plumbline remembers beside the marks in the kernel.
 *
 * @param settings the fields it set on devices, sysctls and bridge ports, and the lifetimes of
 *     addresses that run down, by identity and field
 * @param unmarked what it made that the kernel gives no room to mark: addresses on kernels without
 *     IFA_PROTO
 */
public record Ownership(
    SortedMap<ResourceId, SortedMap<String, Setting>> settings, SortedSet<ResourceId> unmarked) {

  /** Nothing remembered: a host that plumbline has not been on, or one that lost its state. */
  public static final Ownership NONE = new Ownership(new TreeMap<>(), new TreeSet<>());

  /**
   * One field that plumbline set.
   *
   * @param original the value to restore when the file no longer names the field
   * @param set the value it was set to, and until an apply has ended well the values before too;
   *     where the live value is none of them, somebody else has taken the field over and it is left
   *     alone
   */
  public record Setting(String original, Set<String> set) {
    public Setting {
      set = Collections.unmodifiableSortedSet(new TreeSet<>(set));
    }

    public Setting(String original, String set) {
      this(original, Set.of(set));
    }

    /** The same with one more value that it may have been set to. */
    Setting or(String value) {
      return or(new Setting(original, value));
    }

    /** The same with the values that another one may have been set to. */
    Setting or(Setting other) {
      Set<String> more = new TreeSet<>(set);
      more.addAll(other.set);
      return new Setting(original, more);
    }
  }

  public Ownership {
    SortedMap<ResourceId, SortedMap<String, Setting>> copy = new TreeMap<>();
    settings.forEach(
        (id, fields) -> copy.put(id, Collections.unmodifiableSortedMap(new TreeMap<>(fields))));
    settings = Collections.unmodifiableSortedMap(copy);
    unmarked = Collections.unmodifiableSortedSet(new TreeSet<>(unmarked));
  }

  public @Nullable Setting find(ResourceId id, String field) {
    Map<String, Setting> fields = settings.get(id);
    return fields == null ? null : fields.get(field);
  }

  public boolean made(ResourceId id) {
    return unmarked.contains(id);
  }

  /** What is remembered once these fields and resources are set as well. */
  Ownership with(
      Map<ResourceId, ? extends Map<String, Setting>> moreSettings, Set<ResourceId> moreUnmarked) {
    SortedMap<ResourceId, SortedMap<String, Setting>> merged = new TreeMap<>();
    settings.forEach((id, fields) -> merged.put(id, new TreeMap<>(fields)));
    moreSettings.forEach(
        (id, fields) -> merged.computeIfAbsent(id, key -> new TreeMap<>()).putAll(fields));
    SortedSet<ResourceId> made = new TreeSet<>(unmarked);
    made.addAll(moreUnmarked);
    return new Ownership(merged, made);
  }
}
