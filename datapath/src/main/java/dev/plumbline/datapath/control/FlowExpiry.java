// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import java.util.List;
import java.util.Map;

/**
 * Is asked before flows end whose time is up; by the switch's thread, which it must not wait for.
 */
@FunctionalInterface
public interface FlowExpiry {
  /**
   * Flows are to end.
   *
   * @param after what the switch will be
   * @param ended those flows, by bridge
   * @return false: not now; it is asked again within a second
   */
  boolean mayEnd(SwitchConfig after, Map<String, List<FlowConfig>> ended);
}
