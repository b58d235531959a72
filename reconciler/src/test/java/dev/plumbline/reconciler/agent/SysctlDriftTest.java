// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sysctls that somebody else sets: some send an event, the others are polled. On a throwaway host,
 * but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class SysctlDriftTest {
  private static final int ROUNDS = 3;

  /**
   * Half of the shortest time between two polls; the fastest of the rounds has to be faster: the
   * others may be a busy machine's.
   */
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  @TempDir private Path directory;

  private static String proc(String key) {
    return "/proc/sys/" + key.replace('.', '/');
  }

  private static String read(String key) {
    return Sh.run("ip netns exec web cat " + proc(key)).strip();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration repair(AgentRun agent, String key, String wrong) {
    int since = agent.size();
    Sh.run("ip netns exec web sh -c 'echo " + wrong + " > " + proc(key) + "'");
    long started = System.nanoTime();
    agent.await(since, "drift: .*" + key + ".* repaired in");
    return Duration.ofNanos(System.nanoTime() - started);
  }

  @Test
  void theyAreSetBack() throws Exception {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(
        file,
        """
        version: 1
        namespaces:
          web:
            sysctl:
              net.ipv4.ip_forward: 1
              net.ipv4.conf.eth0.rp_filter: 2
              net.ipv6.conf.eth0.forwarding: 1
              net.ipv4.ip_default_ttl: 17
        veths: {vm: {peer: {device: eth0, namespace: web}}}
        """);
    try (AgentRun agent = AgentRun.ofFile(file, directory.resolve("state"))) {
      agent.settle();
      Map<String, Duration> fastest = new HashMap<>();
      for (int i = 0; i < ROUNDS; i++) {
        for (String key : new String[] {"net.ipv4.ip_forward", "net.ipv6.conf.eth0.forwarding"}) {
          fastest.merge(key, repair(agent, key, "0"), SysctlDriftTest::shorter);
          assertEquals("1", read(key));
        }
        String filter = "net.ipv4.conf.eth0.rp_filter";
        fastest.merge(filter, repair(agent, filter, "1"), SysctlDriftTest::shorter);
        assertEquals("2", read(filter));
        agent.settle();
      }
      fastest.forEach((key, took) -> assertTrue(took.compareTo(AT_ONCE) < 0, key + ": " + took));

      // An event of the namespace has its sysctls read too; writing this one sends none.
      int since = agent.size();
      Sh.run(
          "ip netns exec web sh -c 'echo 98 > "
              + proc("net.ipv4.ip_default_ttl")
              + "; ip address add 192.0.2.77/32 dev lo'");
      agent.await(since, "drift: .*ip_default_ttl value 98 → 17, repaired in");
      assertEquals("17", read("net.ipv4.ip_default_ttl"));
      agent.settle();

      repair(agent, "net.ipv4.ip_default_ttl", "99"); // by a poll
      assertEquals("17", read("net.ipv4.ip_default_ttl"));
      assertEquals(0, agent.lines("failed|not-converged").size(), agent.lines("").toString());
    }
  }
}
