// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.render.TopReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopReadingTest {
  private static final String BUSY = "in_port(a),eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02)";
  private static final String IDLE = "in_port(b),eth(src=02:00:00:00:00:02,dst=02:00:00:00:00:01)";
  private static final String ANEW = "in_port(c),eth(src=02:00:00:00:00:03,dst=02:00:00:00:00:01)";

  private static Map<String, Object> cached(String match, long packets) {
    return Map.of("match", match, "actions", "b", "packets", packets, "bytes", 100 * packets);
  }

  private static TopReading reading(long seconds, long packets, long anew) {
    Node ports =
        new Node(
            Map.of(
                "ports",
                List.of(
                    Map.of(
                        "port",
                        "bond0",
                        "parts",
                        List.of(
                            Map.of(
                                "part",
                                "eth1",
                                "up",
                                true,
                                "rxPackets",
                                packets,
                                "rxBytes",
                                60 * packets))))));
    Node flows =
        new Node(
            Map.of(
                "decided",
                List.of(Map.of("actions", "NORMAL", "packets", packets, "bytes", packets)),
                "cached",
                List.of(cached(IDLE, 5), cached(BUSY, packets), cached(ANEW, anew))));
    Node addresses =
        new Node(
            Map.of(
                "addresses", List.of(Map.of("mac", "02:00:00:00:00:01", "port", "a", "vlan", 7))));
    return new TopReading(
        "br0",
        seconds * 1_000_000_000,
        new Node(Map.of("upcalls", packets, "decided", packets)),
        ports,
        flows,
        addresses);
  }

  @Test
  void whatIsBusyComesFirstAndWhatDoesNothingIsLeftOut() {
    // One megaflow has gone in between and is there again: its counters began anew.
    Map<String, Object> rates = reading(14, 50_000, 40).since(reading(10, 10_000, 90), 10);
    assertEquals(
        """
        br0: 3 megaflows, 1 addresses; a second: 10.0k upcalls, 10.0k decided, 0 lost

         rx pkt/s  rx bit/s  tx pkt/s  tx bit/s  port
            10.0k     4.80M         0         0  bond0/eth1

            pkt/s     bit/s  flow
            10.0k     80.0k  actions=NORMAL

            pkt/s     bit/s  megaflow
            10.0k     8.00M  in_port(a),eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) actions=b
               10     8.00k  in_port(c),eth(src=02:00:00:00:00:03,dst=02:00:00:00:00:01) actions=b

            pkt/s     bit/s  sender
            10.0k     8.00M  02:00:00:00:00:01 at a, VLAN 7
               10     8.00k  02:00:00:00:00:03
        """,
        TopReport.text(new Node(rates)));
    assertEquals(
        1,
        new Node(reading(14, 50_000, 40).since(reading(10, 10_000, 90), 1)).nodes("cached").size());
  }
}
