// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * A day of drift, compressed: random {@code ip} commands against a live agent, burst after burst;
 * after each the host comes back to a state for which an independent reader has nothing to plan,
 * and what other people have on it is as it was. The same seed gives the same commands.
 */
final class RandomDrift {
  private static final int VETHS = 60;
  private static final int BRIDGES = 10;
  private static final int ROUTES = 40;
  private static final int MOST_COMMANDS = 6;

  /** An object that is hit more than ten times a minute is left alone for up to a minute. */
  private static final Duration LIMIT = Duration.ofSeconds(150);

  private static final String FOREIGN = "foreign";

  private final Random random;
  private final Path directory;
  private final List<String> commands = new ArrayList<>();
  private int bursts;
  private long worstNanos;

  private RandomDrift(Path directory, long seed) {
    this.directory = directory;
    this.random = new Random(seed);
  }

  /** Arguments: seconds, and a seed; run on a throwaway host. */
  public static void main(String[] args) throws Exception {
    long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    Path directory = Files.createTempDirectory("plumbline-random-drift");
    System.out.println(run(directory, Duration.ofSeconds(Long.parseLong(args[0])), seed));
  }

  /**
   * Goes on for a while.
   *
   * @return what to print
   * @throws AssertionError if the host does not come back, with the seed
   */
  static String run(Path directory, Duration time, long seed) throws Exception {
    RandomDrift drift = new RandomDrift(directory, seed);
    try {
      return "seed " + seed + ": " + drift.run(time);
    } catch (AssertionError | IOException e) {
      List<String> last =
          drift.commands.subList(Math.max(0, drift.commands.size() - 40), drift.commands.size());
      throw new AssertionError(
          "seed " + seed + ", after " + drift.bursts + " bursts, the last: " + last, e);
    }
  }

