// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowGroup;
import org.jspecify.annotations.Nullable;

/** Is told of each step of a decision, as it is made. Ports and bridges by their numbers. */
public interface DecisionListener {
  /** The packet comes into a bridge; what follows happens there, until {@link #leaves}. */
  default void enters(int bridge, int port) {}

  /** What happened in the bridge that was entered last is all told. */
  default void leaves() {}

  /**
   * A table was looked in; what its flow does follows, until {@link #done}.
   *
   * @param flow null: the packet has none there
   */
  default void looksUp(int bridge, int table, @Nullable Flow flow) {}

  /**
   * A bucket of a group begins; what it does follows, until {@link #done}.
   *
   * @param index its place among the group's, from 0
   */
  default void bucket(FlowGroup group, int index) {}

  /** What the flow found last does, or the bucket, is all told. */
  default void done() {}

  /**
   * Connection tracking was asked; what is done with the packet by what it said follows, until
   * {@link #done}.
   *
   * @param answer a {@link dev.plumbline.datapath.flow.CtAnswer}
   */
  default void tracked(long answer) {}

  /**
   * A port's filter was asked.
   *
   * @param isIn whether the packet goes to the machine behind the port
   * @param rule that let it through; null: none did
   */
  default void filters(int port, boolean isIn, @Nullable String rule) {}

  /** An action of a flow begins. */
  default void does(Action action) {}

  /**
   * NORMAL takes the packet into a VLAN and learns where it came from.
   *
   * @param known where its destination is; 0: nobody knows, or it is a group's
   */
  default void forwards(int vlan, int port, int known) {}

  /** Something kept the packet from going on, or from going one way. */
  default void reason(DropReason reason) {}

  /** A copy goes out. */
  default void sends(int port, long tags) {}
}
