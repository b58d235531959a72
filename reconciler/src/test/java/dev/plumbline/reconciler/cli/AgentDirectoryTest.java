// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.cli.AgentDirectory.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Who asks an agent finds it where its configuration says that it is. */
class AgentDirectoryTest {
  private static final AgentDirectory RUN =
      new AgentDirectory("run", "PLUMBLINE_RUN", Path.of("/run/plumbline"));

  @TempDir Path directory;
  private final CommandRun run = new CommandRun();

  /** The command line on a host whose agent's usual configuration file is this one. */
  private static CommandLine on(Path usual, CommandRun run) {
    CommandLine root = Plumbline.commandLine(run.console());
    CommandLine agent = root.getSubcommands().get("agent");
    agent.getCommandSpec().preprocessor(new AgentConfiguration(usual));
    return root;
  }

  private CommandSpec verb(String name, Path usual) {
    return on(usual, run).getSubcommands().get(name).getCommandSpec();
  }

  private Path configured(String text) throws IOException {
    return Files.writeString(directory.resolve("agent.yaml"), text);
  }

  private Path found(String text) throws IOException {
    return RUN.find(null, verb("status", configured(text)), Map.of()).path();
  }

  private String refused(String text) {
    return String.valueOf(assertThrows(CommandException.class, () -> found(text)).getMessage());
  }

  @Test
  void anOptionCountsMoreThanTheEnvironmentAndThatMoreThanTheFile() throws Exception {
    CommandSpec verb = verb("status", configured("file: /f\nrun: /from/file\n"));
    Map<String, String> set = Map.of("PLUMBLINE_RUN", "/from/environment");
    assertEquals(Path.of("/given"), RUN.find(Path.of("/given"), verb, set).path());
    assertEquals(
        new Found(Path.of("/from/environment"), "from PLUMBLINE_RUN"), RUN.find(null, verb, set));
    assertEquals(Path.of("/from/file"), RUN.find(null, verb, Map.of("PLUMBLINE_RUN", "")).path());
  }

  @Test
  void withoutAnyOfThemItIsAsUsual() throws Exception {
    assertEquals(Path.of("/run/plumbline"), found("file: /f\n"));
    assertEquals(Path.of("/run/plumbline"), found("# nothing but a comment\n"));
    CommandSpec none = verb("status", directory.resolve("none.yaml"));
    assertEquals(new Found(Path.of("/run/plumbline"), "as usual"), RUN.find(null, none, Map.of()));
  }

  @Test
  void aRelativePathIsSeenFromWhereTheServiceStarts() throws Exception {
    assertEquals(Path.of("/srv/run"), found("run: srv/run\n"));
  }

  @Test
  void aMistakeElsewhereInTheFileIsTheAgentsMatter() throws Exception {
    assertEquals(Path.of("/x"), found("rep: /r.git\nrun: /x\ninterval: 30\n"));
  }

  @Test
  void aFileThatDoesNotSayItIsNoAnswer() {
    assertTrue(refused("run: [a]\n").contains("agent.yaml:1:6: `run` is no directory"));
    assertTrue(refused("run: \"\"\n").contains("`run` is no directory"));
    assertTrue(refused("run: /a\nrun: /b\n").contains("agent.yaml:2:1"));
    String why = refused("run: {\n");
    assertTrue(why.contains("agent.yaml:2:1: ") && why.contains("give --run"), why);
  }

  @Test
  void theAgentItselfHasItFromTheFileThatItIsGiven() throws Exception {
    CommandSpec agent = verb("agent", configured("run: /from/usual\n"));
    assertEquals(Path.of("/run/plumbline"), RUN.find(null, agent, Map.of()).path());
  }

  /** All verbs that have the options get them from there, each through however many mixins. */
  @Test
  void theVerbsLookThere() throws Exception {
    Path file = configured("run: %s/run\nstate: %s/state\n".formatted(directory, directory));
    for (String verb : List.of("status", "events", "sync", "pause", "resume", "ports", "flows")) {
      CommandRun each = new CommandRun();
      assertEquals(ExitCode.ERROR, on(file, each).execute(verb));
      assertTrue(
          each.err().contains("(run directory " + directory + "/run, from " + file + ")"),
          verb + ": " + each.err());
    }
    Files.createDirectory(directory.resolve("state"));
    Files.writeString(directory.resolve("state/history"), "{\"revision\":\"one of the file\"}\n");
    CommandRun history = new CommandRun();
    assertEquals(ExitCode.DONE, on(file, history).execute("history", "-o", "json"), history.err());
    assertTrue(history.out().contains("one of the file"), history.out());
  }

  @Test
  void aBrokenFileDoesNotStopWhoNamesTheDirectory() throws Exception {
    Path file = configured("run: {\n");
    assertEquals(ExitCode.ERROR, on(file, run).execute("status", "--run", "/nowhere"));
    assertTrue(run.err().contains("(run directory /nowhere)"), run.err());
    assertEquals(ExitCode.ERROR, on(file, run).execute("status"));
    assertTrue(run.err().contains("agent.yaml:2:1: "), run.err());
  }
}
