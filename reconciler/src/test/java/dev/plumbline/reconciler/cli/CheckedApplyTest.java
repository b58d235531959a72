// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.render.Schemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan} and {@code apply} of files with checks, as processes where they are ended. */
@ExtendWith(ThrowawayHost.class)
@Timeout(300)
class CheckedApplyTest {
  private static final String FILE =
      """
      version: 1
      interfaces: {cable: {up: true, addresses: [10.0.0.1/24]}}
      routes: [{to: 10.9.0.0/16, via: 10.0.0.2}]
      checks:
        near: {ping: 10.0.0.2, within: 1m}
        far: {ping: 10.9.0.1, from: cable, within: %s}
      """;
  private static final int SECONDS = 60;

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void host() throws IOException {
    Sh.run(
        "ip netns add far; ip link add cable type veth peer name far0 netns far;"
            + " ip -n far link set far0 up; ip -n far link set lo up;"
            + " ip -n far addr add 10.0.0.2/24 dev far0");
    file = directory.resolve("host.yaml");
    write("300ms");
  }

  @AfterEach
  void nothingWatchesAnyMore() throws Exception {
    eventually(
        "no watcher is left", () -> ConfirmTest.watchers(directory.resolve("state")).isEmpty());
  }

  private void write(String within) throws IOException {
    Files.writeString(file, FILE.formatted(within));
  }

  private String run(String... arguments) {
    CommandRun command = new CommandRun();
    int code = command.execute(arguments(arguments));
    return code + "\n" + command.out() + command.err();
  }

  private String[] arguments(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(file.toString(), "--state", directory.resolve("state").toString()));
    all.addAll(List.of("--run", directory.resolve("run").toString()));
    return all.toArray(String[]::new);
  }

  private static boolean isRouted() {
    return Sh.run("ip route").contains("10.9.0.0/16");
  }

  private static void eventually(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, "never: " + what);
      Thread.sleep(5);
    }
  }

  @Test
  void checksArePlannedTriedAndSkippedAsAsked() throws IOException {
    String plan = run("plan");
    assertTrue(
        plan.contains(
            """
            Checks after the apply:
              checks.near  ping 10.0.0.2, within 60s
              checks.far   ping 10.9.0.1 from cable, within 300ms
            """),
        plan);
    assertTrue(plan.endsWith(" 2 checks after the apply.\n"), plan);
    String markdown = run("plan", "-o", "markdown");
    assertTrue(
        markdown.contains("| `checks.far` | `ping 10.9.0.1 from cable, within 300ms` |\n"),
        markdown);
    String json = run("plan", "-o", "json");
    Schemas.validates("plan.schema.json", json.substring(json.indexOf('{')));
    assertTrue(json.contains("\"withinMillis\""), json);

    String failed = run("apply", "--yes");
    assertTrue(failed.startsWith("1\n"), failed);
    assertTrue(failed.contains("error: 1 of 2 checks does not hold:\n  checks.far ("), failed);
    assertTrue(failed.contains("host.yaml:6:3): ping 10.9.0.1 from cable: "), failed);
    assertTrue(failed.contains("; it did not hold before either\n"), failed);
    assertTrue(failed.endsWith("has been undone: the host is as it was\n"), failed);
    assertFalse(isRouted());

    String skipped = run("apply", "--yes", "--skip-checks");
    assertTrue(skipped.startsWith("0\n"), skipped);
    assertTrue(skipped.contains("warning: --skip-checks: 2 checks of the file not tried"), skipped);
    assertTrue(isRouted());

    String unchanged = run("apply");
    assertTrue(unchanged.startsWith("1\n"), unchanged);
    assertTrue(unchanged.endsWith("nothing was changed, and nothing undone\n"), unchanged);
    Sh.run("ip -n far addr add 10.9.0.1/32 dev lo");
    write("1m");
    String fine = run("apply");
    assertTrue(fine.startsWith("0\n") && fine.contains("2 checks hold.\n"), fine);
  }

  @Test
  void whatIsToBeConfirmedIsRolledBackAtOnceWhereItsChecksDoNotHold() throws Exception {
    String failed = run("apply", "--yes", "--confirm", "10m");
    assertTrue(failed.startsWith("1\n"), failed);
    assertTrue(failed.contains("error: 1 of 2 checks does not hold:"), failed);
    assertFalse(isRouted());
    assertFalse(Files.exists(directory.resolve("state/checkpoint")), "nothing is to be confirmed");
  }

  /** Ctrl-C undoes; a death is undone by the process that watches. */
  @Test
  void whoeverEndsTheProcessWhileChecksAreTriedGetsTheHostAsItWas() throws Exception {
    write("2m");
    for (String signal : List.of("INT", "KILL")) {
      Path output = directory.resolve("output-" + signal);
      String[] arguments =
          signal.equals("INT")
              ? arguments("apply", "--yes")
              : arguments("apply", "--yes", "--confirm", "10m");
      Process process = MainProcess.of(output, arguments).start();
      eventually("tried", () -> isTried() || !process.isAlive());
      assertTrue(isRouted(), () -> "it waits for its checks: " + output);
      Sh.run("kill -" + signal + " " + process.pid());
      assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "it ends");
      eventually("undone", () -> !isRouted());
      String said = Files.readString(output);
      if (signal.equals("INT")) {
        assertTrue(said.contains("interrupted while checks were tried:"), said);
        assertTrue(said.contains("then broken off)"), said);
      } else {
        eventually("decided", () -> !Files.exists(directory.resolve("state/checkpoint")));
      }
    }
    assertFalse(Sh.run("ip addr show cable").contains("10.0.0.1"));
  }

  /** Only then the neighbour is asked for: before the steps the cable is down. */
  private static boolean isTried() {
    return Sh.run("ip neigh show dev cable").contains("10.0.0.2");
  }

  @Test
  void anAgentTriesThemForWhoeverAppliesThroughIt() throws Exception {
    Path own = Files.writeString(directory.resolve("own.yaml"), "version: 1\n");
    try (AgentProcess agent = AgentProcess.follow(own, directory)) {
      String failed = run("apply", "--yes");
      assertTrue(failed.startsWith("1\n"), failed);
      assertTrue(failed.contains("error: 1 of 2 checks does not hold:\n  checks.far ("), failed);
      assertTrue(failed.contains("host.yaml:6:3): ping 10.9.0.1 from cable: "), failed);
      assertTrue(failed.endsWith("has been undone: the host is as it was\n"), failed);
      agent.await("by hand: checks.far");
      assertFalse(isRouted());
      String skipped = run("apply", "--yes", "--skip-checks");
      assertTrue(skipped.startsWith("0\n"), skipped);
      assertTrue(isRouted());
    }
  }
}
