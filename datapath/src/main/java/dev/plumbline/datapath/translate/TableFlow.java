// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.openflow.Flow;

/**
 * A flow in a table.
 *
 * @param number of {@link FlowNumbers}; the same for all that one flow of the configuration became
 */
record TableFlow(Flow flow, long number) {}
