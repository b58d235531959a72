// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bridge: a learning switch (NORMAL).
 *
 * @param ports by name, which is the device's name for devices, and unique in the bridge
 * @param forwardBpdu whether frames to 01:80:c2:00:00:00 to 0f are forwarded as any other;
 *     otherwise they are dropped (IEEE 802.1Q-2022, table 8-1)
 */
public record BridgeConfig(
    Map<String, PortConfig> ports, MacTableConfig macTable, boolean forwardBpdu) {
  public BridgeConfig {
    ports = Collections.unmodifiableMap(new LinkedHashMap<>(ports));
  }
}
