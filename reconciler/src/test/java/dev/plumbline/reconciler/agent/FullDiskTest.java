// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.plan.Ownership.Setting;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An agent whose state directory is a file system of its own, as large as the test wants. */
@ExtendWith(ThrowawayHost.class)
@Timeout(300)
class FullDiskTest {
  @TempDir private Path directory;
  private Path state;

  @BeforeEach
  void tmpfs() {
    if (!Sh.run("id -u").strip().equals("0")) {
      System.err.println("no root: a full disk cannot be made: test skipped here");
      Assumptions.abort("no root");
    }
    state = directory.resolve("state");
    // The mount namespace is the test's own.
    Sh.run("mkdir " + state + " && mount -t tmpfs -o size=4m none " + state);
  }

  /** The agent may give something free meanwhile. */
  private void fill() throws InterruptedException {
    String more = "dd if=/dev/zero oflag=append conv=notrunc bs=4k 2>/dev/null of=";
    AgentRun.eventually(
        "it is full",
        () -> {
          Sh.run(more + state + "/filler; true");
          return Sh.run("df --output=avail " + state + " | tail -1").strip().equals("0");
        });
  }

  private static String file(String mtu) {
    return "version: 1\nbridges: {br0: {datapath: kernel}}\ninterfaces: {nic0: {mtu: "
        + mtu
        + "}}\n";
  }

  @Test
  void anAgentWithAFullDiskAppliesAndRepairsAndSaysWhatItCannotRemember() throws Exception {
    Sh.run("ip link add nic0 type veth peer name nic1");
    Path work = directory.resolve("work");
    AgentRun.write(work.resolve("hosts/alpha.yaml"), file("1400"));
    String commit =
        "cd " + work + " && HOME=/nonexistent git -c user.name=Ann -c user.email=ann@example.org";
    Sh.run("cd " + work + " && git init -q -b main . && git add -A");
    Sh.run(commit + " commit -q -m One");
    AgentOptions options =
        new AgentOptions(
            new AgentOptions.Git(work.toString(), new GitRef.Branch("main"), GitAccess.USUAL, null),
            "alpha",
            Duration.ofMillis(200),
            state,
            directory.resolve("run"));
    try (AgentRun agent = AgentRun.start(options)) {
      agent.await("applied .*\"One\"");
      fill();
      int since = agent.size();
      Sh.run("ip link del br0");
      agent.await(since, "drift: bridges.br0 is missing, repaired in");
      Sh.run("ip link set nic0 mtu 1300");
      agent.await(since, "drift: .*mtu 1300 → 1400, repaired in");

      AgentRun.write(work.resolve("hosts/alpha.yaml"), file("1350"));
      Sh.run("cd " + work + " && git add -A");
      Sh.run(commit + " commit -q -m Two");
      agent.await(since, "next try in");
      since = agent.size();
      Sh.run("ip link del br0");
      agent.await(since, "drift: bridges.br0 is missing, repaired in");

      Sh.run("rm " + state + "/filler");
      agent.await(since, "can be fetched again");
      agent.await(since, "applied .*\"Two\"");
    }
    // With no room at all an agent starts all the same, and keeps the host at what it knows.
    fill();
    Sh.run("ip link del br0");
    try (AgentRun agent = AgentRun.start(options)) {
      agent.await("applied .*\"Two\"");
      agent.await("STATE DIRECTORY: cannot remember");
      int since = agent.size();
      Sh.run("ip link del br0");
      agent.await(since, "drift: bridges.br0 is missing, repaired in");
    }
  }

  @Test
  void whatWasSetBeforeTheDiskIsFreeAgainIsRememberedThen() throws Exception {
    Sh.run("ip link add nic0 type veth peer name nic1");
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, "version: 1\n");
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      fill();
      int since = agent.size();
      AgentRun.write(file, file("1400"));
      agent.await(since, "STATE DIRECTORY: cannot remember what plumbline set on this host");
      agent.await(since, "applied .*1 created, 1 modified");
      Sh.run("rm " + state + "/filler");
      since = agent.size();
      Sh.run("ip link del br0");
      agent.await(since, "drift: bridges.br0 is missing, repaired in");
    }
    try (Host host = Host.open(state)) {
      Setting mtu = host.ownership().find(ResourceId.deviceIn("", "nic0"), "mtu");
      assertEquals("1500", mtu == null ? "nothing" : mtu.original());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertTrue(Sh.run("ip link show dev nic0").contains("mtu 1400"));
  }

  /** As a file system becomes when its disk fails: what is open stays open. */
  @Test
  void anAgentWhoseDiskIsReadOnlyByNowGoesOnAndSaysSo() throws Exception {
    Sh.run("ip link add nic0 type veth peer name nic1");
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, file("1400"));
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      agent.await("applied .*1 created, 1 modified");
      Sh.run("mount --bind " + state + " " + state);
      Sh.run("mount -o remount,bind,ro " + state);
      int since = agent.size();
      Sh.run("ip link set nic0 mtu 1300"); // repaired by itself
      agent.await(since, "STATE DIRECTORY: cannot lock it against who began before: .*ead-only");
      agent.await(since, "drift: .*mtu 1300 → 1400, repaired in");
      Sh.run("ip link del br0"); // repaired as a whole
      agent.await(since, "drift: bridges.br0 is missing, repaired in");
      since = agent.size();
      AgentRun.write(file, file("1350"));
      agent.await(since, "applied .*1 modified");
      Sh.run("umount " + state);
      since = agent.size();
      Sh.run("ip link set nic0 mtu 1300");
      agent.await(since, "drift: .*mtu 1300 → 1350, repaired in");
    }
  }
}
