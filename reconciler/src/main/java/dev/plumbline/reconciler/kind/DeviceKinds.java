// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import static dev.plumbline.reconciler.kind.DeviceField.link;

import dev.plumbline.netlink.route.Link;
import dev.plumbline.reconciler.resource.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All kinds of device that plumbline knows. */
public final class DeviceKinds {
  /**
   * The fields that every device has. Whether it is up, and who its master is, are not here: they
   * are no plain attributes.
   */
  public static final List<DeviceField> COMMON =
      List.of(
          link("mtu", Link.MTU, Text.LONG),
          link("mac", Link.ADDRESS, Text.MAC).on(DeviceField.How.INTERRUPTS),
          link("txQueueLength", Link.TXQLEN, Text.LONG));

  private static final Map<String, DeviceKind> KINDS = new HashMap<>();
  private static final Map<String, DeviceField> FIELDS = new HashMap<>();

  static {
    for (DeviceKind kind :
        List.of(
            BridgeKind.KIND,
            BondKind.KIND,
            VlanKind.KIND,
            VxlanKind.KIND,
            GeneveKind.KIND,
            GreKind.GRE,
            GreKind.GRETAP,
            GreKind.IP6GRE,
            GreKind.IP6GRETAP,
            VrfKind.KIND,
            MacvlanKind.KIND,
            DeviceKind.named("veth"),
            DeviceKind.named("dummy"),
            DeviceKind.named("tun"))) {
      KINDS.put(kind.name(), kind);
    }
    for (DeviceField field : COMMON) {
      FIELDS.put(field.name(), field);
    }
    // Port fields belong to the master's kind, but their names are the same wherever they occur.
    for (DeviceField field : BridgeKind.KIND.portFields()) {
      FIELDS.put(field.name(), field);
    }
  }

  private DeviceKinds() {}

  /** The kind of this kernel name, or null for one that plumbline does not know. */
  public static @Nullable DeviceKind of(String name) {
    return KINDS.get(name);
  }

  /** The kernel's names of all kinds that plumbline knows, in alphabetical order. */
  public static SortedSet<String> names() {
    return new TreeSet<>(KINDS.keySet());
  }

  /**
   * Text that no other device may have in common with this one, or null where any two may be
   * neighbours.
   */
  public static @Nullable String conflict(Resource device) {
    DeviceKind kind = of(device.get("kind"));
    String key = kind == null ? null : kind.conflict().apply(device);
    return key == null ? null : device.id().namespace() + " " + device.get("kind") + " " + key;
  }

  /** What is known of a field of a device of this kind, or null. */
  public static @Nullable DeviceField field(String kind, String field) {
    DeviceKind known = KINDS.get(kind);
    DeviceField own = known == null ? null : known.field(field);
    return own != null ? own : FIELDS.get(field);
  }
}
