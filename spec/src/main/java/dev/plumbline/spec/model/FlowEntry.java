// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A flow of an embedded bridge, kept as it is written until there is a switch to run it.
 *
 * @param table 0 to 254
 * @param priority 0 to 65535; the higher wins
 * @param match fields and values: numbers (Long), texts, booleans
 * @param actions texts or maps of one entry
 */
public record FlowEntry(
    @Nullable Integer table,
    @Nullable Integer priority,
    Map<String, Object> match,
    List<Object> actions) {
  public FlowEntry {
    match = Collections.unmodifiableMap(new LinkedHashMap<>(match));
    actions = List.copyOf(actions);
  }
}
