// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is measured. docs/benchmarks-switch.md has it in words. */
final class Scenarios {
  private static final Pattern RECEIVED =
      Pattern.compile("\"sum_received\":\\s*\\{[^}]*?\"bits_per_second\":\\s*([0-9.e+]+)");
  private static final Pattern ERROR = Pattern.compile("\"error\":\\s*\"([^\"]*)\"");
  private static final Pattern RTT = Pattern.compile("= [0-9.]+/([0-9.]+)/");
  private static final Pattern PINGS =
      Pattern.compile("(\\d+) packets transmitted, (\\d+) received");
  private static final int ATTACK_PER_SECOND = 100_000;
  private static final int SETUPS_PER_SECOND = 8_000;
  private static final int MEMORY_FLOWS = 10_000;
  private static final int[] RULES = {100, 10_000, 100_000};

  /** Contenders whose slow path has had something to do already. */
  private static final Set<String> WARM = new HashSet<>();

  private Scenarios() {}

  static List<Scenario> all() {
    return List.of(
        new Scenario("memory", "bytes a flow", 1, 1, (on, nanos) -> memory(on)),
        new Scenario("tcp", "Gb/s", 1e9, (on, nanos) -> tcp(on, "b", 1, nanos)),
        new Scenario("tcp-100", "Gb/s", 1e9, (on, nanos) -> tcp(on, "b", 100, nanos)),
        new Scenario("small", "kpps", 1e3, (on, nanos) -> small(on, 1, nanos)),
        new Scenario("small-100", "kpps", 1e3, (on, nanos) -> small(on, 100, nanos)),
        new Scenario("small-10000", "kpps", 1e3, (on, nanos) -> small(on, 10_000, nanos)),
        new Scenario("ping", "µs", 1, Scenarios::ping),
        new Scenario("rr", "k/s", 1e3, (on, nanos) -> requests(on, "b", nanos)),
        new Scenario("connect", "k/s", 1e3, Scenarios::connect),
        new Scenario("host-tcp", "Gb/s", 1e9, (on, nanos) -> tcp(on, "host", 1, nanos)),
        new Scenario("host-rr", "k/s", 1e3, (on, nanos) -> requests(on, "host", nanos)),
        new Scenario("setup", "k/s", 1e3, Scenarios::setUp),
        new Scenario("setup-cpu", "µs a flow", 1e-6, Scenarios::setUpCpu),
        new Scenario("attack-max", "% of its rate", 1e-2, Scenarios::attackOnNobody),
        new Scenario("attack", "% of its rate", 1e-2, Scenarios::attack),
        filtered("tcp", "Gb/s", 1e9, (on, nanos) -> tcp(on, "b", 1, nanos)),
        filtered("tcp-100", "Gb/s", 1e9, (on, nanos) -> tcp(on, "b", 100, nanos)),
        filtered("small-100", "kpps", 1e3, (on, nanos) -> small(on, 100, nanos)),
        filtered("rr", "k/s", 1e3, (on, nanos) -> requests(on, "b", nanos)),
        filtered("connect", "k/s", 1e3, Scenarios::connect),
        new Scenario("vxlan", "Gb/s", 1e9, (on, nanos) -> tunnelled(on, "vxlan", nanos)),
        new Scenario("vxlan-rr", "k/s", 1e3, (on, nanos) -> requested(on, "vxlan", nanos)),
        new Scenario("gre", "Gb/s", 1e9, (on, nanos) -> tunnelled(on, "gre", nanos)),
        new Scenario("gre-rr", "k/s", 1e3, (on, nanos) -> requested(on, "gre", nanos)),
        new Scenario("first-p50", "µs", 1, (on, nanos) -> first(on, nanos, 0.5)),
        new Scenario("first-p99", "µs", 1, (on, nanos) -> first(on, nanos, 0.99)),
        new Scenario("kill", "of 2,000 lost", 1, 1, (on, nanos) -> kill(on)),
        new Scenario("upgrade", "of 2,000 lost", 1, (on, nanos) -> upgrade(on)));
  }

