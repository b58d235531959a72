// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A flow of an embedded bridge, as it is written in the file. */
public sealed interface FlowEntry {
  /** In the syntax of ovs-ofctl. */
  FlowSource source();

  /** A flow that is written as ovs-ofctl has it. */
  record Text(String text) implements FlowEntry {
    @Override
    public FlowSource source() {
      return FlowSource.ofText(text);
    }
  }

  /**
   * A flow that is written as a map.
   *
   * @param table 0 to 253
   * @param priority 0 to 65535; the higher wins
   * @param cookie a number or a text
   * @param match fields and values: numbers (Long), texts, booleans
   * @param actions texts or maps of one entry
   */
  record Parts(
      @Nullable Integer table,
      @Nullable Integer priority,
      @Nullable Object cookie,
      Map<String, Object> match,
      List<Object> actions)
      implements FlowEntry {
    public Parts {
      match = Collections.unmodifiableMap(new LinkedHashMap<>(match));
      actions = List.copyOf(actions);
    }

    @Override
    public FlowSource source() {
      return FlowSource.ofParts(this);
    }
  }
}
