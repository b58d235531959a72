// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.MacTableConfig.StaticMac;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.spec.value.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A bridge without its ports as a resource; every field is always there. */
public final class BridgeText {
  private BridgeText() {}

  /** The bridge alone; its ports are resources of their own. */
  public static Resource of(String name, BridgeConfig bridge) {
    MacTableConfig table = bridge.macTable();
    return new Resource(
        ResourceId.bridge(name),
        Resource.OURS,
        Map.of(
            "macTable.aging",
            Durations.print(Duration.ofSeconds(table.agingSeconds())),
            "macTable.size",
            String.valueOf(table.size()),
            "macTable.statics",
            String.join(", ", table.statics().stream().map(BridgeText::print).sorted().toList()),
            "forwardBpdu",
            String.valueOf(bridge.forwardBpdu())));
  }

  private static String print(StaticMac entry) {
    return String.format(Locale.ROOT, "%012x %d %s", entry.mac(), entry.vlan(), entry.port());
  }

  static BridgeConfig parse(Resource bridge, Map<String, PortConfig> ports) {
    List<StaticMac> statics = new ArrayList<>();
    if (!bridge.get("macTable.statics").isEmpty()) {
      for (String entry : bridge.get("macTable.statics").split(", ", -1)) {
        String[] words = entry.split(" ", -1);
        statics.add(
            new StaticMac(Long.parseLong(words[0], 16), Integer.parseInt(words[1]), words[2]));
      }
    }
    return new BridgeConfig(
        ports,
        new MacTableConfig(
            (int) Durations.parse(bridge.get("macTable.aging")).toSeconds(),
            Integer.parseInt(bridge.get("macTable.size")),
            statics),
        Boolean.parseBoolean(bridge.get("forwardBpdu")));
  }
}
