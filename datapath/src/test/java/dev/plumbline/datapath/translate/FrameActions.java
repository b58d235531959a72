// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.flow.ActionList;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Executes actions on bytes, plainly. */
public final class FrameActions {
  /** A frame that goes out; a bond has its own number. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Output(int port, byte[] frame) {}

  private FrameActions() {}

  static List<Output> execute(ActionList actions, byte[] frame) {
    List<Output> outputs = new ArrayList<>();
    byte[] bytes = frame;
    for (int i = 0; i < actions.size(); i++) {
      switch (actions.type(i)) {
        case OUTPUT -> outputs.add(new Output(actions.port(i), bytes));
        case BOND -> outputs.add(new Output(PortNumbers.BONDS + actions.arg(i), bytes));
        case PUSH_VLAN ->
            bytes =
                ByteBuffer.allocate(bytes.length + 4)
                    .put(bytes, 0, 12)
                    .putInt(actions.arg(i))
                    .put(bytes, 12, bytes.length - 12)
                    .array();
        case POP_VLAN ->
            bytes =
                ByteBuffer.allocate(bytes.length - 4)
                    .put(bytes, 0, 12)
                    .put(bytes, 16, bytes.length - 16)
                    .array();
        case DROP -> {
          return outputs;
        }
        default -> throw new AssertionError("no action of a decision: " + actions.type(i));
      }
    }
    return outputs;
  }
}
