// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

/**
 * The labels of IPv4 addresses, which the kernel changes with the name of their device
 * (inetdev_changename, net/ipv4/devinet.c).
 */
public final class Labels {
  /** IFNAMSIZ without the byte that ends it (linux/if.h). */
  private static final int LONGEST = 15;

  private Labels() {}

  /**
   * The label after the device was renamed: the first address has the name alone, each other one
   * keeps its suffix, or gets its place as one. Where that is too long, it is the name that is cut.
   *
   * @param position of the address among those of its device, from 1
   */
  public static String renamed(String label, int position, String device) {
    if (position == 1) {
      return device;
    }
    int colon = label.indexOf(':');
    String suffix = colon < 0 ? ":" + position : label.substring(colon);
    int room = Math.max(0, LONGEST - suffix.length());
    return device.substring(0, Math.min(device.length(), room)) + suffix;
  }
}
