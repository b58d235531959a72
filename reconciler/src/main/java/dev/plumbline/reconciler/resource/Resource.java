// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A resource as it is, or as it shall be.
 *
 * @param id its identity
 * @param owner the mark of who made it: for a device or namespace the address in the file that it
 *     was made for ({@code bridges.br0}), for all else {@link #OURS}; null for what plumbline did
 *     not make
 * @param fields values by name, in the kernel's normal form; an empty value means "none". A wanted
 *     resource holds only what is named; a live one holds all that plumbline can read
 */
public record Resource(ResourceId id, @Nullable String owner, SortedMap<String, String> fields) {

  /** The owner of routes, rules and addresses, whose mark is a number with no room for a name. */
  public static final String OURS = "plumbline";

  public Resource {
    fields = Collections.unmodifiableSortedMap(new TreeMap<>(fields));
  }

  public Resource(ResourceId id, @Nullable String owner, Map<String, String> fields) {
    this(id, owner, sorted(fields));
  }

  private static SortedMap<String, String> sorted(Map<String, String> fields) {
    return fields instanceof SortedMap<String, String> already ? already : new TreeMap<>(fields);
  }

  /** The value of a field, or an empty text where it has none. */
  public String get(String field) {
    return fields.getOrDefault(field, "");
  }

  public boolean has(String field) {
    return fields.containsKey(field);
  }

  public boolean isOurs() {
    return owner != null;
  }

  public Resource with(String field, String value) {
    SortedMap<String, String> changed = new TreeMap<>(fields);
    changed.put(field, value);
    return new Resource(id, owner, changed);
  }

  public Resource with(Map<String, String> values) {
    SortedMap<String, String> changed = new TreeMap<>(fields);
    changed.putAll(values);
    return new Resource(id, owner, changed);
  }

  public Resource without(String field) {
    SortedMap<String, String> changed = new TreeMap<>(fields);
    changed.remove(field);
    return new Resource(id, owner, changed);
  }

  public Resource withId(ResourceId other) {
    return new Resource(other, owner, fields);
  }

  public Resource withOwner(@Nullable String other) {
    return new Resource(id, other, fields);
  }
}
