// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A seed replays a failure. */
class FlowTextProperties {
  private static final PortNames NAMES =
      new PortNames() {
        @Override
        public int number(String name) {
          return name.equals("vm \"1\"") ? 1 : name.equals("eth7") ? 7 : -1;
        }

        @Override
        public String name(int number) {
          return number == 1 ? "vm \"1\"" : number == 7 ? "eth7" : null;
        }
      };

  @Property(tries = 5_000)
  void whatIsPrintedIsReadAsTheSameFlow(@ForAll long seed) throws FlowSyntaxException {
    String text = new RandomFlow(seed).text();
    Flow flow = FlowText.parse(text, PortNames.NUMBERS);
    assertEquals(flow, FlowText.parse(flow.toString(), PortNames.NUMBERS), text);
    assertEquals(flow, FlowText.parse(FlowText.print(flow, NAMES), NAMES), text);
  }

  @Property(tries = 5_000)
  void damagedTextIsRefusedAtAColumnOfItOrReadAsAFlow(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(new RandomFlow(seed).text());
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(text.length());
      text.replace(
          at,
          at + random.nextInt(3),
          ",=:(/[]\">-0x\\ ".substring(random.nextInt(13)).substring(0, 1));
    }
    try {
      Flow flow = FlowText.parse(text.toString(), NAMES);
      assertEquals(flow, FlowText.parse(FlowText.print(flow, NAMES), NAMES), text::toString);
    } catch (FlowSyntaxException e) {
      assertTrue(
          e.column() >= 1 && e.column() <= text.length() + 1, () -> text + ": " + e.getMessage());
    }
  }
}
