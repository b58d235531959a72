// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.demo;

import dev.plumbline.netlink.namespace.NetNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.jgit.api.errors.GitAPIException;

/** The story that {@code plumbline demo} tells. */
public final class Demo {
  private static final int APPLY_SECONDS = 120;
  private static final int REPAIR_SECONDS = 60;
  private static final int STOP_SECONDS = 30;
  private static final String INTERVAL = "500ms";
  private static final String UNDERLAY = "underlay0";

  private final Story story;
  private final Path directory;
  private final LabHost alpha;
  private final LabHost beta;
  private final LabRepository repository;
  private final Variant variant;

  private Demo(Story story, Lab lab, Variant variant) {
    this.story = story;
    this.directory = lab.directory();
    this.alpha = lab.alpha();
    this.beta = lab.beta();
    this.repository = lab.repository();
    this.variant = variant;
  }

  /**
   * Runs the demo on this machine, in namespaces of its own, and cleans up whatever happens.
   *
   * @param out takes what is shown, line by line
   * @return whether everything went as it should
   * @throws DemoException if the demo cannot be run here, before or after something was made; all
   *     that was made is gone again
   */
  public static boolean run(Consumer<String> out, boolean colour)
      throws DemoException, IOException, InterruptedException {
    long started = System.nanoTime();
    Story story = new Story(out, colour);
    story.say("plumbline demo: commit to deploy on two hosts, in throwaway namespaces.");
    story.say("This machine's own network is not touched.");
    Prerequisites.check(story);
    List<String> namesBefore = NetNamespace.list();
    Lab lab = new Lab();
    Thread teller = Thread.currentThread();
    CountDownLatch told = new CountDownLatch(1);
    // Ctrl-C. The story's own thread has to be out of the way before files are removed: it might
    // write new ones.
    Thread hook =
        new Thread(
            () -> {
              teller.interrupt();
              lab.endHosts();
              awaitQuietly(told);
              lab.close();
            },
            "clean-up");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      story.step("Two hosts, each in namespaces of its own, and a cable between them");
      lab.makeHosts(story);
      Variant variant = lab.alpha().canFilterVlans() ? Variant.VLANS : Variant.BRIDGES;
      if (variant.equals(Variant.BRIDGES)) {
        story.say("This kernel's bridge cannot filter VLANs (CONFIG_BRIDGE_VLAN_FILTERING): the");
        story.say("demo keeps its tenants apart by a bridge and a tunnel each, instead of VLANs.");
      }
      new Demo(story, lab, variant).tell();
    } catch (GitAPIException e) {
      throw new IOException("the demo's repository: " + e.getMessage(), e);
    } finally {
      told.countDown();
      lab.close();
      removeHook(hook);
    }
    story.step("Clean up");
    story.check(!lab.isAlive(), "both hosts are gone, with their processes and namespaces");
    story.check(!Files.exists(lab.directory()), lab.directory() + " is removed");
    story.check(!mounts().contains(lab.directory().toString()), "no mount is left");
    List<String> namesAfter = NetNamespace.list();
    story.check(
        namesBefore.containsAll(namesAfter), "this machine's /run/netns has nothing that is new");
    double seconds = (System.nanoTime() - started) / 1e9;
    story.end(String.format(Locale.ROOT, "All as expected, in %.0f seconds.", seconds));
    return story.failures().isEmpty();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      if (!latch.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        return; // it hangs in something: removing what is there is the best that is left
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook runs, and finds nothing left to do.
    }
  }

  private static String mounts() throws IOException {
    return Files.readString(Path.of("/proc/self/mounts"));
  }

  private void tell() throws DemoException, IOException, InterruptedException, GitAPIException {
    startAgents();
    deploy();
    packets("web", "app", "db");
    change();
    damage();
    nothingLeft();
    stopAgents();
  }

  private void startAgents()
      throws DemoException, IOException, InterruptedException, GitAPIException {
    story.step("A Git repository, and an agent on each host that follows it");
    String repo = repository.directory().toString();
    story.command("", "git init " + repo);
    repository.copy(variant.example(), List.of("base/switch.yaml"));
    repository.commit("What all hosts have");
    for (LabHost host : List.of(alpha, beta)) {
      host.startAgent(state(host), "--repo", repo, "--interval", INTERVAL);
    }
    for (LabHost host : List.of(alpha, beta)) {
      String line = host.awaitLog(0, "nothing was applied yet", APPLY_SECONDS);
      if (line == null) {
        throw new DemoException(host.name() + "'s agent does not start: see what it said above");
      }
      story.check(true, host.name() + "'s agent runs, and waits for a file of its own");
    }
  }

  private Path state(LabHost host) {
    return directory.resolve("state-" + host.name());
  }

  private void deploy() throws IOException, InterruptedException, GitAPIException {
    story.step("Commit to deploy: what would change, the commit, and what the agents do");
    repository.copy(variant.example(), List.of("hosts/alpha.yaml", "hosts/beta.yaml"));
    for (LabHost host : List.of(alpha, beta)) {
      plan(host, 0);
    }
    int fromAlpha = alpha.logSize();
    int fromBeta = beta.logSize();
    story.command("", "git commit -m 'Guests of two tenants on both hosts'");
    long committed = System.nanoTime();
    repository.commit("Guests of two tenants on both hosts");
    applied(alpha, fromAlpha, "created");
    applied(beta, fromBeta, "created");
    story.say("from the commit to both hosts: " + millis(System.nanoTime() - committed));
  }

  private void plan(LabHost host, int expected, String... options)
      throws IOException, InterruptedException {
    String file = "hosts/" + host.name() + ".yaml";
    String[] arguments =
        Stream.concat(Stream.of("plan", file), Stream.of(options)).toArray(String[]::new);
    Shell.Result result = host.plumbline(repository.directory(), state(host), arguments);
    if (result.code() != expected) {
      story.check(false, "plan on " + host.name() + ": exit code " + result.code());
    }
  }

  private void applied(LabHost host, int since, String what) throws InterruptedException {
    String line = host.awaitLog(since, "applied .*" + what, APPLY_SECONDS);
    story.check(line != null, host.name() + " applied the commit");
  }

  /** Who of alpha's guests reaches whom; a friend is in web's network, a stranger in the other. */
  private void packets(String guest, String friend, String stranger)
      throws IOException, InterruptedException {
    story.step("Packets: tenants are kept apart by " + variant.apart());
    ping(alpha, guest, address(friend), true, "through the bridge");
    ping(alpha, guest, address(stranger), false, "the other tenant's guest on the same host");
    ping(alpha, guest, "10.0.0.21", true, "through the VXLAN tunnel to beta");
    ping(alpha, stranger, "10.0.0.22", true, "the other tenant, through the tunnel");
    ping(alpha, guest, "10.0.0.22", false, "the other tenant's guest on beta");
  }

  private static String address(String guest) {
    return switch (guest) {
      case "web" -> "10.0.0.11";
      case "app" -> "10.0.0.12";
      default -> "10.0.0.13";
    };
  }

  private void ping(LabHost host, String guest, String to, boolean passes, String what)
      throws IOException, InterruptedException {
    String command = "ip netns exec " + guest + " ping -c 3 -i 0.2 -W 1 " + to;
    story.command(host.name(), command);
    Shell.Result result = host.quietly(command);
    String summary =
        result
            .output()
            .lines()
            .filter(line -> line.contains("transmitted"))
            .findFirst()
            .orElse("?");
    boolean good =
        passes ? summary.matches(".* [1-9]\\d* received.*") : summary.contains(" 100% packet loss");
    story.check(
        good,
        what + (passes ? ": passes" : ": does not pass, as it should") + " (" + summary + ")");
  }

  private void change() throws IOException, InterruptedException, GitAPIException {
    story.step("A change: app moves to the other tenant");
    for (int i = 0; i < variant.before().size(); i++) {
      repository.replaceLine("hosts/alpha.yaml", variant.before().get(i), variant.after().get(i));
      story.say("  - " + variant.before().get(i).strip());
      story.say("  + " + variant.after().get(i).strip());
    }
    plan(alpha, 0);
    int since = alpha.logSize();
    int sinceBeta = beta.logSize();
    story.command("", "git commit -m 'Move app to the other tenant'");
    repository.commit("Move app to the other tenant");
    applied(alpha, since, "modified");
    String idle =
        beta.awaitLog(sinceBeta, "noted .*nothing in it is about this host", APPLY_SECONDS);
    story.check(idle != null, "beta has nothing to do");
    ping(alpha, "app", "10.0.0.11", false, "app reaches web no more");
    ping(alpha, "app", "10.0.0.13", true, "app reaches db");
  }

  private void damage() throws IOException, InterruptedException {
    story.step("Break things by hand: the agent notices and repairs");
    repair(
        "ip address delete 192.0.2.1/24 dev " + UNDERLAY, new RepairClock.AddressGone("192.0.2.1"));
    repair(
        "ip link set vm-web nomaster",
        new RepairClock.PortsGone("vm-web", false, Set.of("vm-web")));
    repair(
        "ip link delete " + variant.tunnel(),
        new RepairClock.PortsGone(variant.tunnel(), true, Set.of(variant.tunnel())));
    // The kernel lets the ports go first, and tells of the bridge itself last.
    repair(
        "ip link delete " + variant.bridge(),
        new RepairClock.PortsGone("vm-web", false, variant.ports()));
    ping(alpha, "web", "10.0.0.21", true, "web reaches beta again");
  }

  private void repair(String command, RepairClock.Damage damage)
      throws IOException, InterruptedException {
    int since = alpha.logSize();
    try (RepairClock clock = RepairClock.start(alpha.pid(), damage)) {
      alpha.run(command);
      long nanos = clock.await(REPAIR_SECONDS);
      String line = alpha.awaitLog(since, "drift: .*, repaired in", REPAIR_SECONDS);
      story.check(
          nanos >= 0 && line != null,
          nanos < 0
              ? "not repaired within " + REPAIR_SECONDS + " s"
              : "repaired after "
                  + millis(nanos)
                  + ", seen from outside: between the kernel's messages of damage and repair");
    }
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, nanos < 10_000_000 ? "%.1f ms" : "%.0f ms", nanos / 1e6);
  }

  private void nothingLeft() throws IOException, InterruptedException {
    story.step("Nothing is left to do: exit code 0 of --detailed-exitcode says so");
    for (LabHost host : List.of(alpha, beta)) {
      plan(host, 0, "--detailed-exitcode");
    }
  }

  private void stopAgents() throws InterruptedException {
    story.step("The agents end when they are told to");
    for (LabHost host : List.of(alpha, beta)) {
      story.check(host.stopAgent(), host.name() + "'s agent has ended");
    }
  }
}
