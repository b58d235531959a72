// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** br0 has the ports a, b, c and a patch, x, to br1, where it is y beside d; all of them are up. */
final class TwoBridges {
  private TwoBridges() {}

  /**
   * The switch.
   *
   * @param more ports of br0, whose numbers are between those of c and x
   */
  static SwitchState with(Map<String, PortConfig> more) {
    Map<String, PortConfig> first = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c")) {
      first.put(name, new DevicePort(name, PortVlan.TRUNK_ALL));
    }
    first.putAll(more);
    first.put("x", new PatchPort("br1", "y", PortVlan.TRUNK_ALL));
    Map<String, PortConfig> second = new LinkedHashMap<>();
    second.put("d", new DevicePort("d", PortVlan.TRUNK_ALL));
    second.put("y", new PatchPort("br0", "x", PortVlan.TRUNK_ALL));
    Map<String, BridgeConfig> bridges = new LinkedHashMap<>();
    bridges.put("br0", new BridgeConfig(first, MacTableConfig.DEFAULT, false));
    bridges.put("br1", new BridgeConfig(second, MacTableConfig.DEFAULT, false));
    SwitchConfig config = new SwitchConfig(bridges);
    Map<String, MacTable> tables =
        Map.of("br0", new MacTable(100, 300, 1), "br1", new MacTable(100, 300, 1));
    PortNumbers numbers = SwitchState.EMPTY.numbers().assign(config);
    SwitchState state = SwitchState.EMPTY.reconfigured(config, numbers, tables);
    for (int number : numbers.ports().values()) {
      state = state.withUp(number, true);
    }
    return state;
  }
}
