// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connection tracking with guests that really speak: {@code a} may begin, {@code b} may answer. */
@KernelTest
class ConnectionTest {
  private static final String[] ONE_WAY = {
    "arp actions=NORMAL",
    "priority=9,icmp6 actions=NORMAL",
    "ip actions=ct(table=1,zone=7)",
    "table=1,ct_state=+new+trk,ip,in_port=va actions=ct(commit,zone=7),NORMAL",
    "table=1,ct_state=+est+trk actions=NORMAL",
    "table=1,ct_state=+rel+trk actions=NORMAL",
  };

  @TempDir Path directory;
  private Switch running;

  @BeforeEach
  void open() throws Exception {
    running = Switch.open(options());
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
  }

  SwitchOptions options() {
    return SwitchOptions.in(directory);
  }

  /** Whether connections go on while there is no process. */
  boolean outlivesProcesses() {
    return true;
  }

  @AfterEach
  void remove() throws Exception {
    assertNull(running.failure());
    running.remove();
  }

  private static SwitchConfig config(String... flows) throws Exception {
    SwitchConfig plain = Guests.bridgeOf("a", PortVlan.access(5), "b", PortVlan.access(5));
    return Guests.withFlows(plain, List.of(flows));
  }

  @Test
  void whoMayBeginGetsAnswersAndWhoMayNotIsNotHeard() throws Exception {
    running.configure(config(ONE_WAY));
    Sh.ping("a", "10.0.0.2");
    assertFalse(Guests.reaches("b", "10.0.0.1"));
    assertTrue(Tcp.udp("a", "b", "10.0.0.2", 5000));
    assertFalse(Tcp.udp("b", "a", "10.0.0.1", 5000));
    assertTrue(Tcp.isToldOfClosedPort("a", "10.0.0.2", 5001), "an ICMP error is related");
    assertFalse(Tcp.connects("b", "a", "10.0.0.1", 5002));
    try (Tcp tcp = Tcp.connect("a", "b", "10.0.0.2", 5003)) {
      tcp.echo();
      if (outlivesProcesses()) {
        String state = running.flows("br0").toString();
        assertTrue(state.contains("ct_state(+est+rpl+trk)"), state);
      }
      // Neither flows nor a process are needed for the state to last.
      running.close();
      if (outlivesProcesses()) {
        tcp.echo();
      }
      running = Switch.open(options());
      running.configure(config(ONE_WAY));
      tcp.echo();
    }
    assertFalse(Tcp.connects("b", "a", "10.0.0.1", 5003));
  }

  @Test
  void aMarkIsTheConnectionsAndMayBeAskedFor() throws Exception {
    running.configure(
        config(
            "arp actions=NORMAL",
            "ip actions=ct(table=1)",
            "table=1,ct_state=+new+trk,ip,in_port=va "
                + "actions=ct(commit,exec(set_field:0x5->ct_mark)),NORMAL",
            "table=1,ct_mark=0x5,ct_state=+est+trk actions=NORMAL"));
    Sh.ping("a", "10.0.0.2");
    try (Tcp tcp = Tcp.connect("a", "b", "10.0.0.2", 5003)) {
      tcp.echo();
    }
    running.configure(
        config(
            "arp actions=NORMAL",
            "ip actions=ct(table=1)",
            "table=1,ct_state=+new+trk,ip actions=ct(commit),NORMAL",
            "table=1,ct_mark=0x6,ct_state=+est+trk actions=NORMAL"));
    assertFalse(Guests.reaches("a", "10.0.0.2"), "answers have no such mark");
  }
}
