// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.render.AgentReport;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.render.Schemas;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three agents in three waves, which tell each other through the repository. */
class WavesTest {
  private static final List<String> HOSTS = List.of("canary-1", "fra-1", "rest-1");

  @TempDir private Path directory;

  private static void bridge(FleetRun fleet, String bridge) throws IOException {
    for (String host : HOSTS) {
      fleet.write(
          "hosts/" + host + ".yaml",
          "{version: 1, bridges: {" + bridge + ": {datapath: kernel}}}\n");
    }
  }

  private static boolean has(FleetRun fleet, String host, String bridge) {
    return fleet.kernel(host).state().has(ResourceId.deviceIn("", bridge));
  }

  /** The example's, which takes less time, has one canary, and a file for each host. */
  private static String waves() throws IOException {
    return Files.readString(Path.of("../examples/rollout/plumbline.yaml"))
        .replace("soak: 10m", "soak: 300ms")
        .replace("soak: 30m", "soak: 0s")
        .replace("atLeast: 2", "atLeast: 1")
        .replace("hosts/any.yaml", "'hosts/{host}.yaml'");
  }

  private FleetRun begun() throws IOException {
    FleetRun fleet = new FleetRun(directory);
    fleet.write("plumbline.yaml", waves());
    bridge(fleet, "br1");
    fleet.commit("One");
    return fleet;
  }

  private static void startAll(FleetRun fleet) throws IOException {
    fleet.start("rest-1", Map.of());
    fleet.start("fra-1", Map.of("site", "fra"));
    fleet.start("canary-1", Map.of());
  }

  private Node status(FleetRun fleet, String host) throws IOException {
    String body =
        Asked.unix(fleet.run(host), Asked.request("GET", "/v1/status", Map.of(), "")).body();
    Schemas.validates("api.schema.json", "status", body);
    return Node.of(JsonTree.read(body));
  }

  @Test
  void aCommitGoesThroughTheWavesAndABadOneIsStoppedByTheFirst() throws Exception {
    try (FleetRun fleet = begun()) {
      AgentRun rest = fleet.start("rest-1", Map.of());
      rest.await("wave 3 of 3 \\(the rest\\): waits for wave canary: no host has told of itself");
      AgentRun fra = fleet.start("fra-1", Map.of("site", "fra"));
      fra.await("wave 2 of 2 \\(fra\\): waits for wave canary");
      assertFalse(has(fleet, "fra-1", "br1"));
      AgentRun canary = fleet.start("canary-1", Map.of());
      canary.await("applied .*\"One\"");
      fra.await("its turn has come");
      fra.await("applied .*\"One\"");
      rest.await("applied .*\"One\"");
      assertEquals(List.of(), canary.lines("wave"), "nobody is before it");

      // The kernel of the canary refuses it.
      fleet.kernel("canary-1").disturb((kernel, change) -> 22);
      bridge(fleet, "br2");
      String bad = fleet.commit("Two");
      fra.await("STOPPED: stopped by wave canary: 0 of 1 hosts in sync.* not applied by canary-1");
      rest.await("STOPPED: stopped by wave canary");
      fleet.awaitTold("fra-1", "\"state\":\"waiting\"");
      Node held = status(fleet, "fra-1");
      for (int i = 0; i < 1_000 && held.text("held").isEmpty(); i++) {
        Thread.sleep(50);
        held = status(fleet, "fra-1"); // the loop has it soon
      }
      assertEquals("held", held.text("state"));
      assertEquals("stopped", held.node("rollout").text("state"));
      assertEquals(bad, held.node("rollout").text("revision"));
      String report = AgentReport.status(held);
      assertTrue(
          report.contains("wave 2 of 2 (fra): stopped by wave canary: 0 of 1 hosts in sync"),
          report);
      assertTrue(has(fleet, "fra-1", "br1") && has(fleet, "rest-1", "br1"));

      // A fix takes its place and begins with the first wave again.
      fleet.kernel("canary-1").disturb((kernel, change) -> 0);
      bridge(fleet, "br3");
      int before = rest.size();
      fleet.commit("Three");
      rest.await(before, "applied .*\"Three\"");
      assertTrue(
          has(fleet, "canary-1", "br3") && has(fleet, "fra-1", "br3"), "those before have it");
      for (String host : HOSTS) {
        assertFalse(has(fleet, host, "br2"), host);
      }
      assertEquals(List.of(), fra.lines("applied .*\"Two\""));
      assertEquals(List.of(), rest.lines("STOPPED: stopped by wave fra"), "it refuses nothing");
      AgentRun.eventually("in sync", () -> isInSync(fleet, "rest-1"));
    }
  }

