// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.SysctlText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules, sysctls, bridge VLANs, VXLAN remotes, and the bridges and ports of the switch. */
final class Others {
  /** What a sysctl is in a new namespace, as far as nobody has said otherwise. */
  static final String SYSCTL_AT_FIRST = "0";

  private final Store store;

  Others(Store store) {
    this.store = store;
  }

  void put(Resource wanted, boolean exclusive) throws RefusedException {
    ResourceId id = wanted.id();
    store.needNamespace(id.namespace());
    boolean there = store.has(id);
    switch (id.type()) {
      case RULE ->
          RefusedException.when(there && exclusive, Errno.EEXIST, id + " is there already");
      case VLANS -> vlans(id);
      case FDB -> store.need(id.ofDevice());
      case SYSCTL -> RefusedException.when(sysctl(id) == null, Errno.ENOENT, "there is no " + id);
      default -> {
        // The switch's bridges and ports are not the kernel's.
      }
    }
    store.put(wanted);
  }

  private void vlans(ResourceId id) throws RefusedException {
    Resource device = store.need(id.ofDevice());
    Resource master = store.under(device, "master");
    Resource bridge = device.get("kind").equals("bridge") ? device : master;
    boolean none = bridge == null || !bridge.get("kind").equals("bridge");
    RefusedException.when(none, Errno.EOPNOTSUPP, id.ofDevice() + " is no port of a bridge");
  }

  void delete(ResourceId id) throws RefusedException {
    boolean silent = id.type() == ResourceType.VLANS || id.type() == ResourceType.SYSCTL;
    if (!silent) {
      store.need(id, Errno.ENOENT);
    }
    store.remove(id);
  }

  /** The value of a sysctl; null where there is none. */
  @Nullable Resource sysctl(ResourceId id) {
    Resource set = store.find(id);
    String device = SysctlText.device(id);
    boolean there =
        store.hasNamespace(id.namespace())
            && (device.isEmpty()
                || device.equals("all")
                || device.equals("default")
                || store.has(ResourceId.deviceIn(id.namespace(), device)));
    return !there
        ? null
        : set != null ? set : new Resource(id, null, Map.of("value", SYSCTL_AT_FIRST));
  }
}
