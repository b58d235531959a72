// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** {@code diff} in a repository, as it runs in CI: no root, no kernel. */
class DiffVerbTest {
  private static final String BASE =
      "version: 1\nbridges: {br0: {datapath: kernel, ports: {eth1: {}}}}\n";
  private static final String HV_01 =
      """
      version: 1
      host: hv-01
      include: [../base/all.yaml]
      interfaces: {eth2: {mtu: 1500, addresses: [192.168.50.10/24]}}
      routes: [{to: default, via: 192.168.50.1}]
      bridges: {br1: {ports: {tap0: {vlan: {access: 10}}}}}
      """;

  @TempDir private Path directory;
  private Git git;

  @BeforeEach
  void makeRepository() throws IOException, GitAPIException {
    git = Git.init().setDirectory(directory.resolve("r").toFile()).setInitialBranch("main").call();
    write("base/all.yaml", BASE);
    write("hosts/hv-01.yaml", HV_01);
    write("hosts/hv-02.yaml", "version: 1\ninclude: [../base/all.yaml]\n");
    write("hosts/hv-03.yaml", "version: 1\ndummies: {d0: {}}\n");
    commit();
    git.checkout().setCreateBranch(true).setName("change").call();
  }

  @AfterEach
  void close() {
    git.close();
  }

