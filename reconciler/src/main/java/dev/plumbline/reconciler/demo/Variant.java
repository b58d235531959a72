// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.demo;

import java.util.List;
import java.util.Set;

/**
 * What differs between kernels: whether the bridge can keep tenants apart by VLANs, or each tenant
 * needs a bridge.
 *
 * @param example the directory below {@code examples/}
 * @param apart how tenants are kept apart, in words
 * @param bridge the bridge that {@code vm-web} is a port of
 * @param tunnel the tunnel of that bridge
 * @param ports all ports of that bridge, after the change
 * @param before the lines that the change replaces
 * @param after what it replaces them with
 */
record Variant(
    String example,
    String apart,
    String bridge,
    String tunnel,
    Set<String> ports,
    List<String> before,
    List<String> after) {

  static final Variant VLANS =
      new Variant(
          "demo",
          "VLANs 10 and 20",
          "br0",
          "vx0",
          Set.of("vm-web", "vm-app", "vm-db", "vx0"),
          List.of("      vm-app: {vlan: {access: 10}}"),
          List.of("      vm-app: {vlan: {access: 20}}"));

  static final Variant BRIDGES =
      new Variant(
          "demo-without-vlans",
          "bridges br10 and br20",
          "br10",
          "vx10",
          Set.of("vm-web", "vx10"),
          List.of(
              "  br10: {ports: {vm-web: {}, vm-app: {}}}", //
              "  br20: {ports: {vm-db: {}}}"),
          List.of(
              "  br10: {ports: {vm-web: {}}}", //
              "  br20: {ports: {vm-db: {}, vm-app: {}}}"));
}
