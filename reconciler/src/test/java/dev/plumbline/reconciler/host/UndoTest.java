// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Outcome.Result;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A step that fails leaves the host as it was, and says what the kernel said. */
@KernelTest
class UndoTest {
  /**
   * The kernel refuses a preferred source that is no address of the host; the file can not know.
   */
  private static final String REFUSED =
      "routes: [{to: 10.9.0.0/16, via: 10.0.0.2, source: 10.77.0.1}]\n";

  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  /**
   * What can be compared before and after: without indexes, which a device made anew has new, and
   * without their order, which before Linux 6.6 is that of a hash table.
   */
  private static String everything() {
    String all =
        Sh.run("ip -o -d link") + Sh.run("ip -o addr") + Sh.run("ip route") + Sh.run("ip rule");
    return all.replaceAll("(?m)^[0-9]+: ", "")
        .replaceAll(
            "state \\S+|NO-CARRIER,|,LOWER_UP|,M-DOWN|tentative|linkdown|@\\S+|valid_lft.*", "")
        .replaceAll("\\w+_timer +\\S+|(?m)^\\w+ +inet6 fe80.*\\R", "")
        .replaceAll(" +", " ")
        .lines()
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  private Outcome refused(String yaml, String before) throws IOException {
    Outcome outcome = host.apply(yaml);
    assertEquals(Result.UNDONE, outcome.result(), outcome.left().toString());
    assertEquals(List.of(), outcome.left());
    assertEquals(before, everything());
    assertNotNull(outcome.failure());
    return outcome;
  }

  @Test
  void whatWasMadeIsRemovedAgain() throws IOException {
    String before = everything();
    Outcome outcome =
        refused(
            """
            namespaces: {red: {}}
            veths: {v: {peer: {device: w, namespace: red}}}
            bridges: {br: {datapath: kernel, ports: {v: {}}, addresses: [10.0.0.1/24]}}
            rules: [{from: 10.3.0.0/16, table: 5, priority: 500}]
            """
                + REFUSED,
            before);
    assertEquals("", Sh.run("ip netns list").strip());
    assertNotNull(outcome.failure());
    assertTrue(outcome.failure().address().startsWith("routes[10.9.0.0/16"), outcome.toString());
    assertTrue(outcome.failure().message().contains("EINVAL"), outcome.toString());
  }

  @Test
  void whatWasChangedIsChangedBack() throws IOException {
    Sh.run("ip link add fbr type bridge");
    Sh.run("ip link add fv type veth peer name fw");
    Sh.run("ip link set fv master fbr mtu 1400 up");
    Sh.run("ip link set fw up");
    Sh.run("ip addr add 10.50.0.1/24 dev fw");
    String ours =
        """
        bridges:
          br: {datapath: kernel, device: %s, macTable: {aging: %s}, addresses: [10.0.0.1/24, %s]}
        interfaces: {fv: {mtu: %d}}
        """;
    host.applied(ours.formatted("one", "60s", "10.1.0.1/24", 1300));
    String before = everything();
    refused(
        ours.formatted("two", "70s", "10.2.0.1/24", 1200)
            + "veths: {n: {peer: {device: m}}}\n"
            + REFUSED,
        before);
    host.applied(ours.formatted("one", "60s", "10.1.0.1/24", 1300));
  }

  @Test
  void whatWasDeletedIsMadeAgain() throws IOException {
    host.applied(
        """
        veths: {v: {peer: {device: x}}}
        bridges: {a: {datapath: kernel, ports: {v: {pathCost: 9}}, addresses: [10.1.0.1/24]}}
        routes: [{to: 10.8.0.0/16, via: 10.1.0.2}]
        """);
    String before = everything();
    // The bridge takes the name of the veth's peer, so the veth has to go first.
    refused(
        """
        bridges:
          b: {datapath: kernel, device: x, addresses: [10.0.0.1/24]}
        """
            + REFUSED,
        before);
  }

  @Test
  @RequiresKind({"vlan", "bond", "dummy"})
  void aStackOfDevicesComesBackAsItWas() throws IOException {
    String file =
        """
        dummies: {d0: {}, d1: {}}
        bonds: {bond0: {members: [d0, d1], mode: active-backup, miimon: 100ms, primary: d1}}
        vlans: {v7: {parent: bond0, id: %d, addresses: [10.0.0.1/24]}}
        """;
    host.applied(file.formatted(7));
    String before = everything();
    refused(file.formatted(8) + REFUSED, before);
  }

  @Test
  void aSysctlThatTheKernelRefusesIsNamed() throws IOException {
    Outcome outcome =
        host.apply("namespaces: {red: {sysctl: {net.ipv4.ip_local_port_range: nonsense}}}");
    assertEquals(Result.UNDONE, outcome.result());
    assertNotNull(outcome.failure());
    assertTrue(
        outcome.failure().message().contains("net.ipv4.ip_local_port_range"), outcome.toString());
    assertEquals("", Sh.run("ip netns list").strip());
  }
}
