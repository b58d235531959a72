// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

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
    String key = sysctl.key();
    int slash = key.indexOf('/');
    int dot = key.indexOf('.');
    boolean slashes = slash >= 0 && (dot < 0 || slash < dot);
    List<String> parts = List.of(key.split(slashes ? "/" : "\\.", -1));
    boolean ofDevice = parts.size() == 5 && BY_DEVICE.contains(parts.get(2));
    if (!ofDevice || NO_DEVICE.contains(parts.get(3))) {
      return "";
    }
    // The other one of the two characters stands for the separator itself (procps).
    return slashes ? parts.get(3) : parts.get(3).replace('/', '.');
  }
}