  private boolean isInSync(FleetRun fleet, String host) {
    try {
      return status(fleet, host).text("state").equals("in-sync");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCanaryThatIsCutOffInTheMiddleOfItsSoakTimeStopsTheRest() throws Exception {
    try (FleetRun fleet = begun()) {
      startAll(fleet);
      AgentRun fra = fleet.agent("fra-1");
      fra.await("applied .*\"One\"");
      fleet.write("plumbline.yaml", waves().replace("soak: 300ms", "soak: 8s, within: 2s"));
      bridge(fleet, "br2");
      int before = fra.size();
      String commit = fleet.commit("Cuts off its canary");
      fleet.awaitTold(
          "canary-1", "\"applied\":\"" + commit + "\",\"state\":\"in-sync\",\"soaked\":false");
      fleet.stop("canary-1");
      fra.await(
          before, "STOPPED: stopped by wave canary: 1 of 1 .*0 of 1 have proven it.*canary-1");
      assertFalse(has(fleet, "fra-1", "br2") || has(fleet, "rest-1", "br2"));
    }
  }

  @Test
  void whatDoesNotWaitIsAnUrgentCommitWhatSomebodyAsksForAndWhatChangesNothing() throws Exception {
    try (FleetRun fleet = begun()) {
      startAll(fleet);
      AgentRun rest = fleet.start("rest-2", Map.of());
      rest.await("problem|refused"); // it has no file yet
      fleet.write("hosts/canary-1.yaml", "{version: 1, brigdes: {}}\n");
      fleet.write("hosts/rest-2.yaml", "{version: 1, bridges: {br2: {datapath: kernel}}}\n");
      fleet.commit("Broken for the canary");
      rest.await("STOPPED: stopped by wave canary.* not applied by canary-1");
      assertFalse(has(fleet, "rest-2", "br2"));
      Asked answer =
          Asked.unix(fleet.run("rest-2"), Asked.request("POST", "/v1/skip-waves", Map.of(), ""));
      Schemas.validates("api.schema.json", "sync", answer.body());
      rest.await("taken before its turn: somebody asked for it");
      rest.await("applied .*\"Broken for the canary\"");

      int before = rest.size();
      fleet.commit("Nothing");
      rest.await(before, "noted .*\"Nothing\"");
      fleet.write("hosts/rest-2.yaml", "{version: 1, bridges: {br3: {datapath: kernel}}}\n");
      fleet.commit("Now\n\nIt burns.\n\nPlumbline-Rollout: now");
      rest.await(before, "taken before its turn: `Plumbline-Rollout: now` is in its message");
      rest.await(before, "applied .*\"Now\"");
      assertTrue(has(fleet, "rest-2", "br3"));
    }
  }

  @Test
  void whoMayNotPushSaysSoOnceAndIsWaitedForAndAnAgentThatIsStartedAnewWaitsOn() throws Exception {
    try (FleetRun fleet = begun()) {
      fleet.git("config http.receivepack false");
      startAll(fleet);
      AgentRun canary = fleet.start("canary-2", Map.of());
      canary.await("this host's status cannot be told: .*not permitted");
      fleet.stop("fra-1");
      AgentRun fra = fleet.start("fra-1", Map.of("site", "fra"));
      fra.await("waits for wave canary: no host has told of itself");
      assertEquals(1, canary.lines("cannot be told").size());
      assertEquals(1, status(fleet, "canary-2").node("telling").number("failures"));
      assertFalse(has(fleet, "fra-1", "br1"));
      // Whoever may push tells what is none; nobody takes it for more.
      fleet.git(
          "update-ref refs/plumbline/status/canary-1 $(echo '{}' | git -C "
              + directory.resolve("hosts.git")
              + " hash-object -w --stdin)");
      fra.await("status/canary-1 does not count: it is no status of version 1");
      assertFalse(has(fleet, "fra-1", "br1"));
    }
  }
}
