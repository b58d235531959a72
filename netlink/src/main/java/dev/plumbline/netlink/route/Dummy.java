// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

/**
 * A device that drops what it is sent and holds addresses: kind "dummy", without data. Source:
 * drivers/net/dummy.c.
 */
public final class Dummy {
  /** The kernel's name of this kind. */
  public static final String KIND = "dummy";

  private Dummy() {}

  /** A dummy to be created. */
  public static LinkBuilder named(String name) {
    return Link.named(name).kind(KIND);
  }
}