  /** The same with a stateful filter between the guests. */
  private static Scenario filtered(
      String name, String unit, double scale, Scenario.Measure measure) {
    return new Scenario(
        "filtered-" + name,
        unit,
        scale,
        (on, nanos) -> {
          try {
            return on.filter(true) ? measure.of(on, nanos) : -1;
          } finally {
            boolean unused = on.filter(false);
          }
        });
  }

  /** The same with rules in front of it; and how long it takes to put, replace and remove them. */
  static List<Scenario> ofRules() {
    List<Scenario> all = new ArrayList<>();
    for (int rules : RULES) {
      String of = "-" + rules + "-rules";
      all.add(with(rules, "tcp" + of, "Gb/s", 1e9, (on, nanos) -> tcp(on, "b", 1, nanos)));
      all.add(with(rules, "small-100" + of, "kpps", 1e3, (on, nanos) -> small(on, 100, nanos)));
      all.add(with(rules, "setup" + of, "k/s", 1e3, Scenarios::setUp));
      all.add(with(rules, "first-p50" + of, "µs", 1, (on, nanos) -> first(on, nanos, 0.5)));
      all.add(with(rules, "first-p99" + of, "µs", 1, (on, nanos) -> first(on, nanos, 0.99)));
    }
    all.add(with(100_000, "attack-100000-rules", "% of its rate", 1e-2, Scenarios::explosion));
    for (String change : List.of("install", "replace", "remove")) {
      all.add(new Scenario(change + "-100000", "ms", 1, (on, nanos) -> change(on, change)));
    }
    return all;
  }

  private static Scenario with(
      int rules, String name, String unit, double scale, Scenario.Measure measure) {
    return new Scenario(
        name,
        unit,
        scale,
        (on, nanos) -> {
          if (!on.flows(RuleSet.file(on.directory, rules, 7), true)) {
            return -1;
          }
          try {
            return measure.of(on, nanos);
          } finally {
            boolean unused = on.flows(RuleSet.file(on.directory, 0, 7), false);
          }
        });
  }

  /** Milliseconds until the switch says that its 100,000 flows are others. */
  private static double change(Contender on, String change) throws Exception {
    Path none = RuleSet.file(on.directory, 0, 7);
    Path before = change.equals("install") ? none : RuleSet.file(on.directory, 100_000, 7);
    Path after = change.equals("remove") ? none : RuleSet.file(on.directory, 100_000, 8);
    if (!on.flows(before, true)) {
      return -1;
    }
    long begin = System.nanoTime();
    boolean changed = on.flows(after, change.equals("install"));
    double took = (System.nanoTime() - begin) / 1e6;
    return on.flows(none, false) && changed ? took : -1;
  }

  /** Microseconds from sending to receiving a packet of a new flow; of so many the quantile. */
  private static double first(Contender on, long nanos, double quantile) throws Exception {
    try (Flood flood = flood(on, "a", Flood.RANDOM);
        Arrival arrival = Contender.in("b", () -> new Arrival(Guests.ifindex(on.name)))) {
      List<Double> took = new ArrayList<>();
      long end = System.nanoTime() + nanos;
      while (took.size() < 200 || System.nanoTime() < end) {
        LockSupport.parkNanos(500_000); // a guest does not open connections in a loop
        arrival.drain();
        long sent = System.nanoTime();
        flood.one();
        arrival.await();
        took.add((System.nanoTime() - sent) / 1e3);
      }
      Collections.sort(took);
      return took.get((int) (quantile * took.size()));
    }
  }

  private static double tcp(Contender on, String to, int streams, long nanos) throws Exception {
    return tcp("a", on.address(to), streams, nanos);
  }

