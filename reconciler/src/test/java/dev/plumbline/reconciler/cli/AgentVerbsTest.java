// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.agent.Agent;
import dev.plumbline.reconciler.agent.AgentLog;
import dev.plumbline.reconciler.agent.AgentOptions;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The verbs that ask a running agent, or let it apply. On a throwaway host, but not in user-mode
 * Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class AgentVerbsTest {
  private static final String FILE =
      """
      version: 1
      namespaces: {web: {}}
      bridges: {br0: {ports: {eth1: {vlan: {trunk: [10, 20-22]}}}}}
      internalPorts:
        mgmt0: {bridge: br0, addresses: [10.0.0.1/24]}
        web0: {bridge: br0, namespace: web, device: eth0, addresses: [10.0.0.2/24]}
      """;

  @TempDir Path directory;
  private String file;
  private String run;
  private String state;
  private Agent agent;
  private Thread thread;

  @BeforeEach
  void start() throws Exception {
    file = directory.resolve("host.yaml").toString();
    run = directory.resolve("run").toString();
    state = directory.resolve("state").toString();
    Files.writeString(Path.of(file), FILE);
    CompletableFuture<Agent> opened = new CompletableFuture<>();
    CountDownLatch applied = new CountDownLatch(1);
    AgentLog log =
        new AgentLog(
            line -> {
              if (line.contains("applied ")) {
                applied.countDown();
              }
            },
            false);
    AgentOptions options =
        new AgentOptions(
            new AgentOptions.File(Path.of(file)),
            "alpha",
            Duration.ofSeconds(30),
            Path.of(state),
            Path.of(run));
    thread =
        new Thread(
            () -> {
              try (Agent one = Agent.open(options, log)) {
                opened.complete(one);
                one.run();
              } catch (IOException | RuntimeException e) {
                opened.completeExceptionally(e);
              }
            },
            "agent-under-test");
    thread.start();
    agent = opened.get(60, TimeUnit.SECONDS);
    assertTrue(applied.await(60, TimeUnit.SECONDS), "the agent applies its file");
    // It is said a moment before it is known by who asks how the host stands.
    long end = System.nanoTime() + 60_000_000_000L;
    while (!status().text("state").equals("in-sync") && System.nanoTime() < end) {
      Thread.sleep(5);
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    agent.stop();
    thread.join();
  }

  private String done(String... arguments) {
    CommandRun command = new CommandRun();
    assertEquals(ExitCode.DONE, command.execute(arguments), command.err());
    return command.out();
  }

  @Test
  @RequiresEbpf
  void aPacketIsTracedAndSomebodysFlowIsTakenOut() throws Exception {
    Sh.ping("", "10.0.0.2");
    String mgmt = Sh.run("cat /sys/class/net/mgmt0/address").strip();
    String web = Sh.run("ip netns exec web cat /sys/class/net/eth0/address").strip();
    String packet = "in_port=mgmt0,ip,dl_src=" + mgmt + ",dl_dst=" + web;
    String traced = done("trace", "br0", packet, "--live", "--run", run);
    assertTrue(traced.contains("bridge br0, from mgmt0\n"), traced);
    assertTrue(traced.contains("its destination is at web0\n"), traced);
    assertTrue(traced.contains("\nDatapath actions: web0\n"), traced);
    assertTrue(traced.contains("\nIn the kernel: in_port(mgmt0)"), traced);
    assertTrue(traced.endsWith(", actions:web0\nas decided\n"), traced);

    String foreign = "priority=9,in_port=web0 actions=drop";
    assertEquals("1 added, 0 deleted\n", done("flows", "br0", "--add", foreign, "--run", run));
    long end = System.nanoTime() + 60_000_000_000L;
    while (done("flows", "br0", "--run", run).contains("priority=9")) {
      assertTrue(System.nanoTime() < end, "somebody's flow is drift, and goes");
      Thread.sleep(50);
    }
    Sh.ping("", "10.0.0.2");
    List<String> many = new ArrayList<>(List.of("flows", "br0", "--run", run));
    for (int i = 0; i < 1_500; i++) {
      many.addAll(List.of("--add", "priority=8,in_port=web0,udp,tp_dst=" + i + " actions=drop"));
    }
    assertEquals("1500 added, 0 deleted\n", done(many.toArray(String[]::new)));
    CommandRun wrong = new CommandRun();
    assertEquals(
        ExitCode.ERROR,
        wrong.execute("flows", "br0", "--add", "in_port=7 actions=drop", "--run", run));
    assertTrue(wrong.err().contains("column 9: no port 7"), wrong.err());
  }

  @Test
  @RequiresEbpf
  void flowsThatCannotBeChangedAreRefusedAndTheAgentGoesOn() throws Exception {
    CommandRun last = new CommandRun();
    assertEquals(
        ExitCode.ERROR, last.execute("flows", "br0", "--delete", "priority=0", "--run", run));
    assertTrue(last.err().contains("no flow of br0 would be left"), last.err());

    // As a full disk: what the switch is about to be cannot be written.
    Path inTheWay = Path.of(run).resolve("switch/config.json.next");
    Files.createDirectories(inTheWay);
    CommandRun add = new CommandRun();
    assertEquals(
        ExitCode.ERROR,
        add.execute("flows", "br0", "--add", "priority=9 actions=drop", "--run", run));
    assertTrue(add.err().contains("the agent: "), add.err());
    Files.delete(inTheWay);
    assertTrue(thread.isAlive(), "the agent runs");
    Sh.ping("", "10.0.0.2");
    assertEquals("in-sync", status().text("state"));
  }

  @Test
  @RequiresEbpf
  void whatTheSwitchIsAndDoes() throws IOException {
    Sh.ping("", "10.0.0.2");

    String ports = done("ports", "--run", run);
    assertTrue(ports.contains("port web0: device pl-"), ports);
    assertTrue(ports.contains("port mgmt0: internal, device mgmt0, vlan trunk\n    up\n"), ports);
    assertTrue(
        ports.contains("port eth1: device eth1, vlan trunk 10,20-22\n    not there\n"), ports);

    String mac = Sh.run("cat /sys/class/net/mgmt0/address").strip();
    String fdb = done("fdb", "br0", "--run", run);
    assertTrue(
        fdb.lines().anyMatch(line -> line.contains("mgmt0") && line.contains(" 0  " + mac)), fdb);

    String decided = done("flows", "br0", "--run", run);
    assertTrue(
        decided.matches(" table=0, n_packets=[1-9]\\d*, n_bytes=\\d+, priority=0 actions=NORMAL\n"),
        decided);
    String cached = done("flows", "br0", "--cached", "--run", run);
    assertTrue(cached.contains("packets:") && cached.contains("actions:"), cached);

    String top = done("top", "br0", "--run", run, "--count", "1", "--interval", "100ms");
    assertTrue(top.startsWith("br0: ") && top.contains(" mgmt0\n"), top);
    String[] lines =
        done("top", "br0", "--run", run, "--count", "2", "--interval", "100ms", "-o", "json")
            .split("\n", -1);
    assertEquals(2 + 1, lines.length, "an object a line");
    assertEquals("br0", Node.of(JsonTree.read(lines[1])).text("bridge"));

    Node tree = Node.of(JsonTree.read(done("fdb", "--run", run, "-o", "json")));
    assertTrue(
        tree.nodes("addresses").stream().anyMatch(entry -> entry.text("mac").equals(mac)),
        tree.toString());
    String status = done("status", "--run", run);
    assertTrue(status.contains("embedded switch: eBPF"), status);
    assertTrue(status.matches("(?s).*\n  upcalls: [1-9]\\d*, decided=[1-9].*, lost=0\n.*"), status);
    Node known = Node.of(JsonTree.read(done("status", "--run", run, "-o", "json"))).node("switch");
    assertTrue(known.map().containsKey("errors") && known.map().containsKey("upcallsLost"));
    assertEquals("", done("bond", "--run", run));
    assertEquals("", done("tunnels", "--run", run));
  }

  @Test
  void anApplyGoesThroughTheAgentWhichKeepsItFromThenOn() throws Exception {
    String other = directory.resolve("other.yaml").toString();
    Files.writeString(
        Path.of(other),
        FILE.replace("mgmt0:", "mgmt1:").replace("mgmt1: {", "mgmt1: {mtu: 1400, "));
    String out = done("apply", other, "--yes", "--run", run, "--state", state);
    assertTrue(out.contains("Applied in "), out);
    assertTrue(Sh.run("ip link show dev mgmt1").contains("mtu 1400"));
    assertFalse(Sh.run("ip -br link").contains("mgmt0"));

    String plan = done("plan", other, "--run", run, "--state", state);
    assertTrue(plan.contains("Nothing to do"), plan);

    Sh.run("ip link set mgmt1 mtu 1300");
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!Sh.run("ip link show dev mgmt1").contains("mtu 1400")) {
      assertTrue(System.nanoTime() < deadline, "the agent repairs what was applied by hand");
      Thread.sleep(20);
    }
  }

  @Test
  void showGivesTheFileBackWithoutLegsAndItsPlanIsEmpty() throws Exception {
    String rich = directory.resolve("rich.yaml").toString();
    Files.writeString(
        Path.of(rich),
        """
        version: 1
        namespaces: {web: {}}
        veths: {vm1: {peer: {device: eth0, namespace: web}}}
        bridges:
          br0:
            ports: {eth1: {vlan: {native: 5, trunk: [10, 20-22], tagged: true}}, vm1: {vlan: {access: 7}}}
            macTable: {aging: 60s, size: 100}
            forwardBpdu: true
          br1: {ports: {eth2: {vlan: {dot1q-tunnel: 9}}}}
        internalPorts:
          mgmt0: {bridge: br0, vlan: {trunk: [1]}, mtu: 1400, addresses: [10.0.0.1/24]}
          web0: {bridge: br1, namespace: web, device: eth7, addresses: [10.1.0.2/24]}
        patches: {p0: {bridges: [br0, br1]}}
        """);
    done("apply", rich, "--yes", "--run", run, "--state", state);
    String shown = done("show", "--run", run, "--state", state);
    assertFalse(shown.contains("pl-"), shown);
    for (String part :
        List.of("mgmt0:", "web0:", "bridge: br1", "dot1q-tunnel: 9", "forwardBpdu: true", "p0:")) {
      assertTrue(shown.contains(part), part + " in " + shown);
    }
    String again = directory.resolve("again.yaml").toString();
    Files.writeString(Path.of(again), shown);
    CommandRun plan = new CommandRun();
    int code = plan.execute("plan", again, "--detailed-exitcode", "--run", run, "--state", state);
    assertEquals(ExitCode.DONE, code, plan.out() + plan.err() + shown);
  }

  @Test
  void theSocketIsForRootAloneAndOneAgent() throws IOException {
    Path socket = Path.of(run).resolve("agent.sock");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
    CommandRun command = new CommandRun();
    assertEquals(ExitCode.ERROR, command.execute("fdb", "br7", "--run", run));
    assertTrue(command.err().contains("has no bridge br7"), command.err());
  }

  @Test
  void withoutAnAgentItSaysHowToStartOne() throws IOException {
    String nowhere = directory.resolve("nowhere").toString();
    String elsewhere = directory.resolve("elsewhere").toString();
    CommandRun ports = new CommandRun();
    assertEquals(ExitCode.ERROR, ports.execute("ports", "--run", nowhere));
    assertTrue(ports.err().contains("plumbline agent --file FILE"), ports.err());

    String more = directory.resolve("more.yaml").toString();
    Files.writeString(Path.of(more), FILE + "  more0: {bridge: br0}\n");
    CommandRun plan = new CommandRun();
    assertEquals(ExitCode.DONE, plan.execute("plan", more, "--run", nowhere, "--state", elsewhere));
    assertTrue(plan.out().contains("plumbline agent --file FILE"), plan.out());
    CommandRun apply = new CommandRun();
    assertEquals(
        ExitCode.ERROR,
        apply.execute("apply", more, "--yes", "--run", nowhere, "--state", elsewhere));
    assertTrue(apply.err().contains("plumbline agent --file FILE"), apply.err());
    assertFalse(Sh.run("ip -br link").contains("more0"));
  }

  private static void damage() {
    Sh.run("ip addr del 10.0.0.1/24 dev mgmt0");
  }

  private static boolean isDamaged() {
    return !Sh.run("ip addr show dev mgmt0").contains("10.0.0.1/24");
  }

  private Node status() throws IOException {
    return Node.of(JsonTree.read(done("status", "--run", run, "-o", "json")));
  }

  @Test
  void statusSaysHowTheHostStandsAndWhatDrifted() throws Exception {
    assertEquals("in-sync", status().text("state"));
    assertEquals("alpha", status().text("host"));
    assertTrue(status().text("applied").startsWith(file), status().toString());
    damage();
    String said = done("sync", "--run", run);
    assertTrue(said.contains("state     in-sync\n"), said);
    assertTrue(said.contains("is missing, repaired in"), said);
    String events = done("events", "--run", run);
    assertTrue(events.contains("applied " + file), events);
    assertTrue(events.contains("drift: "), events);
  }

  @Test
  void aBrokenRevisionIsHeldWithItsReasons() throws Exception {
    Files.writeString(Path.of(file), FILE + "bridgs: {}\n");
    CommandRun sync = new CommandRun();
    long end = System.nanoTime() + 60_000_000_000L;
    while (!status().text("state").equals("held") && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertEquals(ExitCode.ERROR, sync.execute("sync", "--run", run), sync.err());
    assertTrue(sync.out().contains("state     held\n"), sync.out());
    assertTrue(sync.out().contains("because   " + file + ":7:1: "), sync.out());
    Files.writeString(Path.of(file), FILE + "# mended\n");
    while (!status().text("state").equals("in-sync") && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertEquals("in-sync", status().text("state"), status().toString());
    assertEquals(List.of(), status().texts("why"));
  }

  @Test
  void aPauseKeepsItsHandsOffUntilItIsOver() throws Exception {
    String paused = done("pause", "--run", run);
    assertEquals("paused, until `plumbline resume`\n", paused);
    damage();
    Files.writeString(Path.of(file), FILE.replace("eth0, ", "eth0, mtu: 1400, "));
    Thread.sleep(500);
    assertEquals("paused", status().text("state"));
    assertTrue(isDamaged());
    assertFalse(Sh.run("ip -n web link show dev eth0").contains("mtu 1400"));

    assertEquals("not paused\n", done("resume", "--run", run));
    assertTrue(done("sync", "--run", run).contains("state     in-sync\n"));
    assertFalse(isDamaged());
    assertTrue(Sh.run("ip -n web link show dev eth0").contains("mtu 1400"));

    damage();
    done("sync", "--run", run);
    String until = done("pause", "--for", "2s", "--run", run);
    assertTrue(until.startsWith("paused, until 20"), until);
    damage();
    long end = System.nanoTime() + 60_000_000_000L;
    while (isDamaged() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertFalse(isDamaged());
    String events = done("events", "--run", run);
    assertTrue(events.contains("the pause is over"), events);

    CommandRun wrong = new CommandRun();
    assertEquals(ExitCode.ERROR, wrong.execute("pause", "--for", "soon", "--run", run));
    assertTrue(wrong.err().contains("`soon` is not a duration"), wrong.err());
  }

  @Test
  void eventsAreFollowedAsTheyHappen() throws Exception {
    CommandRun follower = new CommandRun();
    Thread thread =
        new Thread(() -> follower.execute("events", "--follow", "-o", "json", "--run", run));
    thread.start();
    damage();
    long end = System.nanoTime() + 60_000_000_000L;
    while (!follower.out().contains("\"event\":\"drift\"")
        && !follower.out().contains("\"event\": \"drift\"")
        && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertTrue(follower.out().contains("is missing, repaired in"), follower.out());
    for (String line : follower.out().lines().toList()) {
      assertTrue(Node.of(JsonTree.read(line)).number("number") > 0, line);
    }
    agent.stop();
    thread.join(30_000);
    assertFalse(thread.isAlive(), "it ends with the agent");
  }
}
