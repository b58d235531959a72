// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.embedded.Leg;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody does by hand to the kernel's side of the embedded switch is put right soon. On a
 * throwaway host; in user-mode Linux too only what is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class EmbeddedDriftTest {
  private static final String FILE =
      """
      version: 1
      bridges: {br0: {ports: {eth1: {}}}}
      internalPorts: {mgmt0: {bridge: br0, mtu: 1400, addresses: [10.0.0.1/24]}}
      """;

  @TempDir Path directory;
  private Path file;
  private Path state;

  @BeforeEach
  void connect() throws Exception {
    file = directory.resolve("host.yaml");
    state = directory.resolve("state");
    AgentRun.write(file, FILE);
    Sh.run("ip netns add peer");
    Sh.run("ip link add eth1 type veth peer name eth0 netns peer");
    Sh.run("ip link set eth1 up");
    Sh.run("ip -n peer address add 10.0.0.9/24 dev eth0");
    Sh.run("ip -n peer link set eth0 up");
  }

  private static void pings() {
    Sh.ping("peer", "10.0.0.1");
  }

  /**
   * Waits for the line. The switch takes half a second; the next comparison of the whole host, a
   * minute at least.
   */
  private static void soon(AgentRun agent, int since, String pattern) {
    long start = System.nanoTime();
    String line = agent.await(since, pattern);
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(took < 50_000, took + " ms until: " + line);
  }

  @KernelTest
  @Test
  void aProgramTakenOffAHookIsPutBack() throws Exception {
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      pings();
      agent.settle();
      int since = agent.size();
      takeOff("eth1", "ingress");
      soon(agent, since, "drift: what the switch has on eth1 was taken off");
      pings();
      since = agent.size();
      takeOff("mgmt0", "egress");
      soon(agent, since, "drift: what the switch has on mgmt0 was taken off");
      pings();
    }
  }

  /** No event tells of the switch; but it is asked, and has no say where it is as it was. */
  @Test
  void whatHasNothingToDoWithTheSwitchIsRepairedWithoutReadingTheHost() throws Exception {
    AgentRun.write(
        file,
        FILE.replace(
            "{br0: {ports: {eth1: {}}}}",
            "{br0: {ports: {eth1: {}}}, lan: {datapath: kernel, addresses: [192.0.2.1/24]}}"));
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      pings();
      Object whole = true;
      // The first may come while the host is still looked at after the apply.
      for (int i = 0; i < 5 && whole.equals(true); i++) {
        agent.settle();
        int since = agent.size();
        int before = agent.events("drift").size();
        Sh.run("ip address del 192.0.2.1/24 dev lan");
        agent.await(since, "drift: .*192.0.2.1/24.*repaired");
        whole = agent.events("drift").get(before).properties().get("whole");
      }
      assertEquals(false, whole, () -> agent.lines("drift").toString());
      int since = agent.size();
      Sh.run("ip link set mgmt0 mtu 1300");
      agent.await(since, "drift: .*mgmt0.*repaired");
      pings();
    }
  }

  /** What the file lets be stays, and NORMAL beside it. */
  @Test
  void somebodysFlowIsReportedAndLeftWhereTheFileSaysSo() throws Exception {
    AgentRun.write(file, FILE + "drift: {objects: {bridges.br0.flows: report}}\n");
    String foreign = "priority=9,udp,in_port=eth1,nw_src=10.0.0.9 actions=drop";
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      pings();
      agent.settle();
      int since = agent.size();
      client().changeFlows("br0", List.of(foreign), List.of(), "a test", answer -> {});
      agent.await(since, "drifted: bridges.br0.flows\\[priority=9,.*only reported");
      assertEquals(List.of(foreign, "priority=0 actions=NORMAL"), decided("flow"));
      pings();
    }
  }

  /** A flow that is there for a while is let be, and what it leaves behind is not. */
  @Test
  void aFlowWithAnEndIsNoDrift() throws Exception {
    String block = "priority=9,udp,in_port=eth1,nw_src=10.0.0.9 actions=drop";
    String foreign = "priority=8,udp,in_port=eth1,nw_src=10.0.0.9 actions=drop";
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      pings();
      agent.settle();
      int since = agent.size();
      client()
          .changeFlows(
              "br0", List.of("hard_timeout=3600," + block, foreign), List.of(), "a test", a -> {});
      agent.await(since, "drift: .*flows\\[priority=8,.*repaired");
      assertEquals(
          List.of("hard_timeout=3600," + block, "priority=0 actions=NORMAL"), decided("flow"));
      pings();
      client().changeFlows("br0", List.of("hard_timeout=1," + block), List.of(), "a test", a -> {});
      agent.await(since, "the time of 1 flow of br0 is up: priority=9,");
      agent.await(since, "drift: .*flows\\[priority=0\\].*repaired");
      assertEquals(List.of(""), decided("flow"));
      pings();
    }
  }

  private List<String> decided(String key) throws IOException {
    return Node.of(client().get("flows")).nodes("decided").stream()
        .map(flow -> flow.text(key))
        .toList();
  }

  private AgentClient client() throws IOException {
    return Objects.requireNonNull(AgentClient.find(directory.resolve("run")));
  }

  /** Takes the switch's program off a device's hook. */
  private void takeOff(String device, String hook) {
    String index = Sh.run("cat /sys/class/net/" + device + "/ifindex").strip();
    Path pin = directory.resolve("run/switch/bpf/tcx-" + index + "-" + hook);
    // A pin is the last that holds a tcx link; a kernel without tcx has a filter.
    Sh.run(Files.exists(pin) ? "rm " + pin : "tc filter del dev " + device + " " + hook);
  }

  @Test
  void aLegThatIsDeletedIsMadeAgain() throws Exception {
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      pings();
      agent.settle();
      int since = agent.size();
      Sh.run("ip link delete " + Leg.of("mgmt0"));
      soon(agent, since, "drift: .*internalPorts.mgmt0");
      Sh.run("ip -n peer neighbour flush all"); // the new pair has other addresses
      pings();
      agent.settle();
      assertEquals(1, agent.lines("drift").size(), () -> agent.lines("").toString());
    }
  }

  @Test
  void mtusAndPromiscuityAreWhatTheyHaveToBe() throws Exception {
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      pings();
      agent.settle();
      int since = agent.size();
      Sh.run("ip link set " + Leg.of("mgmt0") + " mtu 1300");
      soon(agent, since, "drift: .*mtu 1300 → 1400");
      Sh.run("ip link set eth1 promisc off");
      AgentRun.eventually(
          "the card takes all frames again",
          () -> Sh.run("ip link show dev eth1").contains("PROMISC"));
      pings();
    }
  }
}
