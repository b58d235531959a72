// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.SysctlText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sysctls, bridge VLANs, VXLAN remotes, and the bridges and ports of the switch. */
final class Others {
  /** What a sysctl is in a new namespace, as far as nobody has said otherwise. */
  static final String SYSCTL_AT_FIRST = "0";

  /** What the key of a VXLAN device's entry for all that has no other one starts with. */
  static final String ANY_MAC = "00:00:00:00:00:00 ";

  private static final int EAFNOSUPPORT = 97;

  private final Store store;

  Others(Store store) {
    this.store = store;
  }

  void put(Resource wanted) throws RefusedException {
    ResourceId id = wanted.id();
    store.needNamespace(id.namespace());
    switch (id.type()) {
      case VLANS -> vlans(id);
      case FDB -> {
        Resource device = store.need(id.ofDevice());
        boolean ethernet = !id.device().equals("lo");
        RefusedException.when(!ethernet, Errno.EINVAL, id.ofDevice() + " is no Ethernet device");
        boolean bridge = device.get("kind").equals("bridge");
        RefusedException.when(bridge, Errno.EINVAL, "a bridge's own addresses are its ports'");
        if (!device.get("kind").equals("vxlan")) {
          return; // a filter of the device's own, without a remote
        }
        String remote = id.key().substring(ANY_MAC.length());
        boolean other = DeviceRules.isIpv6(device) != remote.contains(":");
        RefusedException.when(other, EAFNOSUPPORT, id.ofDevice() + " is of the other family");
        if (device.get("remote").equals(remote)) {
          return; // as it is already
        }
      }
      case SYSCTL -> RefusedException.when(sysctl(id) == null, Errno.ENOENT, "there is no " + id);
      default -> {
        // The switch's bridges and ports are not the kernel's.
      }
    }
    store.put(id.type() == ResourceType.PORT ? known(wanted) : wanted);
  }

  /** A port of the switch without what only ports of another type have. */
  private static Resource known(Resource port) {
    return PortText.of(
        PortText.bridge(port.id()),
        PortText.name(port.id()),
        PortText.parse(port),
        PortText.filter(port));
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

  /** Below a size a device has no settings of IPv4 (inetdev_event, net/ipv4/devinet.c). */
  private static boolean hasIpv4(@Nullable Resource device) {
    String mtu = device == null ? "0" : device.get("mtu");
    return mtu.isEmpty() || Integer.parseInt(mtu) >= DeviceRules.MIN_MTU;
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
                || hasIpv4(store.find(ResourceId.deviceIn(id.namespace(), device))));
    return !there
        ? null
        : set != null ? set : new Resource(id, null, Map.of("value", SYSCTL_AT_FIRST));
  }
}
