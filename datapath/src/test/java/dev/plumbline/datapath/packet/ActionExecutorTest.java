// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ActionType;
import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What goes wrong while actions are done, and is counted. */
class ActionExecutorTest implements ActionExecutor.Sink {
  private static final String MACS = "020000000002020000000001";

  private final List<String> events = new ArrayList<>();
  private final ActionList actions = new ActionList();

  private List<String> execute(String hex, int headroom) {
    byte[] bytes = Frames.hex(hex);
    ByteBuffer buffer = ByteBuffer.allocate(headroom + bytes.length);
    buffer.put(headroom, bytes);
    new ActionExecutor()
        .execute(
            actions, new FlowKey(), buffer, headroom, bytes.length, 0, 0, new VnetHeader(), this);
    return events;
  }

  @Override
  public void output(int port, ByteBuffer buffer, int offset, int length, VnetHeader vnet) {
    byte[] bytes = new byte[length];
    buffer.get(offset, bytes);
    events.add(port + " " + HexFormat.of().formatHex(bytes));
  }

  @Override
  public boolean meter(int bridge, long number, int frameBytes, int segments) {
    return true;
  }

  @Override
  public int bondPort(int bond, int hash) {
    return 0;
  }

  @Override
  public void upcall(int reason, ByteBuffer buffer, int offset, int length, VnetHeader vnet) {
    events.add("upcall " + reason);
  }

  @Override
  public void drop(int reason) {
    events.add("drop " + reason);
  }

  @Test
  void aTagPushedHasNoDeiBitButOneThatWasThereKeepsIt() {
    actions.output(1);
    actions.pushVlan(0x88a8, 0xf00a);
    actions.output(2);
    assertEquals(
        List.of("1 " + MACS + "8100300108000000", "2 " + MACS + "88a8e00a8100300108000000"),
        execute(MACS + "8100300108000000", 16));
  }

  @Test
  void aTagThatIsCutOffCannotBePopped() {
    actions.popVlan();
    actions.output(1);
    assertEquals(List.of("drop 13"), execute(MACS + "810000", 16));
  }

  @Test
  void withoutHeadroomNoTagIsPushed() {
    actions.pushVlan(0x8100, 1);
    actions.output(1);
    assertEquals(List.of("drop 13"), execute(MACS + "0800", 3));
  }

  @Test
  void aBondWithoutAMemberIsCountedAndTheNextOutputIsDone() {
    actions.bond(1, ActionList.BOND_HASH_L2);
    actions.output(1);
    assertEquals(List.of("drop 5", "1 " + MACS + "0800"), execute(MACS + "0800", 16));
  }

  @Test
  void aListInAListIsABadAction() {
    actions.addEncoded(ActionType.LIST.code());
    actions.output(1);
    assertEquals(List.of("drop 7"), execute(MACS + "0800", 16));
  }

  @Test
  void anEndEnds() {
    actions.upcall(1);
    actions.addEncoded(ActionType.END.code());
    actions.output(1);
    assertEquals(List.of("upcall 1"), execute(MACS + "0800", 16));
  }

  @Test
  void aListThatOverflowedDoesNothing() {
    for (int i = 0; i <= ActionList.LIMIT; i++) {
      actions.output(1);
    }
    assertEquals(List.of("drop 8"), execute(MACS + "0800", 16));
  }

  @Test
  void lessThanAnEthernetHeaderIsMalformed() {
    actions.output(1);
    assertEquals(List.of("drop 1"), execute(MACS + "08", 16));
  }
}
