// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import dev.plumbline.spec.value.SysctlKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The key of a sysctl: {@code net.ipv4.conf.eth0.rp_filter}, or the same with slashes. */
public final class SysctlText {
  private static final Set<String> BY_DEVICE = Set.of("conf", "neigh");
  private static final Set<String> NO_DEVICE = Set.of("all", "default");

  private SysctlText() {}

  /**
   * The device whose sysctl it is, and which has to be there first; empty for one of the namespace.
   * A device with a dot in its name is written with slashes around it, as sysctl(8) has it.
   */
  public static String device(ResourceId sysctl) {
    List<String> parts = List.of(SysctlKey.dotted(sysctl.key()).split("\\.", -1));
    boolean ofDevice = parts.size() == 5 && BY_DEVICE.contains(parts.get(2));
    if (!ofDevice || NO_DEVICE.contains(parts.get(3))) {
      return "";
    }
    // A slash stands for a dot of the name (procps).
    return parts.get(3).replace('/', '.');
  }

  /** The same sysctl of a device of another name, as after a rename; only of one that has one. */
  public static ResourceId onDevice(ResourceId sysctl, String device) {
    List<String> parts = new ArrayList<>(List.of(SysctlKey.dotted(sysctl.key()).split("\\.", -1)));
    parts.set(3, device.replace('.', '/'));
    return ResourceId.sysctl(sysctl.namespace(), String.join(".", parts));
  }
}
