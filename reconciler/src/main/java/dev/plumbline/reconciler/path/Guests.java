// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

/** Devices that a guest is behind, as far as can be seen from this side. */
public final class Guests {
  private Guests() {}

  /** Whether it is a tap, or has the name that libvirt, OpenStack or LXC give one. */
  public static boolean isOne(String kind, String name) {
    return kind.equals("tun") || name.matches("(vnet|tap|qvo|veth|lxc)[0-9a-zA-Z_-]*");
  }
}
