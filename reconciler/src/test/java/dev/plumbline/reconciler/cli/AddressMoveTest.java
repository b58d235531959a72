// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * An address moves from a card to the internal port of the bridge that takes the card in, while a
 * neighbour pings it each 10 ms: at most one ping may be lost. The system property {@code moves}
 * says how often; the numbers of lost pings are printed. On a throwaway host; in user-mode Linux
 * too only what is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class AddressMoveTest {
  /** A move takes three seconds on the one CPU of user-mode Linux, a fraction of one elsewhere. */
  private static final boolean SLOW = Runtime.getRuntime().availableProcessors() == 1;

  private static final int MOVES = Integer.getInteger("moves", SLOW ? 1 : 2);
  private static final int PINGS = SLOW ? 800 : 300;

  @TempDir Path directory;

  @KernelTest
  @Test
  void anIpv4Address() throws Exception {
    moves("10.0.0.1/24", "10.0.0.9/24", "", "");
  }

  @Test
  void anIpv4AddressWhoseWayBackIsTheDefaultRoute() throws Exception {
    moves("10.0.0.1/24", "10.0.0.9/24", "routes: [{to: default, via: 10.0.0.9}]\n", "192.0.2.1");
  }

  @Test
  void anIpv6Address() throws Exception {
    moves("2001:db8::1/64", "2001:db8::9/64", "", "");
  }

  @Test
  void anIpv6AddressWhoseWayBackIsTheDefaultRoute() throws Exception {
    String route = "routes: [{to: \"::/0\", via: \"2001:db8::9\"}]\n";
    moves("2001:db8::1/64", "2001:db8::9/64", route, "2001:db8:1::1");
  }

  private void moves(String own, String neighbour, String more, String from) throws Exception {
    Map<Integer, Integer> lost = new TreeMap<>();
    connect(neighbour, from);
    Path file = directory.resolve("host.yaml");
    String head = "version: 1\n" + more;
    String onTheCard = head + "interfaces: {eth1: {up: true, addresses: [\"" + own + "\"]}}\n";
    String onThePort =
        head
            + "bridges: {br0: {ports: {eth1: {}}}}\n"
            + "internalPorts: {mgmt0: {bridge: br0, addresses: [\""
            + own
            + "\"]}}\n";
    Files.writeString(file, onTheCard);
    String to = own.replaceFirst("/.*", "");
    String ping = "ip netns exec peer ping " + (from.isEmpty() ? "" : "-I " + from + " ");
    try (AgentProcess agent = AgentProcess.follow(file, directory)) {
      for (int i = 0; i < MOVES; i++) {
        await(ping, to);
        CompletableFuture<String> pings = start(ping + "-i 0.01 -c " + PINGS + " -W 1 " + to);
        Thread.sleep(500);
        String applied = apply(agent, file, onThePort);
        int count = lost(pings.get());
        if (count > 1) {
          System.err.println(count + " pings lost: " + applied);
        }
        lost.merge(count, 1, Integer::sum);
        isWhereItBelongs(own);
        if (i == 0) {
          theCardIsTheSwitchs(to);
        }
        apply(agent, file, onTheCard);
      }
      await(ping, to);
      apply(agent, file, "version: 1\n");
    } finally {
      Sh.run("ip link delete eth1; ip netns delete peer");
    }
    System.err.println("moves of " + own + " by pings lost: " + lost);
    assertTrue(lost.keySet().stream().allMatch(count -> count <= 1), lost::toString);
  }

  /** Has the agent apply another file, and returns what it says of it. */
  private static String apply(AgentProcess agent, Path file, String text) throws Exception {
    int since = agent.written();
    Files.writeString(file, text);
    return agent.await(since, "applied ");
  }

  /** Pings until there is an answer: an IPv6 address is first looked for elsewhere. */
  private static void await(String ping, String to) {
    Sh.run("for i in $(seq 30); do " + ping + "-c 1 -W 1 " + to + " && exit 0; done; exit 1");
  }

  private static void isWhereItBelongs(String own) throws InterruptedException {
    String left = Sh.run("ip -br address show dev eth1");
    assertFalse(left.contains(own), left);
    String show = "ip address show dev mgmt0 | grep " + own;
    String there = Sh.run(show);
    for (int i = 0; i < 300 && there.contains("tentative"); i++) {
      Thread.sleep(100);
      there = Sh.run(show);
    }
    assertFalse(there.contains("nodad") || there.contains("tentative"), there);
  }

  /** A second after the move the host does not listen to the card's own address any more. */
  private static void theCardIsTheSwitchs(String to) throws Exception {
    String mac = Sh.run("cat /sys/class/net/eth1/address").strip();
    String neighbour = "ip -n peer neighbour replace " + to + " dev eth0 lladdr ";
    Sh.run(neighbour + mac + " nud permanent");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    String ping = "ip netns exec peer ping -c 1 -W 1 " + to + " || true";
    for (String said = Sh.run(ping); said.contains("1 received"); said = Sh.run(ping)) {
      assertTrue(System.nanoTime() < end, said);
      Thread.sleep(100);
    }
    Sh.run("ip -n peer neighbour delete " + to + " dev eth0");
  }

  /** A network card of the host, and a neighbour at the other end of its cable. */
  private static void connect(String neighbour, String more) {
    Sh.run("echo 0 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
    Sh.run("ip netns add peer");
    Sh.run("ip netns exec peer sh -c 'echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6'");
    Sh.run("ip link add eth1 type veth peer name eth0 netns peer");
    Sh.run("ip link set eth1 up");
    boolean ipv6 = neighbour.contains(":");
    Sh.run("ip -n peer address add " + neighbour + " dev eth0" + (ipv6 ? " nodad" : ""));
    Sh.run("ip -n peer link set eth0 up");
    if (!more.isEmpty()) {
      Sh.run("ip -n peer link set lo up");
      Sh.run("ip -n peer address add " + more + " dev lo" + (ipv6 ? " nodad" : ""));
    }
  }

  private static CompletableFuture<String> start(String command) throws IOException {
    Process process = new ProcessBuilder(command.split(" +", -1)).redirectErrorStream(true).start();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static int lost(String text) {
    Matcher received =
        Pattern.compile(PINGS + " packets transmitted, (\\d+) received").matcher(text);
    assertTrue(received.find(), text);
    return PINGS - Integer.parseInt(received.group(1));
  }
}
