// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Devices of the host's own namespace whose MAC address somebody set, as {@code addr_assign_type}
 * of sysfs says (Documentation/ABI/testing/sysfs-class-net); netlink does not tell. A sysfs shows
 * the network namespace that it was mounted in, so a device counts only if its index and address
 * are the same there.
 */
public final class SetMacs {
  /** Where the kernel shows the devices. */
  public static final Path SYSFS = Path.of("/sys/class/net");

  /** NET_ADDR_SET (linux/netdevice.h). */
  private static final String SET = "3";

  private SetMacs() {}

  /** The devices; empty where sysfs says nothing. */
  public static Set<ResourceId> of(LiveState live, Path sysfs) {
    Set<ResourceId> found = new HashSet<>();
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      ResourceId id = device.id();
      Path folder = sysfs.resolve(id.device());
      if (id.namespace().isEmpty()
          && read(folder, "addr_assign_type").equals(SET)
          && read(folder, "ifindex").equals(String.valueOf(live.indexes().get(id)))
          && read(folder, "address").toLowerCase(Locale.ROOT).equals(device.get("mac"))) {
        found.add(id);
      }
    }
    return found;
  }

  private static String read(Path folder, String file) {
    try {
      return Files.readString(folder.resolve(file)).strip();
    } catch (IOException e) {
      return ""; // another namespace's sysfs, or none: then nothing is known
    }
  }
}
