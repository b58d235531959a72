// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that a signal ends in the middle of an apply, at a moment that nobody chose. On a
 * throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class InterruptedApplyTest {
  private static final int ROUNDS = 2;

  /** An apply takes a few milliseconds: a signal may come too late now and then. */
  private static final int MOST_ROUNDS = 12;

  private static final int LATEST_MILLIS = 60;
  private static final int PAIRS = 60;

  @TempDir private Path directory;
  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
    Sh.run("ip link add f type veth peer name g; ip link set f mtu 1350");
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  private static String network() {
    StringBuilder veths = new StringBuilder();
    StringBuilder ports = new StringBuilder();
    for (int i = 0; i < PAIRS; i++) {
      veths.append("  v%d: {peer: {device: e%d, namespace: web}}\n".formatted(i, i));
      ports.append(i == 0 ? "" : ", ").append("v%d: {}".formatted(i));
    }
    return """
        namespaces: {web: {sysctl: {net.ipv4.ip_forward: 1}}}
        interfaces: {f: {mtu: 1300}}
        veths:
        %sbridges: {br: {datapath: kernel, ports: {%s}, addresses: [10.0.0.1/24]}}
        tunnels: {vx: {type: vxlan, key: 9, remote: 10.0.0.7, bridge: br}}
        routes: [{to: 10.9.0.0/16, via: 10.0.0.9}]
        rules: [{from: 10.3.0.0/16, table: 5, priority: 500}]
        """
        .formatted(veths, ports);
  }

  /** Applies the text in a process of its own that gets the signal; whether it came in time. */
  private boolean interrupted(String text, String signal, Random random) throws Exception {
    Path file = Files.writeString(directory.resolve("host.yaml"), "version: 1\n" + text);
    try (ApplyProcess apply = ApplyProcess.apply(file, host.state)) {
      apply.awaitApply(host.state);
      Thread.sleep(random.nextInt(LATEST_MILLIS));
      apply.signal(signal);
      boolean killed = apply.exitCode() != 0;
      if (killed && !signal.equals("KILL")) {
        String said = apply.output();
        // A signal may also come after the last step, on the way out.
        assertTrue(
            said.contains("interrupted: the host is on its way to " + file)
                || said.contains("Applied in"),
            said);
        assertTrue(
            !said.contains("interrupted") || said.contains("apply again to go on from here"), said);
      }
      return killed;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "KILL"})
  void theNextApplyConvergesAndNothingIsLeftOver(String signal) throws Exception {
    long seed = System.nanoTime();
    System.err.println("signal " + signal + " at random moments, seed " + seed);
    Random random = new Random(seed);
    int inTime = 0;
    for (int round = 0; round < ROUNDS || (inTime == 0 && round < MOST_ROUNDS); round++) {
      inTime += interrupted(network(), signal, random) ? 1 : 0;
      host.restart();
      host.applied(network());
      assertTrue(Sh.run("ip link show f").contains("mtu 1300"));

      inTime += interrupted("", signal, random) ? 1 : 0;
      host.restart();
      host.applied("");
      assertEquals("g@f f@g", TestHost.devices());
      assertEquals("", Sh.run("ip netns list").strip());
      assertEquals("", Sh.run("ip route show proto 112").strip());
      assertEquals("", Sh.run("ip rule show table 5").strip());
      assertTrue(Sh.run("ip link show f").contains("mtu 1350"), "set back as it was");
    }
    assertTrue(inTime > 0, "every apply was done before its signal");
  }

  @Test
  void anotherApplyMeanwhileIsRefusedAndNamesTheFirst() throws Exception {
    Path file = Files.writeString(directory.resolve("host.yaml"), "version: 1\n" + network());
    try (ApplyProcess first = ApplyProcess.apply(file, host.state)) {
      first.awaitApply(host.state);
      first.signal("STOP");
      try (ApplyProcess second = ApplyProcess.apply(file, host.state)) {
        assertEquals(1, second.exitCode(), second.output());
        String said = second.output();
        assertTrue(said.contains("process " + first.pid() + " is applying with"), said);
        assertTrue(said.contains(host.state + "; nothing was changed: apply again"), said);
      }
      first.signal("CONT");
      assertEquals(0, first.exitCode(), first.output());
    }
    assertEquals(0, host.plan(network()).changes().size());
    try (ApplyProcess third = ApplyProcess.apply(file, host.state)) {
      assertEquals(0, third.exitCode(), third.output());
    }
  }

  /** One that does not find its socket, for with that the agent would do it. */
  @Test
  void anApplyBesideAnAgentIsRefusedAndNamesIt() throws Exception {
    Path agents = Files.writeString(directory.resolve("agent.yaml"), "version: 1\n" + network());
    Path other = Files.writeString(directory.resolve("host.yaml"), "version: 1\nbridges: {}\n");
    String state = host.state.toString();
    try (ApplyProcess agent =
        ApplyProcess.start("agent", "--file", agents.toString(), "--state", state)) {
      agent.awaitApply(host.state);
      long end = System.nanoTime() + 60_000_000_000L;
      while (!agent.output().contains("applied ") && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      try (ApplyProcess apply = ApplyProcess.apply(other, host.state)) {
        assertEquals(1, apply.exitCode(), apply.output());
        assertTrue(apply.output().contains("agent (process " + agent.pid() + ")"), apply.output());
        assertTrue(apply.output().contains("nothing was changed"), apply.output());
      }
      try (ApplyProcess same = ApplyProcess.apply(agents, host.state)) {
        assertEquals(0, same.exitCode(), "nothing to do is no conflict: " + same.output());
      }
      agent.signal("TERM");
      assertEquals(0, agent.exitCode(), agent.output());
    }
    try (ApplyProcess apply = ApplyProcess.apply(other, host.state)) {
      assertEquals(0, apply.exitCode(), apply.output());
    }
    assertEquals("g@f f@g", TestHost.devices());
  }
}
