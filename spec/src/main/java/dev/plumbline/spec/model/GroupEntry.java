// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group of an embedded bridge, as it is written in the file. */
public sealed interface GroupEntry {
  /** In the syntax of ovs-ofctl. */
  FlowSource source();

  /** A group that is written as ovs-ofctl has it. */
  record Text(String text) implements GroupEntry {
    @Override
    public FlowSource source() {
      return FlowSource.ofText(text);
    }
  }

  /**
   * A group that is written as a map.
   *
   * @param id 0 to 0xffffff00
   * @param type {@code all}, {@code select} or {@code indirect}
   */
  record Parts(Long id, String type, List<Bucket> buckets) implements GroupEntry {
    public Parts {
      buckets = List.copyOf(buckets);
    }

    @Override
    public FlowSource source() {
      return FlowSource.ofParts(this);
    }
  }

  /**
   * A bucket.
   *
   * @param weight 0 to 65535
   * @param actions texts or maps of one entry, as those of {@link FlowEntry.Parts}
   */
  record Bucket(@Nullable Integer weight, List<Object> actions) {
    public Bucket {
      actions = List.copyOf(actions);
    }
  }
}
