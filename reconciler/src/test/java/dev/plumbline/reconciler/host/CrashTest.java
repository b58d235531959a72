// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An apply that is broken off anywhere leaves a host from which the next one converges. On a
 * throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class CrashTest {
  private static final String FIRST =
      """
      namespaces: {red: {}, blue: {}}
      veths:
        a: {peer: {device: eth0, namespace: red, addresses: [10.0.0.2/24]}}
        b: {mtu: 1400, peer: {device: eth0, namespace: blue}}
      bridges: {br: {datapath: kernel, ports: {a: {}, b: {}}, addresses: [10.0.0.1/24]}}
      interfaces: {f: {mtu: 1300}}
      routes: [{to: 10.9.0.0/16, via: 10.0.0.9}]
      rules: [{from: 10.3.0.0/16, table: 5, priority: 500}]
      """;
  private static final String SECOND =
      """
      namespaces: {blue: {}}
      veths:
        a: {peer: {device: eth1, namespace: blue, addresses: [10.0.0.3/24]}}
      bridges:
        br: {datapath: kernel, device: new, ports: {a: {}, g: {}}, addresses: [10.0.0.8/24]}
      tunnels: {vx: {type: vxlan, key: 9, remote: 10.0.0.7, bridge: br}}
      routes: [{to: 10.9.0.0/16, via: 10.0.0.6}]
      """;

  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
    Sh.run("ip link add f type veth peer name g");
    Sh.run("ip link set f mtu 1350");
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  /** Ends the apply before what follows the step of this number; false if there is no such step. */
  private boolean crashAfter(String yaml, int step) throws IOException {
    Goal goal = TestHost.goal(yaml);
    LiveState live = host.host.read(goal);
    Plan plan = host.host.plan(goal, live);
    if (step > plan.changes().size()) {
      return false;
    }
    Progress crash =
        (change, done, of) -> {
          if (done == step) {
            throw new Crash();
          }
        };
    assertThrows(Crash.class, () -> host.host.apply(goal, live, plan, crash));
    host.restart();
    return true;
  }

  /** As a kill leaves it between the two system calls that remove a name, or make one. */
  @Test
  void aNameWithoutItsNamespaceIsRemovedOrMadeWholeAndNobodyElses() throws IOException {
    String both = "namespaces: {red: {}, blue: {sysctl: {net.ipv4.ip_forward: 1}}}";
    host.applied(both);
    Sh.run("umount -l /run/netns/red /run/netns/blue && touch /run/netns/others");
    host.restart();
    String blue = "namespaces: {blue: {sysctl: {net.ipv4.ip_forward: 1}}}";
    Plan plan = host.plan(blue);
    assertEquals(List.of(), plan.problems());
    assertEquals(
        List.of(
            "+ namespaces.blue",
            "+ namespaces.blue.sysctl.net.ipv4.ip_forward",
            "- namespaces.red"),
        plan.changes().stream().map(c -> c.action().sign() + " " + c.address()).toList());
    host.applied(blue);
    assertEquals(List.of("blue", "others"), NetNamespace.list());
    Sh.run("ip netns exec blue true");
    host.applied("");
    assertEquals(List.of("others"), NetNamespace.list());
  }

  @Test
  void afterEveryStepOfMakingChangingAndRemoving() throws IOException {
    for (int step = 1; ; step++) {
      boolean making = crashAfter(FIRST, step);
      host.applied(FIRST);
      boolean changing = crashAfter(SECOND, step);
      host.applied(SECOND);
      assertTrue(Sh.run("ip link show f").contains("mtu 1350"));
      boolean removing = crashAfter("", step);
      host.applied("");
      assertEquals("g@f f@g", TestHost.devices());
      assertEquals("", Sh.run("ip netns list").strip());
      assertEquals("", Sh.run("ip route show proto 112").strip());
      assertTrue(!Sh.run("ip rule").contains("10.3.0.0"));
      if (!making && !changing && !removing) {
        return;
      }
    }
  }

  @Test
  void betweenTheNameOfANamespaceAndTheNamespace() throws IOException {
    Files.createDirectories(Path.of("/run/netns"));
    Files.createFile(Path.of("/run/netns/red"));
    host.applied("namespaces: {red: {}}");
    assertTrue(Sh.run("ip netns exec red ip link show lo").contains("LOOPBACK,UP"));
    host.applied("");
    assertEquals("", Sh.run("ip netns list").strip());
  }
}
