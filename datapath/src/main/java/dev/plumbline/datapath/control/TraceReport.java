// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a packet is decided on.
 *
 * @param packet as it comes in, as a match
 * @param steps in their order
 * @param megaflow the packets for which the same is decided, as a match
 * @param cacheable whether the decision is kept in the kernel; if not, each such packet is asked
 *     for
 * @param actions what is done, as in {@code plumbline flows --cached}
 * @param outputs the ports that copies go out by, in the order of the actions
 * @param dropped why nothing goes out; null: something does
 * @param entry what the kernel has for the packet; null: nothing, or it was not asked
 */
public record TraceReport(
    String packet,
    List<Step> steps,
    String megaflow,
    boolean cacheable,
    String actions,
    List<String> outputs,
    @Nullable String dropped,
    @Nullable Entry entry) {
  public TraceReport {
    steps = List.copyOf(steps);
    outputs = List.copyOf(outputs);
  }

  /**
   * A megaflow in the kernel that the packet is of.
   *
   * @param match as in {@code plumbline flows --cached}
   * @param isAsDecided whether it does what was decided here
   */
  public record Entry(
      String match, String actions, long packets, long bytes, boolean isAsDecided) {}

  /** The same with what the kernel has. */
  TraceReport with(@Nullable Entry found) {
    return new TraceReport(packet, steps, megaflow, cacheable, actions, outputs, dropped, found);
  }

  /** What a step is. */
  public enum Kind {
    /** The packet comes into a bridge by a port. */
    BRIDGE,
    /** A flow table is looked in; the text is the flow found there. */
    FLOW,
    /** A flow's action. */
    ACTION,
    /** What that action, or the bridge, makes of the packet. */
    NOTE
  }

  /**
   * A step.
   *
   * @param depth inside how many others it happens, from 0
   * @param table of a FLOW; otherwise -1
   */
  public record Step(Kind kind, int depth, String bridge, int table, String text) {}
}
