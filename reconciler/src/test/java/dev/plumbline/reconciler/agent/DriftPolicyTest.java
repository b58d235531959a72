// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not repaired: by the file's rules, while somebody works on it, or since it cannot be. */
@KernelTest
class DriftPolicyTest {
  private static final String DEVICES =
      """
      veths:
        told: {mtu: 1400, peer: {device: told-far}}
        free: {mtu: 1400, peer: {device: free-far}}
        wan: {mtu: 1400, peer: {device: wan-far}}
      """;

  @TempDir private Path directory;

  private AgentRun follow(String rules) throws IOException, InterruptedException {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, "version: 1\n" + rules + DEVICES);
    AgentRun agent = AgentRun.ofFile(file, directory.resolve("state"));
    agent.settle();
    return agent;
  }

  private static boolean hasMtu(String device, int mtu) {
    return Sh.run("ip link show dev " + device).contains("mtu " + mtu + " ");
  }

  private AgentClient client() throws IOException {
    return Objects.requireNonNull(AgentClient.find(directory.resolve("run")));
  }

  @Test
  void whatIsReportedIsSaidOnceAndWhatIsIgnoredNever() throws Exception {
    try (AgentRun agent =
        follow("drift: {objects: {veths.told: report, veths.free: {ignore: [mtu]}}}\n")) {
      Sh.run("ip link set told mtu 1300; ip link set free mtu 1300 down; ip link set wan mtu 1300");
      agent.await("drifted: veths.told mtu 1300 → 1400: only reported");
      agent.await("drift: .*veths.wan mtu 1300 → 1400.* repaired in");
      AgentRun.eventually(
          "what is not ignored is repaired",
          () -> Sh.run("ip link show dev free").contains("state UP") && hasMtu("wan", 1400));
      Object ignored = client().post("sync");
      agent.settle();
      assertEquals(1, agent.lines("drifted: ").size(), () -> agent.lines("").toString() + ignored);
      assertTrue(hasMtu("told", 1300) && hasMtu("free", 1300), "they are left as they are");
      Node status = Node.of(client().get("status"));
      assertEquals("drifted", status.text("state"));
      assertTrue(
          status.texts("why").toString().contains("veths.told"), status.texts("why")::toString);
      assertEquals(1, status.texts("why").size(), status.texts("why")::toString);
      assertEquals("reported", status.nodes("objects").get(0).text("condition"));

      Sh.run("ip link set told mtu 1400");
      agent.await("veths.told is as the file says again");
      AgentRun.eventually("the host is in sync", () -> state().equals("in-sync"));
    }
  }

  private String state() {
    try {
      return Node.of(client().get("status")).text("state");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anObjectCanBePausedAloneAcrossARestart() throws Exception {
    try (AgentRun agent = follow("")) {
      IOException unknown =
          assertThrows(IOException.class, () -> client().post("pause?object=veths.typo"));
      assertTrue(String.valueOf(unknown.getMessage()).contains("veths.typo"), unknown::toString);
      Object pause = client().post("pause?object=veths.told");
      assertEquals(List.of("veths.told"), objects(pause));
      agent.await("veths.told is left alone");
    }
    try (AgentRun agent = follow("")) {
      Sh.run("ip link set told mtu 1300; ip link set wan mtu 1300");
      agent.await("drift: .*veths.wan mtu 1300 → 1400.* repaired in");
      AgentRun.eventually("status tells", () -> state().equals("drifted"));
      assertTrue(hasMtu("told", 1300), "left alone");
      assertEquals(List.of(), objects(client().post("resume?object=veths.told")));
      agent.await("drift: .*veths.told mtu 1300 → 1400.* repaired in");
    }
  }

  private static List<String> objects(Object pause) {
    return Node.of(pause).nodes("objects").stream().map(each -> each.text("object")).toList();
  }

  @Test
  void whatCannotBeRepairedDoesNotHoldBackTheRest() throws Exception {
    try (AgentRun agent = follow("bridges: {br0: {datapath: kernel, ports: {told: {}}}}\n")) {
      // The kernel takes no port that is a bridge's own upper device: a loop (ELOOP).
      Sh.run(
          "ip link set told nomaster; ip link del br0; ip link add br0 type veth peer name br0-far;"
              + " ip link set wan mtu 1300");
      agent.await("drift: .*veths.wan mtu 1300 → 1400|name is taken");
      Sh.run("ip link del br0");
      AgentRun.eventually(
          "all is repaired once the way is free",
          () ->
              hasMtu("wan", 1400)
                  && Sh.run("ip link show dev told").contains("master br0")
                  && state().equals("in-sync"));
    }
  }

  @Test
  void aFightNamesWhoMayBeAtIt() throws Exception {
    Path client = directory.resolve("dhclient");
    Sh.run(
        "printf '#!/bin/sh\\nwhile ip link set wan mtu 1300; do sleep 0.05; done\\n' > "
            + client
            + "; chmod +x "
            + client);
    try (AgentRun agent = follow("")) {
      Process other = new ProcessBuilder(client.toString(), "wan").start();
      try {
        String fight = agent.await("FIGHT over veths.wan");
        assertTrue(fight.contains("possibly dhclient (process " + other.pid()), fight);
      } finally {
        other.destroy();
        int unused = other.waitFor();
      }
    }
  }
}
