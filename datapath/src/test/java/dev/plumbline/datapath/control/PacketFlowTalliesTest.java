// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.testing.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.plumbline.datapath.config.SwitchConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The same where each frame comes up, and the process counts itself. */
class PacketFlowTalliesTest extends FlowTalliesTest {
  @Override
  SwitchOptions options() {
    return super.options().withoutEbpf();
  }

  @Test
  void whatIsRefusedChangesNoCounter() throws Exception {
    running.configure(bridge(List.of(FIRST, REST)));
    assertThrows(
        IllegalArgumentException.class,
        () -> running.configure(bridge(List.of(FIRST, "ip actions=load:1->NXM_OF_IN_PORT[]"))));
    assertEquals(Set.of("priority=10,in_port=va", "table=1,priority=1"), counted().keySet());
    assertEquals(
        running.decided("br0").size(), running.config().bridges().get("br0").flows().size());
    send(0, 3);
    eventually("it counts on", () -> of("priority=10,in_port=va").packets() == 3);
  }

  @Test
  void aFullDiskEndsNoSwitch() throws Exception {
    String rest = "table=1,priority=1 actions=NORMAL";
    running.configure(bridge(List.of(FIRST, rest)));
    send(0, 3); // an address is learnt, whose age is another one in each file
    Path obstacle = directory.resolve("switch.state.next/in the way");
    Files.createDirectories(obstacle);
    SwitchConfig timed =
        bridge(List.of(FIRST, rest.replace(" actions", ",hard_timeout=1 actions")));
    assertThrows(IOException.class, () -> running.configure(timed));
    eventually("it says so", () -> running.status().warnings().size() == 2);
    assertEquals(Set.of("priority=10,in_port=va"), counted().keySet());
    Files.delete(obstacle);
    Files.delete(obstacle.getParent());
    eventually("all is well", () -> running.status().warnings().isEmpty());
  }
}
