// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The host hv-01, on which the commands of a page are run: the throwaway host of the test, with a
 * directory in which the page's files lie, the examples beside them, and {@code plumbline} on the
 * path.
 */
final class DocsHost implements AutoCloseable {
  private static final int SECONDS = 120;
  private static final Pattern AGENT =
      Pattern.compile("(sudo )?(\\./)?plumbline agent (?!.*--(once|check|help)\\b).*");
  private static final Pattern APPLIED =
      Pattern.compile("^[0-9:.]+ (applied |.*(in sync|waits for wave))", Pattern.MULTILINE);
  private static final Pattern ASKS =
      Pattern.compile("(sudo )?(\\./)?plumbline apply (?!.*(--yes|&&)).*");

  private final Path directory;
  private final Path work;
  private final Path functions = Path.of("src/test/resources/docs/first.sh").toAbsolutePath();
  private final String terminal;
  private Process agent;
  private Path agentSaid;

  /** What a command printed, and how it ended. */
  record Ended(String printed, int code) {}

  DocsHost(Path directory, Path program) throws IOException {
    this(directory, program, 0, 0);
  }

  /** With a terminal of such a size, on which all is shown; 0: none, but for what asks. */
  DocsHost(Path directory, Path program, int columns, int rows) throws IOException {
    terminal = columns == 0 ? "" : "stty cols %d rows %d; ".formatted(columns, rows);
    this.directory = directory;
    work = Files.createDirectories(directory.resolve("work"));
    Path bin = Files.createDirectories(directory.resolve("bin"));
    for (Path place : List.of(bin, work)) {
      Files.copy(program, place.resolve("plumbline"), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Installed.script(bin.resolve("sudo"), "#!/bin/sh\nexec \"$@\"\n");
    Sh.run("cp -r ../examples ../README.md " + work);
    Files.createDirectories(work.resolve("docs/pictures"));
  }

  Path work() {
    return work;
  }

  void write(String name, String text) throws IOException {
    Path file = work.resolve(name);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text);
  }

  /** Makes what a page takes for granted. */
  void first(String script) throws Exception {
    Ended ended =
        AGENT.matcher(script.strip()).matches()
            ? run(script.strip())
            : run("set -e\n. '" + functions + "'\n" + script);
    if (ended.code() != 0) {
      throw new AssertionError("first: " + script + "\n" + ended.printed());
    }
  }

  /** Runs a command; an agent goes on beside the commands after it. */
  Ended run(String command) throws Exception {
    if (AGENT.matcher(command).matches()) {
      return follow(command);
    }
    Path printed = Files.createTempFile(directory, "printed", "");
    ProcessBuilder builder =
        (!terminal.isEmpty() && !command.startsWith("set -e")) || ASKS.matcher(command).matches()
            ? process("script", "-qec", terminal + command, "/dev/null")
            : process("bash", "-c", command);
    Process process = builder.redirectOutput(printed.toFile()).start();
    try (var input = process.outputWriter()) {
      if (ASKS.matcher(command).matches()) {
        input.write("y\n");
      }
    } catch (IOException e) {
      // It asked nothing and has ended.
    }
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " does not end:\n" + Files.readString(printed));
    }
    return new Ended(shown(printed), process.exitValue());
  }

  private Ended follow(String command) throws Exception {
    close();
    agentSaid = Files.createTempFile(directory, "agent", "");
    agent =
        process("bash", "-c", "exec " + command.replaceFirst(" &$", ""))
            .redirectOutput(agentSaid.toFile())
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!APPLIED.matcher(said()).find()) {
      if (!agent.isAlive() || System.nanoTime() > end) {
        return new Ended(said(), agent.isAlive() ? -1 : agent.exitValue());
      }
      Thread.sleep(20);
    }
    return new Ended(said(), 0);
  }

  /** What the agent has said until now. */
  String said() throws IOException {
    return agentSaid == null ? "" : shown(agentSaid);
  }

  private ProcessBuilder process(String... command) {
    // Only uname is made another: network and mounts are those of the test's thread.
    List<String> all = new ArrayList<>(List.of("unshare", "--uts", "sh", "-c"));
    all.addAll(List.of("hostname hv-01; exec \"$@\"", "sh"));
    all.addAll(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(all).directory(work.toFile()).redirectErrorStream(true);
    var environment = builder.environment();
    environment.put("PATH", directory.resolve("bin") + ":" + environment.get("PATH"));
    environment.put("PLUMBLINE_STATE", directory.resolve("state").toString());
    environment.put("PLUMBLINE_RUN", directory.resolve("run").toString());
    environment.put("HOME", directory.toString());
    environment.put("TERM", "xterm");
    if (terminal.isEmpty()) {
      environment.put("NO_COLOR", "1");
    }
    for (String who : List.of("AUTHOR", "COMMITTER")) {
      environment.put("GIT_" + who + "_NAME", "Ann");
      environment.put("GIT_" + who + "_EMAIL", "ann@example.org");
    }
    environment.put("OVS_RUNDIR", work.toString());
    return builder;
  }

  private String shown(Path printed) throws IOException {
    return Files.readString(printed)
        .replace("\r\n", "\n")
        .replace(work + "/", "")
        .replace(directory + "/", "/var/lib/plumbline/");
  }

  /** Ends the agent, if there is one. */
  @Override
  public void close() {
    if (agent != null) {
      agent.destroy();
      if (!agent.onExit().completeOnTimeout(agent, SECONDS, TimeUnit.SECONDS).join().isAlive()) {
        agent = null;
        return;
      }
      agent.destroyForcibly();
      throw new AssertionError("the agent does not end");
    }
  }

  /** Whether there is such a program. */
  static boolean has(String program) {
    return !Sh.run("command -v " + program + " || :").isBlank();
  }
}
