// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

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
 * @param fields values by name and in the order of the names, in the kernel's normal form; an empty
 *     value means "none". A wanted resource holds only what is named; a live one holds all that
 *     plumbline can read
 */
public record Resource(ResourceId id, @Nullable String owner, Map<String, String> fields) {

  /** The owner of routes, rules and addresses, whose mark is a number with no room for a name. */
  public static final String OURS = "plumbline";

  /**
   * The field of a live namespace whose creation or removal was broken off: the name is there, and
   * no namespace.
   */
  public static final String UNFINISHED = "unfinished";

  /**
   * The field of a live namespace that is there, but that this process may not look into; its value
   * says why, and what that takes. Nothing is known of what is in it.
   */
  public static final String UNREADABLE = "unreadable";

  public Resource {
    fields = Fields.of(fields);
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
