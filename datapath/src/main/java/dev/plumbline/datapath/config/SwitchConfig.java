// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All bridges of one switch.
 *
 * @param bridges by name
 */
public record SwitchConfig(Map<String, BridgeConfig> bridges) {
  /** A switch without bridges. */
  public static final SwitchConfig EMPTY = new SwitchConfig(Map.of());

  public SwitchConfig {
    bridges = Collections.unmodifiableMap(new LinkedHashMap<>(bridges));
  }
}
