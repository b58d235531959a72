// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What Open vSwitch was told, as far as it was read.
 *
 * @param isWhole whether every column was there to be read: `ovs-vsctl show` shows a few
 */
record OvsTables(
    List<OvsRow> bridges,
    Map<String, OvsRow> ports,
    Map<String, OvsRow> interfaces,
    boolean isWhole) {

  static OvsTables empty(boolean isWhole) {
    return new OvsTables(new ArrayList<>(), new LinkedHashMap<>(), new LinkedHashMap<>(), isWhole);
  }

  /** The ports of a bridge, by name. */
  List<OvsRow> portsOf(OvsRow bridge) {
    return rows(bridge.list("ports"), ports);
  }

  List<OvsRow> interfacesOf(OvsRow port) {
    return rows(port.list("interfaces"), interfaces);
  }

  private static List<OvsRow> rows(List<String> ids, Map<String, OvsRow> table) {
    List<OvsRow> rows = new ArrayList<>();
    for (String id : ids) {
      OvsRow row = table.get(id);
      if (row != null) {
        rows.add(row);
      }
    }
    rows.sort((one, other) -> one.name().compareTo(other.name()));
    return rows;
  }
}
