// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;

/** Flows and groups as people write them, a line each, and back: what is printed reads the same. */
public final class FlowTextFuzz {
  /** The longest line that the API takes. */
  private static final int BYTES = 1 << 16;

  private FlowTextFuzz() {}

  /** Some lines. */
  public static void fuzzerTestOneInput(byte[] input) throws FlowSyntaxException {
    if (input.length > BYTES) {
      return;
    }
    for (String line : new String(input, StandardCharsets.UTF_8).split("\n", -1)) {
      flow(line);
      group(line);
    }
  }

  private static void flow(String line) throws FlowSyntaxException {
    Flow flow;
    try {
      flow = FlowText.parse(line, PortNames.NUMBERS);
    } catch (FlowSyntaxException e) {
      check(e, line);
      return;
    }
    String printed = flow.toString();
    assertEquals(flow, FlowText.parse(printed, PortNames.NUMBERS), printed);
    assertEquals(printed, FlowText.parse(printed, PortNames.NUMBERS).toString());
  }

  private static void group(String line) throws FlowSyntaxException {
    FlowGroup group;
    try {
      group = GroupText.parse(line, PortNames.NUMBERS);
    } catch (FlowSyntaxException e) {
      check(e, line);
      return;
    }
    String printed = group.toString();
    assertEquals(group, GroupText.parse(printed, PortNames.NUMBERS), printed);
  }

  private static void check(FlowSyntaxException mistake, String line) {
    String message = mistake.getMessage();
    assertTrue(message != null && !message.isBlank(), "refused without a word");
    assertTrue(mistake.column() >= 1 && mistake.column() <= line.length() + 1, message);
  }
}
