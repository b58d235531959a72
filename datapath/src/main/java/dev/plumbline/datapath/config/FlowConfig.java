// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.config;

/**
 * A flow of a bridge, in the syntax of ovs-ofctl, with ports by name: numbers may be another port's
 * tomorrow. In its normal form, so that equal flows are equal values.
 *
 * @param table 0 to 253
 * @param priority 0 to 65535; of the flows that match, the one with the highest counts
 * @param match empty: every packet
 * @param actions {@code drop} for none
 * @param cookie a mark for those who wrote the flow
 * @param idleTimeoutSeconds without a packet after which the flow goes, 1 to 65535; 0: never
 * @param hardTimeoutSeconds after which the flow goes, 1 to 65535; 0: never
 */
public record FlowConfig(
    int table,
    int priority,
    String match,
    String actions,
    long cookie,
    int idleTimeoutSeconds,
    int hardTimeoutSeconds) {
  /**
   * What tells one flow of a bridge from another: {@code priority=3,in_port=eth1}, with the table
   * in front unless it is 0.
   */
  public String key() {
    return (table == 0 ? "" : "table=" + table + ",")
        + "priority="
        + priority
        + (match.isEmpty() ? "" : "," + match);
  }

  /** Whether it has a timeout. */
  public boolean isTemporary() {
    return idleTimeoutSeconds != 0 || hardTimeoutSeconds != 0;
  }

  /** The whole of it, as ovs-ofctl has it. */
  public String text() {
    return (cookie == 0 ? "" : "cookie=0x" + Long.toHexString(cookie) + ",")
        + (idleTimeoutSeconds == 0 ? "" : "idle_timeout=" + idleTimeoutSeconds + ",")
        + (hardTimeoutSeconds == 0 ? "" : "hard_timeout=" + hardTimeoutSeconds + ",")
        + key()
        + " actions="
        + actions;
  }
}
