// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.config.FlowConfig;

/** Gives flows the numbers under which packets are counted for them. */
@FunctionalInterface
public interface FlowNumbers {
  /** Nothing is counted. */
  FlowNumbers NONE = (bridge, flow) -> 0;

  /** The flow's, which it keeps as long as it is there; 0: it is not counted. */
  long number(String bridge, FlowConfig flow);
}
