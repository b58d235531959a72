// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;

/**
 * Flows, groups and meters as people write them, a line each, and back: what is printed reads the
 * same.
 */
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
      thereAndBack(line, FlowText::parse);
      thereAndBack(line, GroupText::parse);
      thereAndBack(line, (text, ports) -> MeterText.parse(text));
    }
  }

  /** {@link FlowText#parse}, {@link GroupText#parse} or {@link MeterText#parse}. */
  private interface Parser {
    Object parse(String text, PortNames ports) throws FlowSyntaxException;
  }

  private static void thereAndBack(String line, Parser parser) throws FlowSyntaxException {
    Object read;
    try {
      read = parser.parse(line, PortNames.NUMBERS);
    } catch (FlowSyntaxException e) {
      check(e, line);
      return;
    }
    String printed = read.toString();
    Object again = parser.parse(printed, PortNames.NUMBERS);
    assertEquals(read, again, printed);
    assertEquals(printed, again.toString());
  }

  private static void check(FlowSyntaxException mistake, String line) {
    String message = mistake.getMessage();
    assertTrue(message != null && !message.isBlank(), "refused without a word");
    assertTrue(mistake.column() >= 1 && mistake.column() <= line.length() + 1, message);
  }
}