  private String run(Duration time) throws Exception {
    Sh.run(
        "ip link add foreign0 type veth peer name foreign1; ip link set foreign0 up;"
            + " ip addr add 198.51.100.1/24 dev foreign0; ip link add foreignbr type bridge;"
            + " ip link set foreign1 master foreignbr up; ip link set foreignbr up;"
            + " ip route add 203.0.113.0/24 via 198.51.100.2; ip rule add priority 77 table 77");
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, file());
    Goal goal = Goals.of(HostFile.load(file, LoadOptions.defaults()).orThrow());
    try (AgentRun agent = AgentRun.ofFile(file, directory.resolve("state"));
        Host independent = Host.open(directory.resolve("state"))) {
      comesBack(agent, independent, goal);
      Set<String> foreign = foreign(independent.read(goal));
      long memory = usedMemory();
      long most = 0;
      long end = System.nanoTime() + time.toNanos();
      while (System.nanoTime() < end) {
        burst();
        long begun = System.nanoTime();
        comesBack(agent, independent, goal);
        worstNanos = Math.max(worstNanos, System.nanoTime() - begun);
        Set<String> now = foreign(independent.read(goal));
        if (!now.equals(foreign)) {
          Set<String> lost = new TreeSet<>(foreign);
          lost.removeAll(now);
          throw new AssertionError("of other people's things these are not as they were: " + lost);
        }
        most = Math.max(most, usedMemory());
      }
      int repairs = agent.lines("(drift|appeared): ").size();
      return String.format(
          "%d commands in %d bursts, %d repairs, %d fights, %d failed steps;"
              + " slowest return to an empty plan %d ms; heap %d MiB before, %d MiB at most, %d MiB"
              + " after",
          commands.size(),
          bursts,
          repairs,
          agent.lines("FIGHT").size(),
          agent.lines("failed at").size(),
          worstNanos / 1_000_000,
          memory >> 20,
          most >> 20,
          usedMemory() >> 20);
    } finally {
      Sh.run("ip link del foreign0; ip link del foreignbr; ip rule del priority 77; true");
    }
  }

  private static String file() {
    StringBuilder text = new StringBuilder("version: 1\nnamespaces: {web: {}}\nveths:\n");
    for (int i = 0; i < VETHS; i++) {
      text.append("  v").append(i).append(": {mtu: 1400");
      text.append(i < VETHS / 2 ? ", addresses: [10.1." + i + ".1/24, \"fd0" : ", peer: {");
      if (i < VETHS / 2) {
        text.append("1:").append(i).append("::1/64\"], peer: {");
      }
      text.append("device: w").append(i).append(i % 2 == 0 ? ", namespace: web" : "");
      text.append("}}\n");
    }
    text.append("bridges:\n");
    for (int i = 0; i < BRIDGES; i++) {
      text.append("  br").append(i).append(": {datapath: kernel, addresses: [10.2.");
      text.append(i).append(".1/24], ports: {");
      for (int port = VETHS / 2 + i; port < VETHS; port += BRIDGES) {
        text.append(port == VETHS / 2 + i ? "" : ", ").append('v').append(port).append(": {}");
      }
      text.append("}}\n");
    }
    text.append("routes:\n");
    for (int i = 0; i < ROUTES; i++) {
      text.append("  - {to: 172.20.").append(i).append(".0/24, via: 10.1.").append(i % VETHS / 2);
      text.append(".9}\n");
    }
    text.append("rules:\n");
    for (int i = 0; i < BRIDGES; i++) {
      text.append("  - {from: 10.2.").append(i).append(".0/24, table: 10").append(i);
      text.append(", priority: ").append(1000 + i).append("}\n");
    }
    return text.toString();
  }

  private void burst() {
    bursts++;
    StringBuilder script = new StringBuilder();
    for (int i = 1 + random.nextInt(MOST_COMMANDS); i > 0; i--) {
      String command = command();
      commands.add(command);
      script.append("ip ").append(command).append(" 2> /dev/null; ");
    }
    Sh.run(script + "true");
  }

  /** What somebody may do to what is the agent's; never to what is foreign. */
  private String command() {
    int veth = random.nextInt(VETHS);
    int addressed = random.nextInt(VETHS / 2);
    int port = VETHS / 2 + random.nextInt(VETHS / 2);
    int route = random.nextInt(ROUTES);
    String far = (veth % 2 == 0 ? "-n web " : "") + "%s w" + veth;
    return switch (random.nextInt(24)) {
      case 0, 1 -> "addr del 10.1." + addressed + ".1/24 dev v" + addressed;
      case 2 -> "addr flush dev v" + addressed;
      case 3 -> "addr del fd01:" + addressed + "::1/64 dev v" + addressed;
      case 4, 5, 6 -> "route del 172.20." + route + ".0/24";
      case 7 -> "route replace 172.20." + route + ".0/24 via 198.51.100.3";
      case 8, 9 -> "link set v" + port + " nomaster";
      case 10 -> "link set v" + port + " master foreignbr";
      case 11 -> "link set v" + veth + " down";
      case 12 -> far.formatted("link set") + " down";
      case 13 -> "link set v" + veth + " mtu " + (1280 + random.nextInt(100));
      case 14 -> "link del v" + veth;
      case 15 -> far.formatted("link del");
      case 16 -> "link del br" + random.nextInt(BRIDGES);
      case 17 -> "link set br" + random.nextInt(BRIDGES) + " down";
      case 18 -> "rule del priority " + (1000 + random.nextInt(BRIDGES));
      case 19 -> "link set v" + veth + " name x" + veth;
      case 20 -> "link set v" + addressed + " netns web";
      case 21 -> "addr add 10.1." + addressed + ".77/24 dev v" + addressed;
      case 22 -> "link set v" + veth + " address 02:00:00:00:00:" + (10 + random.nextInt(80));
      default -> random.nextInt(10) == 0 ? "netns del web" : "route flush proto 119 table main";
    };
  }

  /** Waits until an independent reader finds nothing to do, and the agent says so too. */
  private static void comesBack(AgentRun agent, Host independent, Goal goal)
      throws InterruptedException, IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    Plan left;
    do {
      left = plan(independent, goal);
      if (left.isEmpty() && left.problems().isEmpty() && left.waiting().isEmpty()) {
        return;
      }
      Thread.sleep(5);
    } while (System.nanoTime() < end);
    throw new AssertionError(
        "the host does not come back: "
            + left.changes()
            + left.problems()
            + left.waiting()
            + ", the agent says "
            + agent.lines("").subList(Math.max(0, agent.size() - 20), agent.size()));
  }

  private static Plan plan(Host host, Goal goal) throws IOException {
    while (true) {
      try {
        LiveState live = host.read(goal);
        return host.plan(goal, live);
      } catch (NetlinkException e) {
        // A device that went while it was read about: the next reading tells.
        if (e.errno() != Errno.ENODEV) {
          throw e;
        }
      }
    }
  }

  private static Set<String> foreign(LiveState live) {
    Set<String> found = new TreeSet<>();
    for (Resource each : live.resources()) {
      String id = each.id().toString();
      boolean other =
          id.contains(FOREIGN) || id.contains("203.0.113.0") || id.contains("rule ipv4 77");
      if (other) {
        // The bridge's address follows its ports, and not all of them are other people's.
        found.add(each.without("mac").without("mtu").toString());
      }
    }
    return found;
  }

  private static long usedMemory() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
