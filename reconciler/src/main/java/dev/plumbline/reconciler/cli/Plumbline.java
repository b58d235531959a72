// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.spec.problem.NearMiss;
import dev.plumbline.spec.value.Position;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

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
    CommandLine agent = new CommandLine(new AgentVerb(console));
    agent.getCommandSpec().preprocessor(new AgentConfiguration(Path.of(AgentConfiguration.USUAL)));
    return new CommandLine(root)
        .addSubcommand(new Validate(console))
        .addSubcommand(new Show(console))
        .addSubcommand(new ImportVerb(console))
        .addSubcommand(new PlanCommand(console))
        .addSubcommand(new DiffVerb(console))
        .addSubcommand(new PathVerb(console))
        .addSubcommand(new GraphVerb(console))
        .addSubcommand(new SimVerb(console))
        .addSubcommand(new Apply(console))
        .addSubcommand(new ConfirmVerb(console))
        .addSubcommand(new RollbackVerb(console))
        .addSubcommand(new WatchVerb(console))
        .addSubcommand(agent)
        .addSubcommand(new Status(console))
        .addSubcommand(new SyncVerb(console))
        .addSubcommand(new PauseVerb(console))
        .addSubcommand(new ResumeVerb(console))
        .addSubcommand(new EventsVerb(console))
        .addSubcommand(new HistoryVerb(console))
        .addSubcommand(new Flows(console))
        .addSubcommand(new TraceVerb(console))
        .addSubcommand(new TopVerb(console))
        .addSubcommand(new Fdb(console))
        .addSubcommand(new Ports(console))
        .addSubcommand(new BondVerb(console))
        .addSubcommand(new TunnelsVerb(console))
        .addSubcommand(new DemoVerb(console))
        .addSubcommand(new Completion(console))
        .setColorScheme(
            Help.defaultColorScheme(console.coloursOut() ? Help.Ansi.ON : Help.Ansi.OFF))
        .setOut(console.out())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Duration.class, new DurationConverter())
        .setExecutionStrategy(Plumbline::run)
        .setParameterExceptionHandler(root::wrongCommandLine)
        .setExecutionExceptionHandler(root::failed);
  }

  /** Without a verb: the help, as an error. */
  @Override
  public void run() {
    throw new CommandException("no command given: try `plumbline --help`");
  }

  /** As picocli does, but {@code --help} of a verb that there is not is no success. */
  private static int run(ParseResult parsed) {
    if (!parsed.hasSubcommand() && !parsed.unmatched().isEmpty()) {
      throw new UnmatchedArgumentException(parsed.commandSpec().commandLine(), parsed.unmatched());
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private int wrongCommandLine(ParameterException problem, String[] arguments) {
    CommandSpec verb = problem.getCommandLine().getCommandSpec();
    String message =
        problem instanceof UnmatchedArgumentException unmatched
            ? unknown(unmatched.getUnmatched(), verb)
            // picocli puts the word before some of its sentences.
            : String.valueOf(problem.getMessage()).replaceFirst("^Error: ", "");
    if (problem instanceof AgentConfiguration.Refused refused) {
      refused.lines().forEach(console::info);
      console.error(message);
      return ExitCode.ERROR;
    }
    Position position =
        verb.preprocessor() instanceof AgentConfiguration configuration
            ? configuration.position(problem.getArgSpec())
            : null;
    String place = position == null ? "" : position + ": ";
    console.error(place + message + " (see `" + verb.qualifiedName() + " --help`)");
    return ExitCode.ERROR;
  }

  /** What is wrong with the first word that nobody takes, and what was probably meant. */
  private static String unknown(List<String> unmatched, CommandSpec verb) {
    String word = unmatched.isEmpty() ? "" : unmatched.get(0).replaceFirst("=.*", "");
    boolean option = word.startsWith("-");
    Set<String> known = option ? verb.optionsMap().keySet() : verb.subcommands().keySet();
    String near = NearMiss.find(word, known);
    String what =
        option ? "unknown option" : known.isEmpty() ? "one argument too many:" : "unknown command";
    return what + " `" + word + "`" + (near == null ? "" : ", did you mean `" + near + "`?");
  }

  private int failed(Exception problem, CommandLine verb, ParseResult parsed) {
    console.error(Failures.sentence(problem));
    if (debug) {
      console.stackTrace(problem);
    }
    return ExitCode.ERROR;
  }
}