  private void write(String path, String text) throws IOException {
    Path file = directory.resolve("r").resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void commit() throws GitAPIException {
    git.add().addFilepattern(".").call();
    git.add().setUpdate(true).addFilepattern(".").call();
    var unused = git.commit().setMessage("m").setAuthor("A", "a@b").setSign(false).call();
  }

  private CommandRun diff(int code, String... more) {
    List<String> arguments = new ArrayList<>(List.of("diff"));
    arguments.addAll(List.of("-C", directory.resolve("r/hosts").toString()));
    arguments.addAll(List.of(more));
    CommandRun run = new CommandRun();
    assertEquals(code, run.execute(arguments.toArray(String[]::new)), run.out() + run.err());
    return run;
  }

  @Test
  void theHostsOfAFileThatIsIncludedAreTouchedAndNoOther() throws Exception {
    write("base/all.yaml", BASE.replace("{eth1: {}}", "{eth1: {}, eth3: {}}"));
    write("hosts/hv-01.yaml", HV_01.replace("mtu: 1500", "mtu: 9000"));
    commit();
    String text = diff(ExitCode.DONE, "main").out();
    assertTrue(text.contains("  ~ interfaces.eth2  mtu 1500 → 9000\n"), text);
    assertTrue(text.contains("hv-02 · hosts/hv-02.yaml"), text);
    assertTrue(text.contains("~ bridges.br0.ports.eth3  bridge none → br0"), text);
    assertFalse(text.contains("hv-03"), text);
    assertFalse(text.contains("Warning"), text);
    assertTrue(text.contains(" touches 2 hosts and changes 2 of them: 0 to create, 3 to "), text);
    var unused = diff(ExitCode.CHANGES, "main", "--detailed-exitcode");
  }

  @Test
  void checksThatCameWentOrAreOthersAreSaid() throws Exception {
    write(
        "hosts/hv-02.yaml",
        "version: 1\nchecks: {a: {ping: 192.0.2.1}, b: {ping: 192.0.2.2}, c: {ping: 192.0.2.3}}\n");
    commit();
    git.checkout().setCreateBranch(true).setName("checks").call();
    write(
        "hosts/hv-02.yaml",
        "version: 1\nchecks: {a: {ping: 192.0.2.1}, b: {tcp: \"192.0.2.2:443\"}, d: {ping: 192.0.2.4}}\n");
    commit();
    String text = diff(ExitCode.DONE, "change").out();
    assertTrue(
        text.contains(
            """
              ~ checks.b  ping 192.0.2.2, within 10s → tcp 192.0.2.2:443, within 10s
              + checks.d  ping 192.0.2.4, within 10s
              - checks.c  ping 192.0.2.3, within 10s
            """),
        text);
    assertFalse(text.contains("~ checks.a"), text);
    assertTrue(
        diff(ExitCode.DONE, "change", "-o", "markdown")
            .out()
            .contains("- `- checks.c  ping 192.0.2.3, within 10s`\n"));
    Schemas.validates("diff.schema.json", diff(ExitCode.DONE, "change", "-o", "json").out());
  }

  @Test
  void whatANewFileNeedsIsThereAndWhatAnOldOneMadeGoes() throws Exception {
    write("hosts/hv-03.yaml", "version: 1\nroutes: [{to: 10.1.0.0/16, dev: eth0}]\n");
    write("hosts/hv-04.yaml", "version: 1\nvlans: {v7: {parent: eth9, id: 7}}\n");
    commit();
    String text = diff(ExitCode.DONE, "main", "HEAD").out();
    assertTrue(text.contains("- dummies.d0"), text);
    assertTrue(text.contains("+ routes[10.1.0.0/16 "), text);
    assertTrue(text.contains("+ vlans.v7"), text);
    assertTrue(text.contains("From a host on which nothing was applied yet."), text);
    assertFalse(text.contains("Waiting"), text);
  }

  @Test
  void aFileThatIsRefusedOrGoneIsSaidAndTheFirstIsAnError() throws Exception {
    write("hosts/hv-02.yaml", "version: 1\ndumies: {}\n");
    Files.delete(directory.resolve("r/hosts/hv-03.yaml"));
    commit();
    CommandRun run = diff(ExitCode.ERROR, "main..change", "-o", "json");
    Schemas.validates("diff.schema.json", run.out());
    assertTrue(run.out().contains("\"what\": \"broken\""), run.out());
    assertTrue(run.out().contains("hosts/hv-02.yaml:2:1: unknown key"), run.out());
    assertTrue(run.out().contains("\"what\": \"removed\""), run.out());
  }

  @Test
  void aFileByWhichTrafficGoesElsewhereIsRefusedAsByTheAgent() throws Exception {
    write(
        "hosts/hv-02.yaml",
        """
        version: 1
        namespaces: {web: {}}
        veths: {v0: {peer: {device: v1, namespace: web, addresses: [10.9.0.1/24]}}}
        reachability: {out: {from: web, to: 10.9.0.2, expect: delivered}}
        """);
    commit();
    CommandRun run = diff(ExitCode.ERROR, "main..change", "-o", "json");
    assertTrue(run.out().contains("reachability.out: what web sends to 10.9.0.2"), run.out());
  }

  @Test
  void jsonHasWholePlans() throws Exception {
    write("hosts/hv-01.yaml", HV_01.replace("access: 10", "access: 20"));
    commit();
    String json = diff(ExitCode.DONE, "main", "-o", "json").out();
    Schemas.validates("diff.schema.json", json);
    String plan = json.substring(json.indexOf("\"plan\": ") + "\"plan\": ".length());
    Schemas.validates("plan.schema.json", plan.substring(0, plan.lastIndexOf("}\n  ]")));
    assertTrue(json.contains("\"bridges.br1.ports.tap0\""), json);
  }

  @Test
  void threeDotsLeaveOutWhatTheOlderBranchGotSince() throws Exception {
    write("hosts/hv-01.yaml", HV_01.replace("mtu: 1500", "mtu: 9000"));
    commit();
    git.checkout().setName("main").call();
    write("hosts/hv-03.yaml", "version: 1\ndummies: {d1: {}}\n");
    commit();
    assertFalse(diff(ExitCode.DONE, "main...change").out().contains("hv-03"));
    assertTrue(diff(ExitCode.DONE, "main..change").out().contains("hv-03"));
  }

  @Test
  void placesAreThoseOfThePlumblineFile() throws Exception {
    write(
        "plumbline.yaml",
        """
        version: 1
        hosts:
          - {match: {labels: {role: web}}, path: roles/web.yaml}
          - {match: {host: "edge-*"}, path: "edge/{host}.yaml"}
        """);
    write("roles/web.yaml", "version: 1\nbridges: {br2: {datapath: kernel}}\n");
    write("edge/edge-1.yaml", "version: 1\nnamespaces: {a: {}}\n");
    write("edge/core-1.yaml", "version: 1\nnamespaces: {b: {}}\n");
    commit();
    String text = diff(ExitCode.DONE, "main").out();
    assertTrue(text.contains("edge-1 · edge/edge-1.yaml"), text);
    assertTrue(text.contains("any host · roles/web.yaml"), text);
    assertFalse(text.contains("core-1"), text);
    assertTrue(text.contains("hv-01 · hosts/hv-01.yaml\n\n  The file is gone"), text);
  }

  @Test
  void aFileThatNoHostTakesSinceAnEntryBeforeHasItsHostIsNoHostsFile() throws Exception {
    write(
        "plumbline.yaml",
        """
        version: 1
        hosts:
          - {match: {labels: {site: fra}}, path: fra.yaml}
          - {match: {host: "hv-*"}, path: "hv/{host}.yaml"}
          - {path: "hosts/{host}.yaml"}
        """);
    write("hv/hv-01.yaml", "version: 1\nnamespaces: {a: {}}\n");
    write("hosts/hv-01.yaml", "version: 1\nleftover: {}\n");
    write("hosts/web-1.yaml", "version: 1\nnamespaces: {b: {}}\n");
    commit();
    String text = diff(ExitCode.DONE, "main").out();
    assertTrue(text.contains("hv-01 · hv/hv-01.yaml"), text);
    assertTrue(text.contains("web-1 · hosts/web-1.yaml"), text);
    assertFalse(text.contains("leftover"), text);
  }

  @Test
  void aRecordTakesTheOlderCommitsPlace() throws Exception {
    write("hosts/hv-03.yaml", "version: 1\ninterfaces: {eth0: {mtu: 9000}}\n");
    commit();
    ResourceId eth0 = ResourceId.deviceIn("", "eth0");
    Map<String, String> fields = Map.of("kind", "", "mtu", "1400", "up", "true", "master", "");
    LiveState live =
        new LiveState(
            "hv-03", Capabilities.ALL, List.of(new Resource(eth0, null, fields)), Map.of(eth0, 2));
    try (Writer writer = Files.newBufferedWriter(directory.resolve("hv-03.json"))) {
      LiveJson.write(live, Map.of("version", 1L), writer);
    }
    CommandRun run = diff(ExitCode.DONE, "main", "--live", directory.toString());
    assertTrue(run.out().contains("mtu 1400 → 9000"), run.out());
    assertTrue(run.out().contains("From the recorded state of the host."), run.out());
  }

  @Test
  void whatIsNoCommitOrNoRepositoryIsSaid() {
    assertTrue(diff(ExitCode.ERROR, "mian").err().contains("`mian` is no commit of "));
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute("diff", "main", "-C", "/"));
    assertEquals("error: / is in no Git repository\n", run.err());
  }

