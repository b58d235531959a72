// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The root command: the options that every verb has, the verbs, and how all of them end. */
@Command(
    name = "plumbline",
    description = "Keeps a Linux host's network true to a YAML file in Git.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    exitCodeOnInvalidInput = ExitCode.ERROR,
    exitCodeOnExecutionException = ExitCode.ERROR)
final class Plumbline implements Runnable {
  @Option(
      names = "--debug",
      description = "Show the stack trace of an error.",
      scope = ScopeType.INHERIT)
  private boolean debug;

  private final Console console;

  private Plumbline(Console console) {
    this.console = console;
  }

  /** Runs one command line and returns its exit code; throws nothing. */
  static int execute(Console console, String... arguments) {
    int code = commandLine(console).execute(arguments);
    if (!console.flush()) {
      console.error("cannot write the result to standard output");
      return ExitCode.ERROR;
    }
    return code;
  }

  /** Every verb is registered here and nowhere else. */
  static CommandLine commandLine(Console console) {
    Plumbline root = new Plumbline(console);
    return new CommandLine(root)
        .addSubcommand(new Validate(console))
        .addSubcommand(new Show(console))
        .addSubcommand(new PlanCommand(console))
        .addSubcommand(new Apply(console))
        .addSubcommand(new AgentVerb(console))
        .addSubcommand(new DemoVerb(console))
        .addSubcommand(new Completion(console))
        .setColorScheme(
            Help.defaultColorScheme(console.coloursOut() ? Help.Ansi.ON : Help.Ansi.OFF))
        .setOut(console.out())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(root::wrongCommandLine)
        .setExecutionExceptionHandler(root::failed);
  }

  /** Without a verb: the help, as an error. */
  @Override
  public void run() {
    throw new CommandException("no command given: try `plumbline --help`");
  }

  private int wrongCommandLine(ParameterException problem, String[] arguments) {
    String verb = problem.getCommandLine().getCommandSpec().qualifiedName();
    String suggestions = String.join(", ", suggestionsFor(problem));
    console.error(
        // picocli puts the word before some of its sentences.
        String.valueOf(problem.getMessage()).replaceFirst("^Error: ", "")
            + (suggestions.isEmpty() ? "" : ", did you mean " + suggestions + "?")
            + " (see `"
            + verb
            + " --help`)");
    return ExitCode.ERROR;
  }

  private static Iterable<String> suggestionsFor(ParameterException problem) {
    return problem instanceof CommandLine.UnmatchedArgumentException unmatched
        ? unmatched.getSuggestions()
        : List.of();
  }

  private int failed(Exception problem, CommandLine verb, ParseResult parsed) {
    console.error(Failures.sentence(problem));
    if (debug) {
      console.stackTrace(problem);
    }
    return ExitCode.ERROR;
  }
}
