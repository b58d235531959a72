// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import org.jspecify.annotations.Nullable;

/** A meter of an embedded bridge, as it is written in the file. */
public sealed interface MeterEntry {
  /** In the syntax of ovs-ofctl. */
  FlowSource source();

  /** A meter that is written as ovs-ofctl has it. */
  record Text(String text) implements MeterEntry {
    @Override
    public FlowSource source() {
      return FlowSource.ofText(text);
    }
  }

  /**
   * A meter that is written as a map.
   *
   * @param id 1 to 0xffff0000
   * @param rate a second
   * @param unit {@code kbps} or {@code pktps}
   * @param burst what may come at once
   */
  record Parts(Long id, Long rate, String unit, @Nullable Long burst) implements MeterEntry {
    @Override
    public FlowSource source() {
      return FlowSource.ofParts(this);
    }
  }
}
