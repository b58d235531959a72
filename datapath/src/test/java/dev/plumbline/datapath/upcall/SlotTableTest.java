// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class SlotTableTest {
  private final ByteBuffer bytes =
      ByteBuffer.allocateDirect(SlotTable.SLOTS * SlotTable.SLOT_BYTES)
          .order(ByteOrder.nativeOrder());
  private final SlotTable table = new SlotTable(bytes);

  @Test
  void aSlotHasTheLayoutOfTheHeader() {
    ActionList actions = new ActionList();
    actions.pushVlan(0x8100, 100);
    actions.output(9);
    FlowKey key = new FlowKey();
    key.inPort(5);
    key.ct(1, 7);
    table.write(255, key, 0x1007, 0x88a8, 3, 9, actions);
    int at = 255 * Layout.Slot.SIZE;
    assertEquals(5, bytes.getShort(at));
    assertEquals(0x1007, bytes.getShort(at + 2));
    assertEquals((short) 0x88a8, bytes.getShort(at + 4));
    assertEquals(3, bytes.getShort(at + 6));
    assertEquals(9, bytes.getInt(at + 8));
    assertEquals(7, bytes.get(at + 31));
    assertEquals(2, bytes.getInt(at + 32));
    assertEquals(actions.encoded(0), bytes.getLong(at + 40));
    assertEquals(actions.encoded(1), bytes.getLong(at + 48));
  }

  @Test
  void thereIsNoSlotBeyondTheLast() {
    ActionList none = new ActionList();
    assertThrows(
        IndexOutOfBoundsException.class, () -> table.write(256, new FlowKey(), 0, 0, 0, 0, none));
    assertThrows(IllegalArgumentException.class, () -> new SlotTable(ByteBuffer.allocate(100)));
  }
}
