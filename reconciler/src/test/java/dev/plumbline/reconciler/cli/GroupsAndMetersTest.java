// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Groups and meters of a running switch. Nobody changes one by hand, there is no command for it;
 * what can come between a file and them is an apply that fails, and a file that changes while no
 * agent is there. On a throwaway host, but not in user-mode Linux too: nothing of it is another
 * kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class GroupsAndMetersTest {
  private static final String BEGIN =
      """
      version: 1
      internalPorts: {mgmt0: {bridge: br0, addresses: [10.0.0.1/24]}}
      bridges:
        br0:
          ports: {eth1: {}}
      """;

  private static final String FIRST =
      BEGIN
          + """
                groups:
                  - group_id=1,type=all,bucket=NORMAL
                  - group_id=3,type=all,bucket=group:1
                meters:
                  - meter=1 pktps stats bands=type=drop rate=1000
                  - meter=3 pktps stats bands=type=drop rate=3000
                flows:
                  - priority=3,arp actions=meter:3,group:3
                  - priority=2,icmp actions=meter:1,group:1
                  - priority=1 actions=NORMAL
            """;

  /** Another group and meter 1, a new 2, and no 3. */
  private static final String SECOND =
      BEGIN
          + """
                groups:
                  - group_id=1,type=select,bucket=NORMAL
                  - group_id=2,type=indirect,bucket=NORMAL
                meters:
                  - meter=1 kbps stats bands=type=drop rate=5000
                  - meter=2 pktps stats bands=type=drop rate=2000
                flows:
                  - priority=3,arp actions=meter:2,group:2
                  - priority=2,icmp actions=meter:1,group:1
                  - priority=1 actions=NORMAL
            """;

  private static final List<String> FIRST_GROUPS =
      List.of(
          "group_id=1,type=all,bucket=actions=NORMAL",
          "group_id=3,type=all,bucket=actions=group:1");
  private static final List<String> FIRST_METERS =
      List.of(
          "meter=1 pktps stats bands=type=drop rate=1000",
          "meter=3 pktps stats bands=type=drop rate=3000");
  private static final List<String> SECOND_GROUPS =
      List.of(
          "group_id=1,type=select,bucket=actions=NORMAL",
          "group_id=2,type=indirect,bucket=actions=NORMAL");
  private static final List<String> SECOND_METERS =
      List.of(
          "meter=1 kbps stats bands=type=drop rate=5000",
          "meter=2 pktps stats bands=type=drop rate=2000");

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void connect() throws Exception {
    file = directory.resolve("host.yaml");
    Files.writeString(file, FIRST);
    Sh.run("ip netns add peer");
    Sh.run("ip link add eth1 type veth peer name eth0 netns peer");
    Sh.run("ip link set eth1 up");
    Sh.run("ip -n peer address add 10.0.0.9/24 dev eth0");
    Sh.run("ip -n peer link set eth0 up");
  }

  /** What begins as a group or a meter in what {@code plumbline flows} prints of them. */
  private List<String> there(String option, String begin) throws Exception {
    return AgentProcess.run(directory, "flows", "br0", option)
        .lines()
        .map(String::strip)
        .filter(line -> line.contains(begin))
        .map(line -> line.substring(line.indexOf(begin)))
        .toList();
  }

  private void assertThere(List<String> groups, List<String> meters) throws Exception {
    List<String> group = there("--groups", "group_id=");
    List<String> meter = there("--meters", "meter=");
    assertEquals(groups, group);
    assertEquals(
        meters, meter.stream().map(line -> line.replaceFirst("(rate=\\d+).*", "$1")).toList());
    Sh.ping("peer", "10.0.0.1");
  }

  @Test
  void anApplyThatIsRefusedGivesBackGroupsAndMetersThatItChangedMadeAndDeleted() throws Exception {
    try (AgentProcess agent = AgentProcess.follow(file, directory)) {
      assertThere(FIRST_GROUPS, FIRST_METERS);
      int since = agent.written();
      // The kernel refuses a preferred source that is no address of the host, after all else.
      String refused = "routes: [{to: 10.99.0.0/16, dev: mgmt0, source: 10.9.9.9}]\n";
      Files.writeString(file, SECOND + refused);
      String line = agent.await(since, " failed at routes.10.99.0.0/16 ");
      assertTrue(line.contains("all was undone"), line);
      assertThere(FIRST_GROUPS, FIRST_METERS);
      since = agent.written();
      Files.writeString(file, SECOND);
      agent.await(since, "applied ");
      assertThere(SECOND_GROUPS, SECOND_METERS);
    }
  }

  @Test
  void theyStayOverARestartAndAKillAndAreAsTheFileThatChangedMeanwhile() throws Exception {
    try (AgentProcess agent = AgentProcess.follow(file, directory)) {
      assertThere(FIRST_GROUPS, FIRST_METERS);
      agent.terminate();
    }
    Sh.ping("peer", "10.0.0.1"); // by the kernel alone
    try (AgentProcess next = AgentProcess.start(directory, "agent", "--file", file.toString())) {
      next.await("nothing to do");
      assertThere(FIRST_GROUPS, FIRST_METERS);
      next.kill();
    }
    Files.writeString(file, SECOND);
    try (AgentProcess last = AgentProcess.follow(file, directory)) {
      assertThere(SECOND_GROUPS, SECOND_METERS);
      assertEquals(1, last.output().lines().filter(line -> line.contains("applied ")).count());
    }
  }
}
