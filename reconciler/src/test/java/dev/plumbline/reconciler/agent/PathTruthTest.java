// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.path.Answer;
import dev.plumbline.reconciler.path.End;
import dev.plumbline.reconciler.path.Hop;
import dev.plumbline.reconciler.path.RandomNetwork;
import dev.plumbline.reconciler.path.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way that {@code path} says is the way that packets take: made-up networks run, and what their
 * devices count is compared. On a throwaway host, but not in user-mode Linux too. {@code
 * -Dplumbline.networks=200 -Dplumbline.seed=1000} tries more, and others.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class PathTruthTest {
  private static final int PINGS = 10;
  private static final int BYTES = 1_200;

  @TempDir Path directory;

  @Test
  void packetsTakeTheWayThatIsSaid() throws Exception {
    int networks = Integer.getInteger("plumbline.networks", 12);
    long first = Long.getLong("plumbline.seed", 1);
    boolean vlans = filtersVlans();
    Path file = Files.writeString(directory.resolve("host.yaml"), RandomNetwork.file(first, vlans));
    int delivered = 0;
    int dropped = 0;
    try (AgentRun agent = AgentRun.ofFile(file, directory.resolve("state"))) {
      for (long seed = first; seed < first + networks; seed++) {
        String text = RandomNetwork.file(seed, vlans);
        if (seed > first) {
          follow(agent, file, "version: 1\n");
          follow(agent, file, text);
        }
        for (String[] pair : new String[][] {{"n0", "n1"}, {"n2", "n0"}}) {
          String to = "10.0.0." + (pair[1].charAt(1) - '0' + 1);
          Answer answer = PathQuestions.ask(file, pair[0], to);
          String what = "seed " + seed + ", " + pair[0] + " to " + pair[1] + ":\n" + text + answer;
          if (follow(answer, pair[0], to, what)) {
            delivered++;
          } else {
            dropped++;
          }
        }
      }
    }
    System.err.printf(
        "seeds %d to %d: %d pairs reach each other, %d do not%n",
        first, first + networks - 1, delivered, dropped);
    assertTrue(networks < 10 || (delivered > 0 && dropped > 0), "both kinds were tried");
  }

  /** Not every kernel is built with it. */
  private static boolean filtersVlans() {
    String result =
        Sh.run(
            "ip link add name probe0 type bridge vlan_filtering 1 2>/dev/null"
                + " && ip link del probe0 && echo yes || true");
    if (result.isEmpty()) {
      System.err.println("this kernel's bridges filter no VLANs: theirs are left out");
    }
    return !result.isEmpty();
  }

  private static void follow(AgentRun agent, Path file, String text) throws IOException {
    int since = agent.size();
    Files.writeString(file, text);
    agent.await(since, "applied ");
  }

  private static boolean follow(Answer answer, String from, String to, String what) {
    boolean whole =
        answer.arrives().kind() == End.Kind.DELIVERED
            && answer.returns().kind() == End.Kind.DELIVERED;
    if (!whole) {
      String result =
          Sh.run("ip netns exec " + from + " ping -q -c 3 -i 0.1 -W 1 " + to + " 2>&1 || true");
      assertTrue(result.contains(" 0 received"), () -> what + "\n" + result);
      return false;
    }
    Sh.ping(from, to);
    Map<String, Long> before = counts();
    String result =
        Sh.run(
            "ip netns exec %s ping -q -c %d -s %d -i 0.02 -W 2 %s"
                .formatted(from, PINGS, BYTES, to));
    assertTrue(!result.contains(" 0 received"), () -> what + "\n" + result);
    Map<String, Long> after = counts();
    Set<String> used = new TreeSet<>();
    after.forEach(
        (device, bytes) -> {
          // There and back, of which each device of a pair sees all.
          if (bytes - before.getOrDefault(device, 0L) > PINGS * BYTES) {
            used.add(device);
          }
        });
    assertEquals(wires(answer), used, () -> what + "\n" + result);
    return true;
  }

  /** The pairs between bridges, and those of namespaces on kernel bridges, that it passes. */
  private static Set<String> wires(Answer answer) {
    Set<String> wires = new TreeSet<>();
    for (Way way : answer.there()) {
      for (Hop hop : way.hops()) {
        if (hop.kind() == Hop.Kind.DEVICE && hop.namespace().isEmpty()) {
          wires.add(hop.name());
        }
      }
    }
    for (Way way : answer.back()) {
      for (Hop hop : way.hops()) {
        if (hop.kind() == Hop.Kind.DEVICE && hop.namespace().isEmpty()) {
          wires.add(hop.name());
        }
      }
    }
    return wires;
  }

  private static Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    String script =
        "for d in /sys/class/net/[gwx][0-9]*; do [ -e $d ] && echo ${d##*/} $(cat"
            + " $d/statistics/rx_bytes) $(cat $d/statistics/tx_bytes); done; true";
    for (String line : Sh.run(script).lines().toList()) {
      String[] words = line.split(" ", -1);
      counts.put(words[0], Long.parseLong(words[1]) + Long.parseLong(words[2]));
    }
    return counts;
  }
}
