// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.MacTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bridge, compiled. Its table is compared by identity.
 *
 * @param hasBond whether one of its ports is a bond: then gratuitous ARPs are a case of their own
 * @param logicalPorts what is flooded to, by number
 * @param domain the same for all bridges that patch ports join
 * @param flows what is looked through in place of NORMAL; null: none, NORMAL alone
 */
record Bridge(
    int number,
    String name,
    boolean forwardBpdu,
    boolean hasBond,
    List<Port> logicalPorts,
    MacTable table,
    int domain,
    @Nullable FlowTables flows) {
  Bridge withFlows(@Nullable FlowTables newFlows) {
    return new Bridge(number, name, forwardBpdu, hasBond, logicalPorts, table, domain, newFlows);
  }
}
