// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.netlink.libc.ErrnoException;

/** Is shown each flow of the fast path. */
public interface FlowVisitor {
  /** What is to become of a flow. */
  enum Verdict {
    KEEP,
    DELETE
  }

  /**
   * Called for one flow; the arguments are good during the call only.
   *
   * @param mask index of its mask; -1: the layer 2 table's
   * @param trail that its packets count for; 0: none
   * @param actions the whole of them, wherever they are kept
   * @param packets frames since it was installed, those included that came up before it was there
   * @param bytes of these frames
   * @param usedNanos CLOCK_MONOTONIC of the last one
   */
  Verdict visit(
      FlowKey key,
      int mask,
      int generation,
      int trail,
      ActionList actions,
      long packets,
      long bytes,
      long usedNanos)
      throws ErrnoException;
}
