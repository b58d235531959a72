// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Named network namespaces that nothing but their name keeps alive. */
final class Namespaces {
  private final Store store;
  private final Devices devices;
  private final DeviceDefaults defaults;

  Namespaces(Store store, Devices devices, DeviceDefaults defaults) {
    this.store = store;
    this.devices = devices;
    this.defaults = defaults;
  }

  /**
   * Makes one, with its loopback device up, which bears the namespace's mark but none of its own.
   */
  void create(String name, @Nullable String owner) throws RefusedException {
    ResourceId id = ResourceId.namespaceNamed(name);
    RefusedException.when(store.has(id), Errno.EEXIST, "the namespace " + name + " is there");
    store.put(new Resource(id, owner, Map.of()));
    ResourceId lo = ResourceId.deviceIn(name, "lo");
    store.put(new Resource(lo, null, Map.of("kind", "", "mtu", "65536")));
    defaults.fill(lo);
  }

  /**
   * Removes one. What a driver made goes with it, network cards go back to the host
   * (default_device_exit_net).
   */
  void delete(String name) throws RefusedException {
    store.need(ResourceId.namespaceNamed(name), Errno.ENOENT);
    for (Resource device : store.ofType(ResourceType.DEVICE)) {
      ResourceId id = device.id();
      if (!id.namespace().equals(name) || !store.has(id)) {
        continue;
      }
      if (device.get("kind").isEmpty() && !id.device().equals("lo")) {
        devices.move(id, free(id.device()));
      } else {
        devices.gone(id);
      }
    }
    for (ResourceType type : ResourceType.values()) {
      store.removeIf(type, each -> each.id().namespace().equals(name));
    }
    store.remove(ResourceId.namespaceNamed(name));
  }

  /** The name in the host, or {@code dev0} and so on where it is taken. */
  private ResourceId free(String name) {
    ResourceId id = ResourceId.deviceIn("", name);
    for (int i = 0; store.has(id); i++) {
      id = ResourceId.deviceIn("", "dev" + i);
    }
    return id;
  }
}
