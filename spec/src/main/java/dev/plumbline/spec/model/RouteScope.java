// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** How far an address or a route reaches (rtnetlink(7)). */
public enum RouteScope implements Spelled {
  GLOBAL("global"),
  SITE("site"),
  LINK("link"),
  HOST("host"),
  NOWHERE("nowhere");

  private final String spelling;

  RouteScope(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
