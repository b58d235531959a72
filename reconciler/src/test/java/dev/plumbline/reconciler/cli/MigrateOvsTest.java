// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.OpenVswitchDaemon;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host goes over from a real Open vSwitch to the embedded switch as docs/migrate-ovs.md says,
 * while guests and the host ping each other each 10 ms: no ping is lost.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class MigrateOvsTest {
  private static final String BRIDGE =
      "add-br br0 -- set bridge br0 datapath_type=netdev"
          + " -- add-port br0 vm1 tag=10 -- add-port br0 vm2 tag=10 -- add-port br0 eth1 tag=10"
          + " -- add-port br0 mgmt0 tag=10 -- set interface mgmt0 type=internal";

  @TempDir private Path directory;

  /** Two guests, and a router behind the card eth1. */
  private static void wires() {
    String unused =
        Sh.run(
            "set -e; n=10; for g in vm1 vm2 router; do n=$((n + 1)); ip netns add $g;"
                + " d=$g; test $g = router && d=eth1;"
                + " ip link add $d type veth peer name eth0 netns $g; ip link set $d up;"
                + " ip -n $g link set lo up; ip -n $g link set eth0 up;"
                + " ip -n $g addr add 10.0.0.$n/24 dev eth0;"
                // Open vSwitch in user space takes packets without their checksums.
                + " ip netns exec $g ethtool -K eth0 tx off > /dev/null; done;"
                + " ip -n router addr add 192.0.2.1/32 dev lo");
  }

  /** A bridge, and the host's address and default route on its internal port. */
  private static void built(OpenVswitchDaemon ovs) throws Exception {
    ovs.vsctl(List.of(BRIDGE.split(" ", -1)));
    String unused =
        Sh.run(
            "set -e; ip link set mgmt0 up; ip address add 10.0.0.1/24 dev mgmt0;"
                + " ip route add default via 10.0.0.13");
  }

  @Test
  void noPingIsLostWhereTheInternalPortOfBeforeIsRenamed() throws Exception {
    noPingIsLost("mgmt0", "ovs-mgmt0");
  }

  @Test
  void noPingIsLostWhereTheNewInternalPortHasAnotherName() throws Exception {
    noPingIsLost("host0", "mgmt0");
  }

  /** At the moment to go back: the kernel takes a route along with the port that it leaves by. */
  @Test
  void theHostKeepsItsDefaultRouteWhereItGoesBack() throws Exception {
    wires();
    ImportRun run = new ImportRun(directory);
    try (OpenVswitchDaemon ovs = OpenVswitchDaemon.startWithDevices(directory)) {
      built(ovs);
      String yaml = run.imported("ovs", "--db", directory.resolve("db.sock").toString());
      Path file = run.write("host.yaml", completed(yaml, "host0"));
      try (AgentProcess agent = AgentProcess.follow(file, directory)) {
        assertTrue(Sh.run("ip route show default").contains("dev host0"));
        int seen = agent.written();
        String back = "version: 1\nroutes: [{to: default, via: 10.0.0.13, dev: mgmt0}]\n";
        String unused = run.write("host.yaml", back).toString();
        agent.await(seen, "applied ");
      }
      String routes = Sh.run("ip route show default");
      assertTrue(routes.contains("dev mgmt0"), routes);
      assertFalse(Sh.run("ip -br link").contains("host0"));
      Sh.ping("", "192.0.2.1");
    }
  }

  private void noPingIsLost(String name, String old) throws Exception {
    wires();
    ImportRun run = new ImportRun(directory);
    try (OpenVswitchDaemon ovs = OpenVswitchDaemon.startWithDevices(directory)) {
      built(ovs);
      String mac = Sh.run("cat /sys/class/net/mgmt0/address").strip();
      String yaml = run.imported("ovs", "--db", directory.resolve("db.sock").toString());
      assertTrue(yaml.replace("\"", "").contains("mac: " + mac), yaml);
      try (Pings guests = Pings.start("vm1", "10.0.0.12");
          Pings guestToHost = Pings.start("vm1", "10.0.0.1");
          Pings hostToRouter = Pings.start("", "192.0.2.1");
          Pings routerToHost = Pings.start("router", "10.0.0.1")) {
        List<Pings> all = List.of(guests, guestToHost, hostToRouter, routerToHost);
        renamed(old);
        Path file = run.write("host.yaml", completed(yaml, name));
        String plan = run.run(ExitCode.DONE, "plan", file);
        assertFalse(plan.contains("Problem"), plan);
        try (AgentProcess agent = AgentProcess.follow(file, directory)) {
          lost(all, "beside Open vSwitch", agent, yaml);
          String unused = Sh.run("ip address flush dev " + old);
          lost(all, "without Open vSwitch's internal port", agent, yaml);
          ovs.vsctl(List.of("del-br", "br0"));
          lost(all, "without Open vSwitch", agent, yaml);
          unused = run.run(ExitCode.DONE, "plan", file, "--detailed-exitcode");
          String devices = Sh.run("ip -br link");
          assertFalse(devices.contains(old) || devices.contains("ovs-"), devices);
          System.err.println("Open vSwitch's mgmt0 to " + name + ": " + all);
        }
      }
    }
  }

  /** Out of the way, while it is up. */
  private static void renamed(String old) {
    String said =
        old.equals("mgmt0") ? "" : Sh.run("ip link set mgmt0 name " + old + " 2>&1 || true");
    if (!said.isEmpty()) { // Linux 6.2 is the first that does
      String reason = "no device is renamed here while it is up: " + said.strip();
      System.err.println(reason);
      Assumptions.abort(reason);
    }
  }

  private static void lost(List<Pings> all, String when, AgentProcess agent, String yaml)
      throws Exception {
    for (Pings pings : all) {
      assertEquals(0, pings.lost(), () -> when + ": " + pings + "\n" + yaml);
    }
    String said = agent.output();
    assertFalse(said.contains("failed"), said);
  }

  /** What the guide has one write into the file. */
  private static String completed(String yaml, String name) {
    StringBuilder file = new StringBuilder();
    for (String line : yaml.split("\n", -1)) {
      if (line.startsWith("  mgmt0: {bridge: br0, ")) {
        line = line.replaceFirst("mgmt0", name).replace("}}", "}, addresses: [10.0.0.1/24]}");
      }
      // The bridge's own port, which the host does not use.
      if (!line.startsWith("  br0: {bridge: br0")) {
        file.append(line).append('\n');
      }
    }
    return file + "routes: [{to: default, via: 10.0.0.13, dev: " + name + "}]\n";
  }
}
