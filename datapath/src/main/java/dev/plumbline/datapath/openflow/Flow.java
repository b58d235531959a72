// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import java.util.List;

/**
 * A flow as it is written.
 *
 * @param table 0 to {@link #LAST_TABLE}
 * @param priority 0 to 65535; of the flows that match, the one with the highest counts
 * @param cookie anything; a mark for those who wrote the flow
 * @param idleTimeoutSeconds without a packet after which the flow goes, 1 to 65535; 0: never
 * @param hardTimeoutSeconds after which the flow goes, 1 to 65535; 0: never
 * @param actions none: the packet is dropped
 */
public record Flow(
    int table,
    int priority,
    long cookie,
    int idleTimeoutSeconds,
    int hardTimeoutSeconds,
    Match match,
    List<Action> actions) {
  public static final int LAST_TABLE = 253;

  /** Of connection tracking: the last zone that flows may name. Those behind it are filters'. */
  public static final int LAST_ZONE = 0xefff;

  public static final int DEFAULT_PRIORITY = 32768;

  public Flow {
    actions = List.copyOf(actions);
  }

  /** As ovs-ofctl has it, with the numbers of ports; for people. */
  @Override
  public String toString() {
    return FlowText.print(this, PortNames.NUMBERS);
  }
}
