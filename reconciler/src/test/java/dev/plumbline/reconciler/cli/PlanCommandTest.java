// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.render.LiveJson;
import dev.plumbline.reconciler.render.Schemas;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan --live}, as it runs in CI: no root, no kernel. */
class PlanCommandTest {
  @TempDir private Path directory;
  private String snapshot = "";

  @BeforeEach
  void record() throws IOException {
    ResourceId eth0 = ResourceId.deviceIn("", "eth0");
    ResourceId web = ResourceId.namespaceNamed("web");
    LiveState live =
        new LiveState(
            "hv-01",
            Capabilities.ALL,
            List.of(
                new Resource(
                    eth0, null, Map.of("kind", "", "mtu", "1500", "up", "true", "master", "")),
                new Resource(web, null, Map.of())),
            Map.of(eth0, 2));
    Path file = directory.resolve("live.json");
    try (Writer writer = Files.newBufferedWriter(file)) {
      LiveJson.write(live, Map.of("version", 1L), writer);
    }
    snapshot = file.toString();
  }

  @Test
  void changesAreShownAndTheExitCodeSaysSoIfAsked() throws IOException {
    String file = write("version: 1\nhost: hv-01\ninterfaces: {eth0: {mtu: 9000}}\n");
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.DONE, run.execute("plan", file, "--live", snapshot));
    assertEquals(
        "hv-01 · "
            + file
            + "\n\n  ~ interfaces.eth0  mtu 1500 → 9000\n\n"
            + "Plan: 0 to create, 1 to modify, 0 to recreate, 0 to delete."
            + " Worst disruption: in-place.\n",
        run.out());
    assertEquals("", run.err());
    assertEquals(
        ExitCode.CHANGES,
        new CommandRun().execute("plan", file, "--live", snapshot, "--detailed-exitcode"));
  }

  @Test
  void aPlanThatDisruptsMoreThanIsLetPassFailsAndNamesTheSteps() throws IOException {
    String file = write("version: 1\nhost: hv-01\ninterfaces: {eth0: {mtu: 9000}}\n");
    CommandRun refused = new CommandRun();
    Path saved = directory.resolve("saved.plan");
    assertEquals(
        ExitCode.ERROR,
        refused.execute(
            "plan",
            file,
            "--live",
            snapshot,
            "--max-disruption",
            "none",
            "--out",
            saved.toString(),
            "--detailed-exitcode"));
    assertEquals(
        "interfaces.eth0: in-place\nerror: this step disrupts more than --max-disruption none lets"
            + " pass; the plan was not saved\n",
        refused.err());
    assertTrue(refused.out().contains("~ interfaces.eth0  mtu 1500 → 9000"), refused.out());
    assertFalse(Files.exists(saved));
    for (String most : List.of("in-place", "interrupts")) {
      assertEquals(
          ExitCode.DONE,
          new CommandRun().execute("plan", file, "--live", snapshot, "--max-disruption", most));
    }
    CommandRun unknown = new CommandRun();
    assertEquals(
        ExitCode.ERROR,
        unknown.execute("plan", file, "--live", snapshot, "--max-disruption", "some"));
    assertTrue(unknown.err().contains("expected none, in-place or interrupts"), unknown.err());
  }

  @Test
  void nothingToDoExitsWithZeroEitherWay() throws IOException {
    String file = write("version: 1\ninterfaces: {eth0: {mtu: 1500}}\n");
    CommandRun run = new CommandRun();
    assertEquals(
        ExitCode.DONE, run.execute("plan", file, "--live", snapshot, "--detailed-exitcode"));
    assertTrue(run.out().endsWith("Nothing to do: the host matches " + file + ".\n"), run.out());
  }

  @Test
  void jsonGoesToStandardOutputAloneAndIsWhatTheSchemaSays() throws IOException {
    String file = write("version: 1\nbridges: {br0: {datapath: kernel, ports: {eth0: {}}}}\n");
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.DONE, run.execute("plan", file, "--live", snapshot, "-o", "json"));
    Schemas.validates("plan.schema.json", run.out());
    assertTrue(run.out().contains("\"address\": \"bridges.br0\""), run.out());
  }

  @Test
  void markdownIsForAMergeRequest() throws IOException {
    String file = write("version: 1\ninterfaces: {eth0: {mtu: 9000}}\n");
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.DONE, run.execute("plan", file, "--live", snapshot, "-o", "markdown"));
    assertTrue(run.out().contains("```diff\n! interfaces.eth0  mtu 1500 → 9000\n```"), run.out());
  }

  @Test
  void aFileWithProblemsIsRefusedWithAllOfThem() throws IOException {
    String file = write("version: 1\nbridgs: {}\ndummis: {}\n");
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute("plan", file, "--live", snapshot));
    assertEquals("", run.out());
    assertTrue(run.err().contains(file + ":2:1: "), run.err());
    assertTrue(run.err().contains(file + ":3:1: "), run.err());
    assertTrue(run.err().contains("error: " + file + ": the file is refused"), run.err());
  }

  @Test
  void aFileForAnotherHostIsRefused() throws IOException {
    String file = write("version: 1\nhost: hv-02\n");
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute("plan", file, "--live", snapshot));
    assertTrue(run.err().contains("`hv-02`"), run.err());
  }

  @Test
  void whatTheEmbeddedSwitchDoesNotHaveYetIsAProblemByName() throws IOException {
    String file =
        write(
            """
            version: 1
            bridges:
              br0: {rstp: {}, flows: [{priority: 1, actions: [normal]}]}
              br1: {ports: {eth7: {}}}
            """);
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute("plan", file, "--live", snapshot));
    assertTrue(run.out().contains("bridges.br0.rstp: the embedded switch does not"), run.out());
    assertTrue(run.out().contains("bridges.br0.flows[priority=1]"), run.out());
  }

  @Test
  void anEmbeddedBridgeIsPlannedWithItsPortsOneOfWhichIsMissing() throws IOException {
    String file =
        write(
            """
            version: 1
            bridges: {br0: {ports: {eth7: {vlan: {access: 10}}}}}
            internalPorts: {mgmt0: {bridge: br0, addresses: [10.77.0.1/24]}}
            """);
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.DONE, run.execute("plan", file, "--live", snapshot), run.err());
    assertTrue(run.out().contains("internalPorts.mgmt0.addresses[10.77.0.1/24]"), run.out());
    assertTrue(
        run.out()
            .contains(
                "bridges.br0.ports.eth7: there is no device eth7; the switch takes it when it comes"),
        run.out());
  }

  @Test
  void aKindThatTheRecordedKernelLacksIsAProblemOfThePlan() throws IOException {
    String text = Files.readString(Path.of(snapshot));
    Path lacking =
        Files.writeString(
            directory.resolve("old.json"),
            text.replace("\"missingKinds\": []", "\"missingKinds\": [\"dummy\"]"));
    String file = write("version: 1\ndummies: {d: {}}\n");
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute("plan", file, "--live", lacking.toString()));
    assertTrue(
        run.out().contains("Problem: dummies.d: this kernel has no dummy driver"), run.out());
    assertTrue(run.out().contains("can not be applied: 1 problem"), run.out());
  }

  @Test
  void aSysctlThatTheRecordDoesNotHaveIsSetWithAWarning() throws IOException {
    String file = write("version: 1\nnamespaces: {web: {sysctl: {net.ipv4.ip_forward: 1}}}\n");
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.DONE, run.execute("plan", file, "--live", snapshot));
    assertTrue(run.out().contains("value none → 1"), run.out());
    assertTrue(run.out().contains("the recorded state does not say its value"), run.out());
  }

  @Test
  void aRecordThatIsNoneIsToldWithItsPlace() throws IOException {
    Path wrong = Files.writeString(directory.resolve("wrong.json"), "{\n  \"version\": 7}");
    String file = write("version: 1\n");
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute("plan", file, "--live", wrong.toString()));
    assertEquals(
        "error: "
            + wrong
            + ":2:14: expected version 1, not 7; --live takes what `plumbline show -o json` printed\n",
        run.err());
    CommandRun missing = new CommandRun();
    assertEquals(ExitCode.ERROR, missing.execute("plan", file, "--live", "/does/not/exist"));
    assertEquals("error: /does/not/exist: no such file\n", missing.err());
  }

  @Test
  void aDirectoryOrHalfARecordIsNamedAsWhatItIs() throws IOException {
    String file = write("version: 1\n");
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute("plan", file, "--live", directory.toString()));
    assertEquals("error: " + directory + ": Is a directory\n", run.err());
    Path half = Files.writeString(directory.resolve("half.json"), "{");
    CommandRun second = new CommandRun();
    assertEquals(ExitCode.ERROR, second.execute("plan", file, "--live", half.toString()));
    assertTrue(second.err().startsWith("error: " + half + ":1:"), second.err());
    assertFalse(second.err().contains("Source"), second.err());
  }

  @Test
  void aPlanReplacesNoFileThatIsNoPlan() throws IOException {
    String file = write("version: 1\n");
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute("plan", file, "--live", snapshot, "--out", file));
    assertTrue(run.err().contains("is no saved plan"), run.err());
    assertEquals("version: 1\n", Files.readString(Path.of(file)));
    String out = directory.resolve("my.plan").toString();
    for (int i = 0; i < 2; i++) {
      CommandRun again = new CommandRun();
      assertEquals(
          ExitCode.DONE,
          again.execute("plan", file, "--live", snapshot, "--out", out),
          again.err());
    }
  }

  private String write(String text) throws IOException {
    return Files.writeString(directory.resolve("host.yaml"), text).toString();
  }
}
