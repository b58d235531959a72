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
 * path. Its processes are in a PID namespace of their own, with whose first process all end: what a
 * command leaves behind, too. Of the environment of whoever runs the tests they see nothing.
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
  private final Process holder;
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
    Sh.run("cp -r ../examples ../README.md " + Installed.quoted(work));
    Files.createDirectories(work.resolve("docs/pictures"));
    // It ends with its input, so that it does not outlive the test's own process either. A shell,
    // since it waits for processes that nobody else waits for.
    holder =
        process(
                List.of("unshare", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"),
                "bash",
                "-c",
                "hostname hv-01 && echo && read -r")
            .start();
    String line = holder.inputReader().readLine();
    if (line == null || !line.isEmpty()) {
      throw new IOException("no namespace for processes: " + line);
    }
  }

  Path work() {
    return work;
  }

  private void write(String name, String text) throws IOException {
    Path file = work.resolve(name);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text);
  }

  /** Told of each command that was run. */
  interface Watcher {
    void ended(DocsPage.Step step, Ended ended);
  }

  /**
   * Does what the page says, in its order; what is not run here is said.
   *
   * @return commands that ended with another code than the page says
   */
  List<String> run(DocsPage page, Watcher watcher) throws Exception {
    List<String> wrong = new ArrayList<>();
    for (DocsPage.Block block : page.blocks()) {
      List<String> missing = block.missing();
      if (!missing.isEmpty()) {
        System.err.println(page + ":" + block.line() + ": not run here, there is no " + missing);
      } else if (block.kind() == DocsPage.Kind.FIRST) {
        first(block.text());
      } else if (block.kind() == DocsPage.Kind.FILE) {
        write(block.name(), block.text());
      } else if (block.isRun()) {
        for (DocsPage.Step step : block.steps()) {
          Ended ended = run(step.command());
          boolean last = step.equals(block.steps().get(block.steps().size() - 1));
          if (ended.code() != (last ? block.exits() : 0)) {
            wrong.add(
                "%s:%d: %s\nexit code %d\n%s"
                    .formatted(page, step.line(), step.command(), ended.code(), ended.printed()));
          }
          watcher.ended(step, ended);
        }
      }
    }
    return wrong;
  }

  /** Makes what a page takes for granted. */
  private void first(String script) throws Exception {
    Ended ended =
        AGENT.matcher(script.strip()).matches()
            ? run(script.strip())
            : run("set -e\n. " + Installed.quoted(functions) + "\n" + script);
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
      // What it started ends with the host.
      throw new AssertionError(command + " does not end:\n" + Files.readString(printed));
    }
    return new Ended(shown(printed), process.exitValue());
  }

  private Ended follow(String command) throws Exception {
    endAgent();
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
    // Network as of the test's thread; nsenter waits, and ends as the command does.
    String first = Long.toString(holder.children().findAny().orElseThrow().pid());
    return process(
        List.of("nsenter", "--target", first, "--mount", "--pid", "--uts", "--wd", "--"), command);
  }

  private ProcessBuilder process(List<String> where, String... command) {
    List<String> all = new ArrayList<>(where);
    all.addAll(List.of(command));
    ProcessBuilder builder =
        Installed.clean(new ProcessBuilder(all)).directory(work.toFile()).redirectErrorStream(true);
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
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("OVS_RUNDIR", work.toString());
    return builder;
  }

  private String shown(Path printed) throws IOException {
    return Files.readString(printed)
        .replace("\r\n", "\n")
        .replace(work + "/", "")
        .replace(directory + "/", "/var/lib/plumbline/");
  }

  private void endAgent() {
    if (agent == null) {
      return;
    }
    Process ending = agent;
    agent = null;
    // A signal for nsenter would end nsenter alone.
    ending.children().forEach(ProcessHandle::destroy);
    if (ending.onExit().completeOnTimeout(ending, SECONDS, TimeUnit.SECONDS).join().isAlive()) {
      throw new AssertionError("the agent does not end");
    }
  }

  /**
   * Ends the agent, if there is one, and then all that runs on the host. Then links go: JUnit would
   * warn of each in copies of /etc, as they lead out of the test's directory.
   */
  @Override
  public void close() throws IOException {
    try {
      endAgent();
    } finally {
      endAll();
      Sh.run("find " + Installed.quoted(directory) + " -type l -delete");
    }
  }

  /** The first process ends, the kernel kills the others, and only then unshare is told. */
  private void endAll() throws IOException {
    holder.outputWriter().close();
    if (holder.onExit().completeOnTimeout(holder, SECONDS, TimeUnit.SECONDS).join().isAlive()) {
      holder.destroyForcibly();
      throw new AssertionError("the processes of the host do not end");
    }
  }

  /** Whether there is such a program. */
  static boolean has(String program) {
    return !Sh.run("command -v " + program + " || :").isBlank();
  }
}
