// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.render.LiveJson;
import dev.plumbline.reconciler.render.Schemas;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.sim.ModelHost;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sim} as a person runs it: no root, no kernel. */
class SimVerbTest {
  private static final String FIRST =
      """
      version: 1
      interfaces: {eth0: {mtu: 1400, addresses: [10.0.0.1/24]}}
      bridges: {br0: {datapath: kernel, ports: {eth1: {}}}}
      """;
  private static final String SECOND =
      """
      version: 1
      host: hv-01
      bonds: {bond0: {members: [eth0, eth1], mode: active-backup}}
      """;

  @TempDir private Path directory;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static CommandRun sim(int code, Object... arguments) {
    List<String> all = new ArrayList<>(List.of("sim"));
    for (Object each : arguments) {
      all.add(each.toString());
    }
    CommandRun run = new CommandRun();
    int found = run.execute(all.toArray(String[]::new));
    assertEquals(code, found, () -> run.out() + run.err());
    return run;
  }

  @Test
  void revisionsOfAHostConvergeAndTheReportSaysWhatWasTried() throws IOException {
    Path first = file("a.yaml", FIRST);
    Path second = file("b.yaml", SECOND);
    String text = sim(ExitCode.DONE, first, second, "--seed", 1, "--runs", 60).out();
    assertTrue(text.startsWith("60 runs of " + first + ", " + second), text);
    assertTrue(text.contains("seeds 1 to 60, on a host with eth0, eth1.\n"), text);
    assertTrue(text.matches("(?s).* \\d+ refused requests, \\d+ crash.*"), text);
    assertTrue(
        text.endsWith("Every run converged, lost nothing of others, and gave the host back.\n"));
    assertEquals(text, sim(ExitCode.DONE, first, second, "--seed", 1, "--runs", 60).out());
  }

  @Test
  void thatChecksAreNotTriedIsSaid() throws IOException {
    Path file = file("a.yaml", FIRST + "checks: {gateway: {ping: 10.0.0.2}}\n");
    String said = sim(ExitCode.DONE, file, "--seed", 1, "--runs", 3).err();
    assertTrue(said.contains(file + ": its checks are not tried"), said);
  }

  @Test
  void theJsonIsAsItsSchemaSays() throws IOException {
    Path file = file("a.yaml", FIRST);
    String json =
        sim(ExitCode.DONE, file, "--seed", 1, "--runs", 5, "--card", "eth0", "-o", "json").out();
    Schemas.validates("sim.schema.json", json);
    assertTrue(json.contains("\"converged\": true"), json);
  }

  private Path recorded(ModelKernel kernel) throws IOException {
    Path snapshot = directory.resolve("live.json");
    try (Writer writer = Files.newBufferedWriter(snapshot)) {
      LiveJson.write(kernel.state(), Map.of(), writer);
    }
    return snapshot;
  }

  @Test
  void itBeginsWithWhatOthersMadeInARecordedState() throws Exception {
    ModelKernel kernel = ModelKernel.withCards("hv-01", List.of("eth0", "eth1"));
    kernel.edit(Edit.addDevice(ResourceId.deviceIn("", "docker0"), "bridge"));
    Path snapshot = recorded(kernel);
    Path file = file("b.yaml", SECOND);
    String text = sim(ExitCode.DONE, file, "--live", snapshot, "--seed", 1, "--runs", 20).out();
    assertTrue(text.contains("on a host with docker0, eth0, eth1.\n"), text);
  }

  @Test
  void aFileThatIsNeverAppliedIsAnErrorWithItsReason() throws IOException {
    Path file = file("a.yaml", "version: 1\nbridges: {br0: {rstp: {}}}\n");
    String text = sim(ExitCode.ERROR, file, "--runs", 5, "--seed", 1).out();
    assertTrue(text.contains("rstp"), text);
    assertTrue(text.contains(file + " was never applied"), text);
  }

  @Test
  void anEmbeddedSwitchIsUndoneToo() throws IOException {
    Path file = file("a.yaml", "version: 1\nbridges: {br0: {ports: {eth0: {}, eth1: {}}}}\n");
    String text = sim(ExitCode.DONE, file, "--seed", 1, "--runs", 60).out();
    assertTrue(text.contains("Every run converged"), text);
  }

  @Test
  void seedsGoOnBehindTheHighest() throws IOException {
    Path file = file("a.yaml", FIRST);
    String text = sim(ExitCode.DONE, file, "--seed", Long.MAX_VALUE, "--runs", 2).out();
    assertTrue(text.matches("(?s).*\n[1-9]\\d* appl.*"), text);
  }

  @Test
  void whatOthersPutOnADeviceOfPlumblinesStaysAsItWas() throws Exception {
    ModelKernel kernel;
    try (ModelHost host =
        new ModelHost(ModelKernel.withCards("hv-01", List.of("eth0", "eth1")).state())) {
      Goal goal = Objects.requireNonNull(ModelHost.goal("version: 1\ndummies: {d0: {}}\n"));
      assertTrue(host.apply(goal).isGood());
      kernel = host.kernel;
      kernel.edit(Edit.addVlan(ResourceId.deviceIn("", "d0.7"), "d0", 7));
    }
    Path file = file("a.yaml", FIRST);
    sim(ExitCode.DONE, file, "--live", recorded(kernel), "--seed", 1, "--runs", 30);
  }

  @Test
  void mistakesOfTheUserAreToldInALine() throws IOException {
    Path file = file("a.yaml", FIRST);
    Path wrong = file("c.yaml", "version: 1\nbridge: {}\n");
    assertTrue(sim(ExitCode.ERROR, wrong).err().contains("c.yaml:2:1: "));
    assertTrue(
        sim(ExitCode.ERROR, directory.resolve("none.yaml")).err().contains("does not exist"));
    assertEquals(
        "error: --runs: 0 is not between 1 and 100000000\n",
        sim(ExitCode.ERROR, file, "--runs", 0).err());
    assertTrue(sim(ExitCode.ERROR, file, "--runs", "x").err().contains("--runs"));
    assertTrue(
        sim(ExitCode.ERROR, file, "--card", "eth0", "--live", "x").err().contains("one of them"));
    assertTrue(sim(ExitCode.ERROR, file, "--live", file).err().contains("--live takes what"));
    String other = sim(ExitCode.ERROR, file("b.yaml", SECOND), "--host", "hv-02").err();
    assertTrue(other.contains("hv-01"), other);
    assertFalse(other.contains("\tat "), other);
  }
}