  /** Bits a second that arrive at a server from a namespace. */
  private static double tcp(String from, InetAddress to, int streams, long nanos) throws Exception {
    double seconds = Math.max(1, nanos / 1e9);
    String text =
        Contender.output(
            new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                from,
                "iperf3",
                "-J",
                "-t",
                String.valueOf((int) Math.ceil(seconds)),
                "-P",
                String.valueOf(streams),
                "-c",
                to.getHostAddress()),
            120);
    Matcher bits = RECEIVED.matcher(text);
    if (!bits.find()) {
      Matcher error = ERROR.matcher(text);
      throw new IOException("iperf3 said: " + (error.find() ? error.group(1) : text));
    }
    return Double.parseDouble(bits.group(1));
  }

  /** A flood to guest b, after the switch has heard where b is. */
  private static Flood flood(Contender on, String guest, int flows) throws Exception {
    long mac =
        Contender.in(
            "b",
            () -> {
              try (Announcement announcement = new Announcement(Guests.ifindex(on.name))) {
                announcement.send(Guests.mac(on.name));
              }
              return Guests.mac(on.name);
            });
    Thread.sleep(50);
    return Contender.in(guest, () -> new Flood(Guests.ifindex(on.name), mac, flows));
  }

  private static long received(Contender on) throws Exception {
    return Contender.in("b", () -> Guests.received(on.name));
  }

  /** Frames a second that arrive. */
  private static double small(Contender on, int flows, long nanos) throws Exception {
    try (Flood flood = flood(on, "a", flows)) {
      // Slowly, so that every flow is there before it is measured.
      long unused = flood.run(flows > 1000 ? 2_000_000_000L : nanos / 5, 10_000);
      return arriving(on, flood, nanos, 0);
    }
  }

  private static double arriving(Contender on, Flood flood, long nanos, int perSecond)
      throws Exception {
    long before = received(on);
    long begin = System.nanoTime();
    long unused = flood.run(nanos, perSecond);
    long took = System.nanoTime() - begin;
    return (received(on) - before) * 1e9 / took;
  }

  private static double setUp(Contender on, long nanos) throws Exception {
    return on.hasUpcalls() ? setUp(on, nanos, 0) : -1;
  }

  /** CPU seconds for each flow that is set up, at a rate that all can do. */
  private static double setUpCpu(Contender on, long nanos) throws Exception {
    if (!on.hasUpcalls()) {
      return -1;
    }
    double before = on.cpuSeconds();
    double rate = setUp(on, nanos, SETUPS_PER_SECOND);
    return (on.cpuSeconds() - before) / (rate * nanos / 1e9);
  }

  private static double setUp(Contender on, long nanos, int perSecond) throws Exception {
    try (Flood flood = flood(on, "a", Flood.RANDOM)) {
      if (WARM.add(on.name)) {
        long unused = flood.run(2_000_000_000L, 0);
        Thread.sleep(2000);
      }
      double rate = arriving(on, flood, nanos, perSecond);
      Thread.sleep(2000); // what is still queued must not be the next one's load
      System.err.printf("  %s: %s%n", on.name, on.remark());
      return rate;
    }
  }

  private static double ping(Contender on, long nanos) throws Exception {
    int count = (int) Math.max(100, nanos / 5_000_000);
    String text =
        Contender.shell(
            "ip netns exec a ping -q -i 0.005 -c "
                + count
                + " "
                + on.address("b").getHostAddress());
    Matcher rtt = RTT.matcher(text);
    if (!rtt.find()) {
      throw new IOException("ping said: " + text);
    }
    return Double.parseDouble(rtt.group(1)) * 1000;
  }

  private static double requests(Contender on, String to, long nanos) throws Exception {
    return requests("a", on.address(to), nanos);
  }

  private static double requests(String from, InetAddress to, long nanos) throws Exception {
    return Contender.in(
        from,
        () -> {
          double unused = Echo.transactions(to, nanos / 10);
          return Echo.transactions(to, nanos);
        });
  }

  private static double tunnelled(Contender on, String tunnel, long nanos) throws Exception {
    Overlay overlay = on.overlay(tunnel);
    return overlay == null ? -1 : tcp(overlay.guest(1), overlay.address(2), 1, nanos);
  }

  private static double requested(Contender on, String tunnel, long nanos) throws Exception {
    Overlay overlay = on.overlay(tunnel);
    return overlay == null ? -1 : requests(overlay.guest(1), overlay.address(2), nanos);
  }

  private static double connect(Contender on, long nanos) throws Exception {
    return Contender.in("a", () -> Echo.connections(on.address("b"), nanos));
  }

  /**
   * The rate of a TCP connection while guest c sends frames of random flows, to its rate without.
   */
  private static double attack(Contender on, long nanos) throws Exception {
    return attack(on, Flood.RANDOM, nanos);
  }

  /** As {@link #attack}, by frames each of which has rules looked through for other bits. */
  private static double explosion(Contender on, long nanos) throws Exception {
    return attack(on, Flood.EXPLODING, nanos);
  }

  private static double attack(Contender on, int flows, long nanos) throws Exception {
    double alone = tcp(on, "b", 1, nanos);
    try (Flood flood = flood(on, "c", flows)) {
      return attacked(on, flood, nanos) / alone;
    }
  }

  /**
   * As {@link #attack}, but all that the attacker sends is dropped first of all, before any switch:
   * what is missing then is what the attacker itself takes of the machine, which no switch gives
   * back.
   */
  private static double attackOnNobody(Contender on, long nanos) throws Exception {
    double alone = tcp(on, "b", 1, nanos);
    Dropper dropper = Dropper.open(on, "c");
    try (Flood flood = dropper.flood()) {
      return attacked(on, flood, nanos) / alone;
    } finally {
      dropper.remove();
    }
  }

  private static double attacked(Contender on, Flood flood, long nanos) throws Exception {
    CompletableFuture<Long> sent = new CompletableFuture<>();
    Thread attacker =
        new Thread(
            () -> sent.complete(flood.run(Long.MAX_VALUE / 2, ATTACK_PER_SECOND)), "attacker");
    long begin = System.nanoTime();
    attacker.start();
    try {
      return tcp(on, "b", 1, nanos);
    } finally {
      attacker.interrupt();
      attacker.join();
      double rate = sent.get() * 1e9 / (System.nanoTime() - begin);
      System.err.printf("  %s: attacked by %.0f frames a second%n", on.name, rate);
      Thread.sleep(2000);
    }
  }

  private static double memory(Contender on) throws Exception {
    long before = on.memory();
    if (before < 0) {
      return -1;
    }
    try (Flood flood = flood(on, "a", MEMORY_FLOWS)) {
      // Twice: upcalls that found no room in the first turn.
      for (int i = 0; i < 10; i++) {
        long unused = flood.run(200_000_000, MEMORY_FLOWS * 5);
      }
    }
    double bytes = (double) (on.memory() - before) / MEMORY_FLOWS;
    System.err.printf("  %s: %s%n", on.name, on.remark());
    return bytes;
  }

  private static double kill(Contender on) throws Exception {
    if (!on.hasUpcalls()) {
      return -1;
    }
    return lost(
        on,
        () -> {
          boolean unused = on.kill();
          on.restart();
        });
  }

  private static double upgrade(Contender on) throws Exception {
    return on.hasUpgrade() ? lost(on, on::upgrade) : -1;
  }

  /** Something that happens to a contender. */
  private interface Event {
    void happen() throws Exception;
  }

  /** Pings that are lost while something happens. */
  private static double lost(Contender on, Event event) throws Exception {
    CompletableFuture<String> text = new CompletableFuture<>();
    Callable<String> ping =
        () ->
            Contender.shell(
                "ip netns exec a ping -q -i 0.002 -c 2000 -W 1 "
                    + on.address("b").getHostAddress()
                    + " || :");
    Thread pinging =
        new Thread(
            () -> {
              try {
                text.complete(ping.call());
              } catch (Exception e) {
                text.completeExceptionally(e);
              }
            },
            "ping");
    pinging.start();
    Thread.sleep(500);
    event.happen();
    pinging.join();
    Matcher pings = PINGS.matcher(text.get());
    if (!pings.find()) {
      throw new IOException("ping said: " + text.get());
    }
    System.err.printf("  %s: %s%n", on.name, on.remark());
    return Integer.parseInt(pings.group(1)) - Integer.parseInt(pings.group(2));
  }
}
