// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.config;

/**
 * A group of a bridge, as {@link FlowConfig}: in the syntax of ovs-ofctl, with ports by name, and
 * in its normal form.
 *
 * @param id what flows name it by, 0 to 0xffffff00
 * @param type {@code all}, {@code select} or {@code indirect}
 * @param buckets {@code bucket=…,bucket=…}; empty: it has none
 */
public record GroupConfig(long id, String type, String buckets) {
  /** The whole of it, as ovs-ofctl has it. */
  public String text() {
    return "group_id=" + id + ",type=" + type + (buckets.isEmpty() ? "" : "," + buckets);
  }
}
