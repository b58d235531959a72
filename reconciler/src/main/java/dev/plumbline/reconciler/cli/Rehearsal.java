// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.reconciler.host.DirectoryTree;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.render.LiveJson;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Runs typical commands in one process, their results thrown away, so that the JVM can archive the
 * classes they need (AppCDS; {@code ./plumbline} calls it once after a build, in the project's
 * directory). A command that fails ends it with that command's exit code: an archive of the error
 * path would help nobody.
 *
 * <p>What reads and changes a host is rehearsed on one that is thrown away, with no name for
 * anything of the machine's; where that cannot be made, for want of root or otherwise, those
 * commands just start slower.
 */
public final class Rehearsal {
  private static final String EXAMPLE = "examples/bridge-vlans.yaml";

  /** Of all layers something, of kinds that every kernel has. */
  private static final String FILE =
      """
      version: 1
      namespaces: {rehearsal: {sysctl: {net.ipv4.ip_forward: 1}}}
      veths:
        a: {addresses: [10.0.0.1/24, "fd00::1/64"], peer: {device: b, namespace: rehearsal}}
        c: {mtu: 1400, peer: {device: d}}
      bridges: {br0: {datapath: kernel, ports: {c: {}}, addresses: [10.1.0.1/24]}}
      tunnels: {vx0: {bridge: br0, type: vxlan, local: 10.0.0.1, remote: 10.0.0.2, key: 1}}
      routes: [{to: 10.2.0.0/24, via: 10.0.0.2}, {to: 10.3.0.0/24, dev: c, table: 100}]
      rules: [{from: 10.2.0.0/24, table: 100, priority: 1000}]
      """;

  private final Path directory;

  private Rehearsal(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("plumbline-rehearsal");
    int code;
    try {
      code = new Rehearsal(directory).run();
    } finally {
      DirectoryTree.delete(directory);
    }
    System.exit(code);
  }

  private int run() throws IOException {
    Path nothing = directory.resolve("nothing.json");
    try (Writer writer = Files.newBufferedWriter(nothing)) {
      LiveJson.write(LiveState.empty("rehearsal"), Map.of("version", 1), writer);
    }
    int code =
        all(
            List.of(
                List.of("--version"),
                List.of("--help"),
                List.of("agent", "--check", "--config", "examples/agent/agent.yaml"),
                List.of("validate", EXAMPLE, "examples/routing.yaml"),
                List.of("plan", "examples/tunnels.yaml", "--live", nothing.toString())));
    if (code != ExitCode.DONE || !enterThrowawayHost()) {
      return code;
    }
    String state = directory.resolve("state").toString();
    String full = Files.writeString(directory.resolve("full.yaml"), FILE).toString();
    String empty = Files.writeString(directory.resolve("empty.yaml"), "version: 1\n").toString();
    return all(
        List.of(
            List.of("plan", full, "--state", state),
            List.of("apply", full, "--state", state, "--yes"),
            List.of("plan", full, "--state", state),
            List.of("show", "--state", state),
            List.of("show", "--state", state, "-o", "json"),
            List.of("apply", empty, "--state", state, "--yes")));
  }

  private static int all(List<List<String>> commands) {
    for (List<String> command : commands) {
      Console console =
          new Console(OutputStream.nullOutputStream(), System.err, false, false, false);
      int code = Plumbline.execute(console, command.toArray(String[]::new));
      if (code != ExitCode.DONE) {
        System.err.println(String.join(" ", command) + ": exit code " + code);
        return code;
      }
    }
    return ExitCode.DONE;
  }

  /** This thread moves for good; what it makes there goes with the process. */
  private static boolean enterThrowawayHost() throws IOException {
    if (Libc.geteuid() != 0) {
      return false;
    }
    try {
      Libc.unshare(Libc.CLONE_NEWNET | Libc.CLONE_NEWNS);
      Libc.mount("none", "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null);
      Libc.mount("none", "/run", "tmpfs", 0, "mode=0755");
      Files.createDirectory(Path.of("/run/netns"));
      return true;
    } catch (ErrnoException e) {
      System.err.println("no throwaway host to rehearse on: " + e.getMessage());
      return false;
    }
  }
}
