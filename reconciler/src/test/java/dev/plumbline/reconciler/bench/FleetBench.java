// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.plumbline.reconciler.source.GitHttpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** How a fleet takes commits, and what that costs; {@code reconciler/bench/fleet} starts it. */
final class FleetBench {
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux

  private final SimulatedFleet fleet;
  private final int hosts;

  private FleetBench(SimulatedFleet fleet) {
    this.fleet = fleet;
    this.hosts = fleet.members().size();
  }

  public static void main(String[] arguments) throws Exception {
    int hosts = Integer.parseInt(arguments[0]);
    Duration interval = Duration.ofSeconds(Integer.parseInt(arguments[1]));
    int idleSeconds = Integer.parseInt(arguments[2]);
    try (SimulatedFleet fleet =
        new SimulatedFleet(Path.of(arguments[3]), hosts, interval, arguments[4].equals("url"))) {
      new FleetBench(fleet).run(interval, idleSeconds);
    }
    System.exit(0); // what JGit keeps in threads
  }

  /** What was used up to a moment. */
  private record Cost(
      long nanos, double git, double agents, int requests, int statuses, long bytes) {}

  private Cost cost() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    // cutime and cstime of proc_pid_stat(5): git and what it has started, once they have ended.
    double git = (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_PER_SECOND;
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    double server = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals(GitHttpServer.THREADS)) {
        server += threads.getThreadCpuTime(thread.getId()) / 1e9;
      }
    }
    return new Cost(
        System.nanoTime(),
        git,
        system.getProcessCpuTime() / 1e9 - server,
        fleet.server().requests(),
        fleet.statusRequests(),
        fleet.server().sent());
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }

  private void costs(Cost before) throws IOException {
    Cost now = cost();
    double seconds = (now.nanos() - before.nanos()) / 1e9;
    say(
        "    in %.0f s: %d requests and %d for statuses, %.1f MB answered, git %.1f s of CPU, agents"
            + " %.1f s of CPU",
        seconds,
        now.requests() - before.requests(),
        now.statuses() - before.statuses(),
        (now.bytes() - before.bytes()) / 1e6,
        now.git() - before.git(),
        now.agents() - before.agents());
  }

  private static void times(String what, Collection<Long> applied, long since) {
    List<Long> sorted = new ArrayList<>(applied);
    Collections.sort(sorted);
    say(
        "%s: %d hosts, p50 %.1f s, p99 %.1f s, last %.1f s",
        what,
        sorted.size(),
        (at(sorted, 50) - since) / 1e9,
        (at(sorted, 99) - since) / 1e9,
        (at(sorted, 100) - since) / 1e9);
  }

  private static long at(List<Long> sorted, int percent) {
    return sorted.get(Math.max(0, (sorted.size() * percent + 99) / 100 - 1));
  }

  private void run(Duration interval, int idleSeconds) throws Exception {
    String first = fleet.commit(SimulatedFleet.AT_ONCE, "br1");
    Cost before = cost();
    long begin = System.nanoTime();
    fleet.start(interval.toMillis() / hosts);
    awaitApplied(first);
    times(
        "started, one each " + interval.toMillis() / hosts + " ms",
        fleet.applied(first).values(),
        begin);
    costs(before);
    memory();

    before = cost();
    Thread.sleep(1000L * idleSeconds);
    say("idle");
    costs(before);

    everybody("commit, found by the interval", "br2", false);
    everybody("commit, told by webhook", "br3", true);
    waves();
  }

  private void memory() throws IOException {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    double heap = runtime.totalMemory() - runtime.freeMemory();
    String resident =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .findAny()
            .orElse("0")
            .replaceAll("[^0-9]", "");
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    say(
        "an agent: %.2f MiB of heap, %.2f MiB resident, %.1f threads",
        heap / hosts / (1 << 20),
        Double.parseDouble(resident) / 1024 / hosts,
        1.0 * threads / hosts);
  }

  private void everybody(String what, String bridge, boolean hurry) throws Exception {
    Cost before = cost();
    String commit = fleet.commit(SimulatedFleet.AT_ONCE, bridge);
    long since = System.nanoTime();
    if (hurry) {
      fleet.hurryAll();
    }
    awaitApplied(commit);
    times(what, fleet.applied(commit).values(), since);
    costs(before);
  }

  private void awaitApplied(String commit) throws InterruptedException {
    fleet.await(commit + " everywhere", LIMIT, () -> fleet.applied(commit).size() == hosts);
  }

  private void waves() throws Exception {
    String begun = fleet.commit(SimulatedFleet.WAVES, "br4");
    fleet.hurryAll();
    awaitApplied(begun);

    List<SimulatedFleet.Member> canaries = fleet.members("canary");
    canaries.forEach(each -> each.kernel().disturb((kernel, change) -> 22)); // EINVAL
    Cost before = cost();
    String bad = fleet.commit(SimulatedFleet.WAVES, "br5");
    long since = System.nanoTime();
    fleet.hurryAll();
    int others = hosts - canaries.size();
    fleet.await("stopped", LIMIT, () -> fleet.stopped(bad).size() == others);
    times("a bad commit, known to be stopped", fleet.stopped(bad).values(), since);
    say(
        "    tried by %d canaries and undone; %d of %d hosts have anything of it",
        canaries.size(), fleet.having("br5"), hosts);
    costs(before);

    canaries.forEach(each -> each.kernel().disturb((kernel, change) -> 0));
    before = cost();
    String good = fleet.commit(SimulatedFleet.WAVES, "br6");
    since = System.nanoTime();
    fleet.hurryAll();
    awaitApplied(good);
    for (String wave : List.of("canary", "second", "rest")) {
      List<Long> applied = new ArrayList<>();
      fleet.members(wave).forEach(each -> applied.add(fleet.applied(good).get(each.name())));
      times("its fix, wave " + wave, applied, since);
    }
    costs(before);
  }
}