  /** All commands of the examples but those that install plumbline and write the comment. */
  @Test
  void theExamplesForContinuousIntegrationRun() throws Exception {
    write("hosts/hv-01.yaml", HV_01.replace("mtu: 1500", "mtu: 9000"));
    commit();
    Path clone = directory.resolve("clone");
    String made = shell(directory, Map.of(), "git clone -q --branch change r clone");
    Path bin = Files.createDirectories(directory.resolve("bin"));
    Path command =
        Files.writeString(
            bin.resolve("plumbline"),
            "#!/bin/sh\nexec "
                + Path.of(System.getProperty("java.home"), "bin", "java")
                + " -XX:TieredStopAtLevel=1 -cp '"
                + System.getProperty("java.class.path")
                + "' "
                + Main.class.getName()
                + " \"$@\"\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    Map<String, String> environment =
        Map.of(
            "PATH",
            bin + ":" + System.getenv("PATH"),
            "GITHUB_BASE_REF",
            "main",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
            "main");
    for (String script : List.of(github(), gitlab())) {
      Files.deleteIfExists(clone.resolve("plan.md"));
      String said = made + shell(clone, environment, script);
      String plan = Files.readString(clone.resolve("plan.md"));
      assertTrue(plan.contains("! interfaces.eth2  mtu 1500 → 9000"), said + plan);
    }
  }

  @SuppressWarnings("unchecked")
  private static String github() throws IOException {
    Map<String, Object> file = yaml("github-actions.yml");
    var plan = (Map<String, Object>) ((Map<String, Object>) file.get("jobs")).get("plan");
    var steps = (List<Map<String, Object>>) plan.get("steps");
    assertEquals(
        List.of("Install plumbline", "Validate", "Plan", "Comment"),
        steps.stream().filter(step -> step.containsKey("run")).map(s -> s.get("name")).toList());
    return steps.stream()
        .filter(step -> List.of("Validate", "Plan").contains(step.getOrDefault("name", "")))
        .map(step -> step.get("run") + "\n")
        .reduce("", String::concat);
  }

  @SuppressWarnings("unchecked")
  private static String gitlab() throws IOException {
    var job = (Map<String, Object>) yaml("gitlab-ci.yml").get("network");
    return String.join("\n", (List<String>) job.get("script"));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> yaml(String name) throws IOException {
    String text = Files.readString(Path.of("../examples/ci").resolve(name));
    return (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  private static String shell(Path directory, Map<String, String> environment, String script)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-e", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }
}
