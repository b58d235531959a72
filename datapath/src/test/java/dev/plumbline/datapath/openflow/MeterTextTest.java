// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MeterTextTest {
  @Test
  void metersAreReadAndPrintedAsOvsOfctlHasThem() throws Exception {
    String whole = "meter=1 pktps burst stats bands=type=drop rate=100 burst_size=10";
    assertEquals(whole, MeterText.parse(whole).text());
    assertEquals(
        whole, MeterText.parse("meter=0x1,PKTPS,band=type=drop,rate=100,burst_size=10").text());
    assertEquals(
        "meter=4294901760 kbps stats bands=type=drop rate=4294967295",
        MeterText.parse("meter=4294901760 kbps bands=\ntype=drop rate=4294967295").text());
    assertEquals(100_000_000L, MeterText.parse(whole).burstNanos());
  }

  @Test
  void whatCannotBeMeantIsAMistakeAtItsColumn() {
    refused("pktps bands=type=drop rate=1", "meter=", 1);
    refused("meter=1 bands=type=drop rate=1", "kbps or pktps", 1);
    refused("meter=1 kbps pktps bands=type=drop rate=1", "not both", 14);
    refused("meter=1 kbps", "bands=", 1);
    refused("meter=1 kbps bands=rate=1", "type=drop", 1);
    refused("meter=1 kbps bands=type=drop", "rate=", 1);
    refused("meter=1 kbps bands=type=drop rate=0", "at least 1", 35);
    refused("meter=0 kbps bands=type=drop rate=1", "at least 1", 7);
    refused("meter=1 kbps bands=type=dscp_remark rate=1 prec_level=2", "not dscp_remark", 25);
    refused("meter=1 kbps bands=type=drop rate=1 type=drop rate=2", "one band", 42);
    refused("meter=1 kbps bands=type=drop rate=1 bands=type=drop", "one band", 37);
    refused("meter=1 kbps burst bands=type=drop rate=1", "burst_size", 1);
    refused("meter=1 kbps bands=type=drop rate=1 prec_level=1", "no prec_level", 37);
    refused("meter=all kbps bands=type=drop rate=1", "meter", 7);
    refused("meter=1 gbps bands=type=drop rate=1", "not gbps", 9);
  }

  private static void refused(String text, String why, int column) {
    FlowSyntaxException mistake =
        assertThrows(FlowSyntaxException.class, () -> MeterText.parse(text), text);
    assertTrue(String.valueOf(mistake.getMessage()).contains(why), mistake.getMessage());
    assertEquals(column, mistake.column(), text);
  }
}
