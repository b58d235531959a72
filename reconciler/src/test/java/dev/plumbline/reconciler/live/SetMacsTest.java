// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetMacsTest {
  private static final String MAC = "02:00:00:00:00:01";

  @TempDir private Path sysfs;

  private void device(String name, int index, String mac, String type) throws IOException {
    Path folder = Files.createDirectory(sysfs.resolve(name));
    Files.writeString(folder.resolve("ifindex"), index + "\n");
    Files.writeString(folder.resolve("address"), mac + "\n");
    Files.writeString(folder.resolve("addr_assign_type"), type + "\n");
  }

  @Test
  void onlyWhatSysfsCallsSetAndKnowsAsTheSameDeviceCounts() throws IOException {
    device("set", 2, MAC, "3");
    device("random", 3, MAC, "1");
    device("namesake", 99, MAC, "3");
    device("other", 5, "02:00:00:00:00:09", "3");
    Set<ResourceId> found =
        SetMacs.of(
            live(Map.of("set", 2, "random", 3, "namesake", 4, "other", 5, "unknown", 6)), sysfs);
    assertEquals(Set.of(ResourceId.deviceIn("", "set")), found);
  }

  private static LiveState live(Map<String, Integer> indexes) {
    List<Resource> devices =
        indexes.keySet().stream()
            .map(name -> new Resource(ResourceId.deviceIn("", name), null, Map.of("mac", MAC)))
            .toList();
    Map<ResourceId, Integer> byId = new HashMap<>();
    indexes.forEach((name, index) -> byId.put(ResourceId.deviceIn("", name), index));
    return new LiveState("h", Capabilities.ALL, devices, byId);
  }
}
