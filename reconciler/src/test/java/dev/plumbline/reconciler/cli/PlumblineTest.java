// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class PlumblineTest {
  private final CommandRun run = new CommandRun();

  @Test
  void versionIsAResultAndNamesTheMavenVersion() {
    assertEquals(ExitCode.DONE, run.execute("--version"));
    assertTrue(run.out().matches("plumbline \\d+\\.\\d+\\.\\d+\\S*( \\(\\w+\\))?\\R"), run.out());
    assertEquals("", run.err());
  }

  @Test
  void helpNamesEveryVerb() {
    assertEquals(ExitCode.DONE, run.execute("--help"));
    Plumbline.commandLine(run.console())
        .getSubcommands()
        .forEach(
            (verb, command) ->
                assertEquals(
                    !command.getCommandSpec().usageMessage().hidden(),
                    run.out().contains("\n  " + verb),
                    verb));
  }

  @Test
  void everyVerbHasADescriptionAndTheCommonOptions() {
    Plumbline.commandLine(run.console())
        .getSubcommands()
        .forEach(
            (name, verb) -> {
              var spec = verb.getCommandSpec();
              assertTrue(spec.usageMessage().description().length > 0, name);
              assertTrue(spec.optionsMap().containsKey("--help"), name);
              assertTrue(spec.optionsMap().containsKey("--debug"), name);
            });
  }

  @Test
  void noVerbIsAnErrorThatPointsToTheHelp() {
    assertEquals(ExitCode.ERROR, run.execute());
    assertEquals("error: no command given: try `plumbline --help`\n", run.err());
  }

  @Test
  void anErrorSaysSoOnce() {
    assertEquals(ExitCode.ERROR, run.execute("agent"));
    assertTrue(run.err().startsWith("error: Missing required argument"), run.err());
  }

  @Test
  void aMistypedVerbGetsASuggestionAndNoStackTrace() {
    assertEquals(ExitCode.ERROR, run.execute("completions"));
    assertEquals(
        "error: unknown command `completions`, did you mean `completion`?"
            + " (see `plumbline --help`)\n",
        run.err());
    assertEquals("", run.out());
  }

  @Test
  void helpOfAVerbThatThereIsNotIsAnErrorToo() {
    assertEquals(ExitCode.ERROR, run.execute("completions", "--help"));
    assertTrue(run.err().startsWith("error: unknown command `completions`"), run.err());
    assertEquals("", run.out());
    assertEquals(ExitCode.DONE, run.execute("completion", "--help"));
  }

  @Test
  void aMistypedOptionGetsASuggestionToo() {
    assertEquals(ExitCode.ERROR, run.execute("plan", "--detailed-exitcod", "host.yaml"));
    assertEquals(
        "error: unknown option `--detailed-exitcod`, did you mean `--detailed-exitcode`?"
            + " (see `plumbline plan --help`)\n",
        run.err());
  }

  @Test
  void whatIsLikeNothingGetsNoSuggestion() {
    assertEquals(ExitCode.ERROR, run.execute("frobnicate"));
    assertEquals("error: unknown command `frobnicate` (see `plumbline --help`)\n", run.err());
  }

  @Test
  void anIntervalWithoutAUnitSaysWhatOneIs() {
    assertEquals(ExitCode.ERROR, run.execute("agent", "--file", "host.yaml", "--interval", "30"));
    assertEquals(
        "error: Invalid value for option '--interval': `30` is not a duration, expected a number with a"
            + " unit: 100ms, 300s, 5m, 1h (see `plumbline agent --help`)\n",
        run.err());
  }

  @Test
  void anArgumentTooManyIsNamed() {
    assertEquals(ExitCode.ERROR, run.execute("plan", "host.yaml", "other.yaml"));
    assertEquals(
        "error: one argument too many: `other.yaml` (see `plumbline plan --help`)\n", run.err());
  }

  @Test
  void completionIsAScriptForBash() {
    assertEquals(ExitCode.DONE, run.execute("completion"));
    assertTrue(run.out().contains("complete -F _complete_plumbline"), run.out());
  }

  @Test
  void aResultThatCannotBeWrittenIsAnError() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    Console console = new Console(full, run.errStream(), false, false, false);
    assertEquals(ExitCode.ERROR, Plumbline.execute(console, "--version"));
    assertEquals("error: cannot write the result to standard output\n", run.err());
  }

  @Test
  void coloursNeedATerminalAndPermission() {
    assertTrue(new Console(run.errStream(), run.errStream(), true, false, true).coloursOut());
    assertFalse(new Console(run.errStream(), run.errStream(), true, false, true).coloursErr());
    assertFalse(new Console(run.errStream(), run.errStream(), true, true, false).coloursOut());
  }

  @Test
  void progressIsForTerminalsOnly() {
    run.console().progress("reading");
    assertEquals("", run.err());
    new Console(run.errStream(), run.errStream(), false, true, false).progress("reading");
    assertEquals("\r\u001b[Kreading", run.err());
  }

  @Test
  void aResultDoesNotStandBehindProgress() {
    Console console = new Console(run.errStream(), run.errStream(), true, true, false);
    console.progress("[1/1] bridges.br0");
    console.out().println("done");
    console.flush();
    assertEquals("\r\u001b[K[1/1] bridges.br0\r\u001b[Kdone\n", run.err());
  }

  @Test
  void failuresAreOneLine() {
    assertEquals("a.yaml: no such file", Failures.sentence(new NoSuchFileException("a.yaml")));
    assertEquals(
        "a.yaml: permission denied", Failures.sentence(new AccessDeniedException("a.yaml")));
    assertEquals("one; two", Failures.sentence(new IOException("one\n  two\n")));
    assertTrue(
        Failures.sentence(new IllegalStateException("oops"))
            .startsWith("internal error: IllegalStateException: oops at "));
  }
}
