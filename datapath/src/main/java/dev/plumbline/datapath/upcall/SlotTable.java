// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Writes the slots that injected frames find their actions in: an array of struct slot of {@code
 * src/main/bpf/flow.h}, in host byte order.
 *
 * <pre>
 *   0         2       4       6        8        12      16      32          36          40            616
 *   +---------+-------+-------+--------+--------+-------+-------+-----------+-----------+--- 72 × 8 --+
 *   | in port | TCI   | TPID  | bridge | trail  |       | ct    | actions   | prepares  | actions     |
 *   +---------+-------+-------+--------+--------+-------+-------+-----------+-----------+-------------+
 * </pre>
 */
public final class SlotTable {
  public static final int SLOTS = Layout.SLOTS;
  static final int SLOT_BYTES = Layout.Slot.SIZE;

  private static final int COUNT = Layout.Slot.LIST;
  private static final int ACTIONS = Layout.Slot.LIST + 8; // behind struct action_list's count

  private final ByteBuffer slots;

  /**
   * A table.
   *
   * @param slots the map's memory, in native byte order
   */
  public SlotTable(ByteBuffer slots) {
    if (slots.capacity() < SLOTS * SLOT_BYTES) {
      throw new IllegalArgumentException(slots.capacity() + " bytes for the slots");
    }
    this.slots = slots;
  }

  /**
   * Says what is to be done with the frame that names this slot.
   *
   * @param slot 0 to 255
   * @param key of the frame: the port that it came in by, and what connection tracking said
   * @param vlanTci the tag that it has before the actions, with {@code FlowKey.VLAN_PRESENT}; 0:
   *     none
   * @param bridge in which it counts as a packet of the flow that it has there; 0: it does not
   * @param trail that it counts for; 0: none
   */
  public void write(
      int slot, FlowKey key, int vlanTci, int vlanTpid, int bridge, int trail, ActionList actions) {
    if (actions.overflowed()) {
      throw new IllegalArgumentException("more actions than fit");
    }
    int at = Objects.checkIndex(slot, SLOTS) * SLOT_BYTES;
    slots.putShort(at + Layout.Slot.IN_PORT, (short) key.inPort());
    slots.putShort(at + Layout.Slot.VLAN_TCI, (short) vlanTci);
    slots.putShort(at + Layout.Slot.VLAN_TPID, (short) vlanTpid);
    slots.putShort(at + Layout.Slot.BRIDGE, (short) bridge);
    slots.putInt(at + Layout.Slot.TRAIL, trail);
    // Both are in network byte order.
    for (int i = 0; i < 2 * Long.BYTES; i++) {
      slots.put(at + Layout.Slot.CT + i, key.bytes()[FlowField.CT.offset() + i]);
    }
    slots.putInt(at + COUNT, actions.size());
    slots.putInt(at + COUNT + Layout.ActionList.PREPARES, actions.prepares());
    for (int i = 0; i < actions.size(); i++) {
      slots.putLong(at + ACTIONS + i * Long.BYTES, actions.encoded(i));
    }
  }
}
