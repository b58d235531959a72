// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.report.Build;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command as a manual page: man(7). Straight from picocli's model; its own way there leads
 * through AsciiDoc, and needs a Ruby to go on.
 */
final class ManPage {
  private final CommandSpec spec;
  private final StringBuilder out = new StringBuilder();

  private ManPage(CommandSpec spec) {
    this.spec = spec;
  }

  static String of(CommandLine command) throws IOException {
    return new ManPage(command.getCommandSpec()).write(command);
  }

  /** What an option's or argument's description says, its default put in. */
  static String description(ArgSpec argument) {
    String usual = argument.defaultValue();
    return String.join(" ", argument.description())
        .replace("${DEFAULT-VALUE}", usual == null ? "" : usual)
        .replace("$$", "$")
        .replace("%%", "%");
  }

  private String write(CommandLine command) throws IOException {
    String name = spec.qualifiedName("-");
    String[] about = spec.usageMessage().description();
    macro("TH", name.toUpperCase(Locale.ROOT), "1", "", "plumbline " + Build.version(), "");
    macro("SH", "NAME");
    text(name + " - " + (about.length == 0 ? "" : about[0].replaceFirst("\\.$", "")));
    macro("SH", "SYNOPSIS");
    text(command.getHelp().synopsis(0).strip().replaceAll("\\s+", " "));
    if (about.length > 0) {
      macro("SH", "DESCRIPTION");
      text(String.join(" ", about));
    }
    verbs();
    arguments();
    macro("SH", "EXIT STATUS");
    text("0: done, or nothing to do. 1: an error, of which standard error tells.");
    macro("SH", "SEE ALSO");
    CommandSpec root = spec.root();
    List<String> others = new ArrayList<>();
    if (root != spec) {
      others.add(root.name() + "(1)");
    }
    root.subcommands()
        .forEach(
            (verb, each) -> {
              boolean hidden = each.getCommandSpec().usageMessage().hidden();
              if (!hidden && !verb.equals(spec.name())) {
                others.add(root.name() + "-" + verb + "(1)");
              }
            });
    text(String.join(", ", others));
    return out.toString();
  }

  private void verbs() {
    if (spec.subcommands().isEmpty()) {
      return;
    }
    macro("SH", "COMMANDS");
    for (Map.Entry<String, CommandLine> verb : spec.subcommands().entrySet()) {
      if (verb.getValue().getCommandSpec().usageMessage().hidden()) {
        continue;
      }
      String[] about = verb.getValue().getCommandSpec().usageMessage().description();
      item(verb.getKey(), String.join(" ", about));
    }
  }

  private void arguments() {
    if (!spec.positionalParameters().isEmpty()) {
      macro("SH", "ARGUMENTS");
      for (PositionalParamSpec each : spec.positionalParameters()) {
        item(each.paramLabel(), description(each));
      }
    }
    macro("SH", "OPTIONS");
    spec.options().stream()
        .filter(option -> !option.hidden())
        .sorted(Comparator.comparing(OptionSpec::longestName))
        .forEach(option -> item(names(option), description(option)));
  }

  private static String names(OptionSpec option) {
    String value = option.arity().max() > 0 ? "=" + option.paramLabel() : "";
    return String.join(", ", new LinkedHashSet<>(List.of(option.names()))) + value;
  }

  private void item(String term, String description) {
    macro("TP");
    out.append("\\fB").append(escaped(term)).append("\\fR\n");
    text(description);
  }

  private void text(String text) {
    // A line that begins with a dot or a quote would be a request.
    out.append("\\&").append(escaped(text)).append('\n');
  }

  private void macro(String name, String... arguments) {
    out.append('.').append(name);
    for (String argument : arguments) {
      out.append(" \"").append(escaped(argument).replace("\"", "\\(dq")).append('"');
    }
    out.append('\n');
  }

  private static String escaped(String text) {
    return Help.Ansi.OFF
        .string(text)
        .replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("'", "\\(aq")
        .replace("`", "\\(ga")
        .replace("^", "\\(ha")
        .replace("~", "\\(ti");
  }
}
