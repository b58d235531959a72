// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A packet is followed through the switch that a file asks for. */
class TraceVerbTest {
  private final CommandRun run = new CommandRun();

  @TempDir private Path directory;

  private String file() throws IOException {
    return Files.writeString(
            directory.resolve("node.yaml"),
            """
            version: 1
            bridges:
              br-int:
                ports: {vm1: {vlan: {access: 1}}}
                flows:
                  - priority=3,in_port=p-int,dl_vlan=1000 actions=mod_vlan_vid:1,NORMAL
                  - priority=2,in_port=p-int actions=drop
                  - priority=1 actions=resubmit(,7)
                  - table=7 actions=NORMAL
              br-eth2: {ports: {eth2: {}}}
            patches: {p-int: {bridges: [br-int, br-eth2]}}
            """)
        .toString();
  }

  @Test
  void everyTableFlowAndBridgeOnItsWayIsShown() throws IOException {
    String packet = "in_port=eth2,dl_vlan=1000,dl_dst=02:00:00:00:00:01,ip,nw_dst=10.0.0.1";
    assertEquals(
        ExitCode.DONE, run.execute("trace", "br-eth2", packet, "--file", file()), run.err());
    String text = run.out();
    assertTrue(
        text.contains(
            """

            bridge br-eth2, from eth2
                    -> NORMAL in VLAN 1000: flooded

                bridge br-int, from p-int
                 0. priority=3,in_port="p-int",dl_vlan=1000
                        mod_vlan_vid:1
                        NORMAL
                            -> NORMAL in VLAN 1: flooded
                            -> sent to vm1
            """),
        text);
    assertTrue(text.contains("\nDatapath actions: pop_vlan,vm1\n"), text);
    assertTrue(text.contains("\nMegaflow: ip,in_port=eth2,dl_vlan=1000,"), text);
  }

  @Test
  void whyAPacketIsDroppedIsSaid() throws IOException {
    String packet = "in_port=eth2,dl_vlan=7,dl_dst=02:00:00:00:00:01";
    assertEquals(
        ExitCode.DONE,
        run.execute("trace", "br-eth2", packet, "--file", file(), "-o", "json"),
        run.err());
    Node tree = Node.of(JsonTree.read(run.out()));
    assertEquals("is dropped by a flow", tree.text("dropped"));
    assertEquals(
        "priority=2,in_port=\"p-int\"",
        tree.nodes("steps").stream()
            .filter(step -> step.text("kind").equals("flow"))
            .findFirst()
            .orElseThrow()
            .text("text"));
  }

  @Test
  void whatIsNoPacketIsAMistakeOfTheUsers() throws IOException {
    assertEquals(ExitCode.ERROR, run.execute("trace", "br-int", "in_port=vm9", "--file", file()));
    assertTrue(run.err().contains("column 9: no port: vm9"), run.err());
    assertEquals(ExitCode.ERROR, run.execute("trace", "br9", "in_port=vm1", "--file", file()));
    assertTrue(run.err().contains("no embedded bridge br9"), run.err());
  }
}
