// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.testing.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every frame of a burst counts in its flow once: those that came up before there was the flow,
 * several of which are decided together, and those that the kernel forwarded after that.
 */
@KernelTest
@RequiresEbpf
class FlowCountersTest {
  private static final int BURST = 200;
  private static final int ROUNDS = 30;

  @TempDir Path directory;
  private Switch running;

  @BeforeEach
  void open() throws Exception {
    running = Switch.open(SwitchOptions.in(directory));
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    running.configure(Guests.bridgeOf("a", PortVlan.access(7), "b", PortVlan.TRUNK_ALL));
    running.configure(Guests.bridgeOf("a", PortVlan.TRUNK_ALL, "b", PortVlan.TRUNK_ALL));
    Sh.ping("a", "10.0.0.2");
    // From here on the test alone sends: what is lost is counted for all together.
    for (String guest : List.of("a", "b")) {
      Burst.quiet(guest);
    }
    long[] seen = {-1};
    eventually(
        "what was sent before is counted",
        () -> {
          Thread.sleep(300);
          long before = seen[0];
          seen[0] = running.status().upcalls() + port("va").rxPackets() + port("vb").rxPackets();
          return seen[0] == before;
        });
  }

  @AfterEach
  void remove() throws Exception {
    running.remove();
  }

  @Test
  void whatABurstSentIsWhatItsFlowCounted() throws Exception {
    long to = Burst.mac("b");
    int index = Burst.ifindex("a");
    long upcalls = running.status().upcalls();
    try (NetNamespace a = NetNamespace.named("a")) {
      for (int round = 0; round < ROUNDS; round++) {
        long from = 0x02aa_0000_0000L + round;
        long before = lost();
        long received = port("va").rxPackets();
        int sent = a.run(() -> Burst.send(index, to, from, BURST));
        assertEquals(BURST, sent);
        long end = System.nanoTime() + 30_000_000_000L;
        long lost = 0;
        SwitchStatus.CachedFlow flow = null;
        while (System.nanoTime() < end) {
          lost = lost() - before;
          flow = flow(from);
          if ((flow == null ? 0 : flow.packets()) + lost == BURST) {
            break;
          }
          Thread.sleep(10);
        }
        SwitchStatus.CachedFlow seen = flow;
        long packets = seen == null ? 0 : seen.packets();
        assertEquals(BURST, packets + lost, () -> seen + " " + drops());
        assertEquals(packets * Burst.FRAME_BYTES, seen == null ? 0 : seen.bytes());
        assertTrue(port("va").rxPackets() - received >= BURST, "and the guest's own ARP");
      }
    }
    long came = running.status().upcalls() - upcalls;
    System.err.println(came + " of " + ROUNDS * BURST + " frames came up");
    assertTrue(came > 2 * ROUNDS, came + " frames came up: of no flow several at once");
  }

  /** A busy agent lets a port have no more than its share of new flows. */
  private long lost() throws Exception {
    SwitchStatus status = running.status();
    return status.upcallsLost() + status.drops().values().stream().mapToLong(Long::longValue).sum();
  }

  private String drops() {
    try {
      return running.status().drops().toString();
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  private SwitchStatus.CachedFlow flow(long from) throws Exception {
    String source = String.format("src=02:aa:00:00:00:%02x", from & 0xff);
    return running.flows("br0").stream()
        .filter(flow -> flow.match().contains(source))
        .findFirst()
        .orElse(null);
  }

  private SwitchStatus.Port port(String name) throws Exception {
    return running.status().ports().stream()
        .filter(port -> port.port().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
