// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people find in the manuals of Open vSwitch, and copy. */
class ManualExamplesTest {
  @ParameterizedTest
  @ValueSource(strings = {"ovs-actions.7", "ovs-fields.7", "ovs-ofctl.8"})
  void examplesAreReadAndPrintedBackOrRefusedByName(String manual) throws Exception {
    int read = 0;
    for (String line : lines(manual)) {
      String[] refused = line.split(" !! ", -1);
      if (refused.length == 2) {
        FlowSyntaxException why =
            assertThrows(
                FlowSyntaxException.class,
                () -> FlowText.parse(refused[0], PortNames.NUMBERS),
                line);
        assertTrue(why.getMessage().contains(refused[1]), line + ": " + why.getMessage());
        continue;
      }
      String[] printed = line.split(" => ", -1);
      Flow flow = FlowText.parse(printed[0], PortNames.NUMBERS);
      assertEquals(printed[1], flow.toString());
      assertEquals(flow, FlowText.parse(printed[1], PortNames.NUMBERS));
      read++;
    }
    assertTrue(read >= 3, "examples were read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ovs-actions.7", "ovs-fields.7"})
  void whatIsRefusedIsInTheDocumentation(String manual) throws Exception {
    String page = Files.readString(Path.of("..", "docs", "flows.md"));
    for (String line : lines(manual)) {
      String[] refused = line.split(" !! ", -1);
      assertTrue(refused.length < 2 || page.contains("`" + refused[1] + "`"), line);
    }
  }

  private static List<String> lines(String manual) throws IOException {
    try (InputStream in = ManualExamplesTest.class.getResourceAsStream(manual)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }
}
