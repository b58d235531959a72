// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.openflow.Action.Output;
import dev.plumbline.datapath.openflow.Action.Resubmit;
import java.util.List;
import java.util.stream.Collectors;

/** Prints actions in Open vSwitch's spelling. */
final class ActionPrinter {
  private ActionPrinter() {}

  static String print(List<Action> actions, PortNames ports) {
    return switch (actions.size()) {
      case 0 -> "drop";
      case 1 -> print(actions.get(0), ports);
      default ->
          actions.stream().map(action -> print(action, ports)).collect(Collectors.joining(","));
    };
  }

  static String print(Action action, PortNames ports) {
    if (action instanceof Output output) {
      String port = PortText.print(output.port(), ports);
      return output.port() == PortText.LOCAL ? port : "output:" + port;
    }
    if (action instanceof Resubmit resubmit) {
      String port = resubmit.port() == Action.NONE ? "" : PortText.print(resubmit.port(), ports);
      return resubmit.table() == Action.NONE
          ? "resubmit:" + port
          : "resubmit(" + port + "," + resubmit.table() + ")";
    }
    return action.toString();
  }
}
