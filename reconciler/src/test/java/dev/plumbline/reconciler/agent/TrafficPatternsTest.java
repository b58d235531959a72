// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.api.RemoteSwitch;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.path.Answer;
import dev.plumbline.reconciler.path.End;
import dev.plumbline.reconciler.path.Hop;
import dev.plumbline.reconciler.path.Topology;
import dev.plumbline.reconciler.path.Way;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The five hosts of examples/traffic-patterns run, and packets leave and come back by the cards
 * that {@code path} says: from the file, and from the host. On a throwaway host, but not in
 * user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class TrafficPatternsTest {
  private static final int CARDS = 4;
  private static final int PINGS = 20;

  /** Of each ping: far larger than anything that a host says of its own accord. */
  private static final int BYTES = 1_200;

  private static final String OUTSIDE = "198.51.100.1";
  private static final String NEIGHBOUR = "10.9.0.2";

  @TempDir Path directory;
  private OtherHost remote;

  /** All cards on one wire, with a router on it; behind that the tunnel's other end. */
  @BeforeEach
  void connect() throws Exception {
    Sh.run("ip netns add outside && ip -n outside link set lo up");
    Sh.run("ip netns exec outside sysctl -qw net.ipv4.ip_forward=1");
    Sh.run("ip -n outside link add wire type bridge");
    for (String address :
        List.of(NEIGHBOUR + "/24", "192.168.50.1/24", "192.168.1.1/24", OUTSIDE + "/32")) {
      Sh.run("ip -n outside address add " + address + " dev wire");
    }
    Sh.run("ip -n outside link set wire up");
    for (int card = 0; card < CARDS; card++) {
      Sh.run("ip link add eth" + card + " type veth peer name cable" + card + " netns outside");
      Sh.run("ip link set eth" + card + " up");
      Sh.run("ip -n outside link set cable" + card + " master wire up");
    }
    for (int guest = 0; guest < 3; guest++) {
      Sh.run("ip netns add g" + guest);
      Sh.run("ip link add vnet" + guest + " type veth peer name eth0 netns g" + guest);
      Sh.run("ip link set vnet" + guest + " up && ip -n g" + guest + " link set eth0 up");
      Sh.run("ip -n g" + guest + " address add 10.9.0.1" + guest + "/24 dev eth0");
    }
    remote = new OtherHost();
    Sh.run("ip -n outside link add far type veth peer name eth0 netns " + remote.namespace());
    Sh.run("ip -n outside link set far master wire up");
    String unused =
        remote.run(
            () ->
                Sh.run(
                    "ip address add 192.168.1.100/24 dev eth0 && ip link set eth0 up"
                        + " && ip route add default via 192.168.1.1"));
  }

  @AfterEach
  void stop() {
    remote.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void trafficTakesTheWayThatPathSays(int host) throws Exception {
    Path file = Path.of("..", "examples", "traffic-patterns", "host-" + host + ".yaml");
    try (AgentRun agent = AgentRun.ofFile(file, directory.resolve("host").resolve("state"))) {
      Topology planned = PathQuestions.planned(file);
      follow(planned, "vnet0", "g0", NEIGHBOUR);
      follow(planned, "host", "", OUTSIDE);
      if (host == 1) {
        follow(planned, "vnet1", "g1", NEIGHBOUR);
      }
      if (host >= 3) {
        try (AgentRun other = otherEnd(host == 5 ? "192.168.1.11" : "192.168.50.10")) {
          follow(planned, "vnet2", "g2", NEIGHBOUR);
          assertFalse(other.lines("applied").isEmpty());
        }
      }
      assertEquals(1, agent.lines("applied").size(), "once, and nothing drifts");
    }
  }

  private AgentRun otherEnd(String local) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("remote.yaml"),
            """
            version: 1
            namespaces: {far: {}}
            bridges: {br-int: {}}
            internalPorts: {far0: {bridge: br-int, namespace: far, device: eth0, addresses: [%s/24]}}
            tunnels: {gre0: {bridge: br-int, type: gre, remote: %s}}
            """
                .formatted(NEIGHBOUR, local));
    return remote.run(() -> AgentRun.ofFile(file, directory.resolve("remote").resolve("state")));
  }

  private Topology live() throws Exception {
    Path run = directory.resolve("host").resolve("run");
    try (Host host = Host.open(directory.resolve("reader"), RemoteSwitch.of(run))) {
      LiveState first = host.read(new Goal(List.of(), false, Set.of(), List.of()));
      List<Wanted> sysctls = new ArrayList<>();
      for (ResourceId id : Topology.sysctls(first.resources())) {
        sysctls.add(new Wanted(id.key(), new Resource(id, null, Map.of()), false));
      }
      return Topology.of(
          host.read(new Goal(sysctls, false, Set.of(), List.of())).resources(), true);
    }
  }

  /** Pings, and compares what the cards counted with what path says beforehand. */
  private void follow(Topology planned, String from, String namespace, String to) throws Exception {
    Sh.ping(namespace, to);
    Answer answer = PathQuestions.ask(planned, from, to);
    Set<String> out = cards(answer.there());
    Set<String> in = cards(answer.back());
    assertEquals(End.Kind.LEAVES, answer.arrives().kind(), answer::toString);
    assertEquals(End.Kind.DELIVERED, answer.returns().kind(), answer::toString);
    long[] sentBefore = count("rx");
    long[] receivedBefore = count("tx");
    String inside = namespace.isEmpty() ? "" : "ip netns exec " + namespace + " ";
    String result =
        Sh.run(inside + "ping -q -c %d -s %d -i 0.05 -W 2 %s".formatted(PINGS, BYTES, to));
    int received = Integer.parseInt(result.replaceFirst("(?s).* (\\d+) received.*", "$1"));
    assertTrue(received > PINGS / 2, received + " of " + PINGS + " pings are answered");
    compare(out, sentBefore, count("rx"), from + " to " + to + ", sent");
    compare(in, receivedBefore, count("tx"), from + " to " + to + ", received");
    Answer seen = PathQuestions.ask(live(), namespace.isEmpty() ? "host" : namespace, to);
    assertEquals(out, cards(seen.there()), () -> "on the host itself: " + seen);
  }

  /** The cards on the ways. */
  private static Set<String> cards(List<Way> ways) {
    Set<String> cards = new TreeSet<>();
    for (Way way : ways) {
      for (Hop hop : way.hops()) {
        for (String name : hop.name().split(" or ", -1)) {
          if (hop.namespace().isEmpty() && name.matches("eth[0-9]")) {
            cards.add(name);
          }
        }
      }
    }
    return cards;
  }

  /** What came by each cable from its card, or what its card was sent. */
  private static long[] count(String direction) {
    long[] counts = new long[CARDS];
    for (int card = 0; card < CARDS; card++) {
      String file = "/sys/class/net/cable" + card + "/statistics/" + direction + "_bytes";
      counts[card] = Long.parseLong(Sh.run("ip netns exec outside cat " + file).strip());
    }
    return counts;
  }

  private static void compare(Set<String> said, long[] before, long[] after, String what) {
    long by = 0;
    for (int card = 0; card < CARDS; card++) {
      long bytes = after[card] - before[card];
      if (said.contains("eth" + card)) {
        by += bytes;
      } else {
        String elsewhere = what + ": " + bytes + " bytes by eth" + card + ", not by " + said;
        assertTrue(bytes < PINGS * BYTES / 2, elsewhere);
      }
    }
    assertTrue(by > PINGS * BYTES / 2, what + ": only " + by + " bytes by " + said);
  }
}
