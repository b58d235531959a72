// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** What the kernel does with a packet that matches a route (ip-route(8)). */
public enum RouteType implements Spelled {
  UNICAST("unicast"),
  LOCAL("local"),
  BROADCAST("broadcast"),
  ANYCAST("anycast"),
  MULTICAST("multicast"),
  BLACKHOLE("blackhole"),
  UNREACHABLE("unreachable"),
  PROHIBIT("prohibit"),
  THROW("throw");

  private final String spelling;

  RouteType(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
