// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.schema.FileSchema;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.yaml.YamlLimits;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlReader;
import dev.plumbline.spec.yaml.YamlScalar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The agent's configuration file: each of its keys is an option by another name ({@code
 * allowedSigners} is {@code --allowed-signers}), whoever adds the option.
 *
 * <p>What the file says is put in front of the words of the command line, but for options that are
 * there too, or that one of them excludes. So the file is under the rules of the command line
 * (types, groups, what is required), and the command line has precedence.
 */
final class AgentConfiguration implements IParameterPreprocessor {
  /** Read if it is there and no other is named. */
  static final String USUAL = "/etc/plumbline/agent.yaml";

  static final String CONFIG = "--config";

  /** Options that say what one run does, not how the agent is. */
  private static final Set<String> OF_ONE_RUN =
      Set.of(CONFIG, "--check", "--once", "--debug", "--help", "--version");

  private final Path usual;
  private final Map<String, Position> positions = new HashMap<>();
  private @Nullable Path file;

  AgentConfiguration(Path usual) {
    this.usual = usual;
  }

  /** A file with mistakes; each is a line. */
  static final class Refused extends ParameterException {
    private static final long serialVersionUID = 1L;
    private final ArrayList<String> lines;

    private Refused(CommandSpec verb, Path file, List<Problem> problems) {
      super(verb.commandLine(), file + ": the configuration is refused, see above");
      lines = new ArrayList<>(problems.stream().map(Problem::line).toList());
    }

    List<String> lines() {
      return lines;
    }
  }

  /** The options that are keys, by key. */
  static Map<String, OptionSpec> keys(CommandSpec verb) {
    Map<String, OptionSpec> keys = new TreeMap<>();
    for (OptionSpec option : verb.options()) {
      String name = option.longestName();
      if (name.startsWith("--") && !OF_ONE_RUN.contains(name) && !option.hidden()) {
        keys.put(key(name), option);
      }
    }
    return keys;
  }

  /** {@code --allowed-signers}: {@code allowedSigners}. */
  private static String key(String option) {
    String[] words = option.substring(2).split("-", -1);
    StringBuilder key = new StringBuilder(words[0]);
    for (int i = 1; i < words.length; i++) {
      key.append(Character.toUpperCase(words[i].charAt(0))).append(words[i], 1, words[i].length());
    }
    return key.toString();
  }

  /** Where the agent looks for its file if none is named, by the root command; null: nowhere. */
  static @Nullable Path usual(CommandSpec root) {
    CommandLine agent = root.subcommands().get("agent");
    return agent != null
            && agent.getCommandSpec().preprocessor() instanceof AgentConfiguration configuration
        ? configuration.usual
        : null;
  }

  /** The file that was read; null: none. */
  @Nullable Path file() {
    return file;
  }

  /** Where in the file a value stands; null: it is not from the file. */
  @Nullable Position position(@Nullable ArgSpec argument) {
    return argument instanceof OptionSpec option ? positions.get(option.longestName()) : null;
  }

  @Override
  public boolean preprocess(
      Stack<String> words, CommandSpec verb, ArgSpec none, Map<String, Object> information) {
    ParseResult given = lenient(words, verb);
    if (given != null
        && !given.hasMatchedOption("--help")
        && !given.hasMatchedOption("--version")) {
      Path named = given.matchedOptionValue(CONFIG, (Path) null);
      if (named != null || Files.exists(usual)) {
        file = named == null ? usual : named;
        List<String> said = read(file, verb, given);
        for (int i = said.size() - 1; i >= 0; i--) {
          words.push(said.get(i));
        }
      }
    }
    return false;
  }

  /** What the command line has, whether it is right or not; null where that cannot be said. */
  private static @Nullable ParseResult lenient(Stack<String> words, CommandSpec verb) {
    CommandSpec spec = CommandSpec.create();
    for (OptionSpec option : verb.options()) {
      OptionSpec.Builder copy =
          OptionSpec.builder(option.longestName(), option.names()).arity(option.arity().toString());
      boolean flag = option.arity().max() == 0;
      copy.type(flag ? boolean[].class : List.class);
      copy.auxiliaryTypes(flag ? boolean.class : String.class);
      if (option.longestName().equals(CONFIG)) {
        copy.type(Path.class).auxiliaryTypes(Path.class);
      }
      spec.addOption(copy.build());
    }
    List<String> arguments = new ArrayList<>(words);
    Collections.reverse(arguments);
    try {
      return new CommandLine(spec)
          .setUnmatchedArgumentsAllowed(true)
          .setOverwrittenOptionsAllowed(true)
          .parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      return null; // The real parser finds the same, and says it.
    }
  }

  private List<String> read(Path path, CommandSpec verb, ParseResult given) {
    Problems problems = new Problems();
    YamlMap tree;
    try {
      tree = tree(path, problems);
    } catch (IOException e) {
      throw new ParameterException(
          verb.commandLine(), "the configuration cannot be read: " + Failures.sentence(e), e);
    }
    if (tree != null) {
      FileSchema.AGENT.validate(tree, problems);
      Map<String, OptionSpec> keys = keys(verb);
      refuseTwoOfAGroup(tree, keys, problems);
      if (!problems.hasErrors()) {
        return words(tree, keys, given);
      }
    }
    throw new Refused(verb, path, problems.sorted());
  }

  /** What is written in it; null, with problems, if that is no map. */
  static @Nullable YamlMap tree(Path path, Problems problems) throws IOException {
    byte[] content;
    // Not readAllBytes: the file may be a device.
    try (InputStream in = Files.newInputStream(path)) {
      content = in.readNBytes(YamlLimits.FILE_BYTES + 1);
    }
    YamlNode root = YamlReader.read(path.toString(), content, problems);
    if (root instanceof YamlScalar nothing && nothing.isNull()) {
      return new YamlMap(nothing.position(), Map.of());
    }
    if (root != null && !(root instanceof YamlMap)) {
      problems.add(
          Problem.error(root.position(), "", "the file is " + root.describe())
              .expecting("a map of the agent's options"));
    }
    return root instanceof YamlMap map ? map : null;
  }

  /** Of an exclusive group the file may have one; the command line's own check has no places. */
  private static void refuseTwoOfAGroup(
      YamlMap tree, Map<String, OptionSpec> keys, Problems problems) {
    Map<ArgGroupSpec, String> chosen = new HashMap<>();
    for (Map.Entry<String, YamlMap.Entry> entry : tree.entries().entrySet()) {
      OptionSpec option = keys.get(entry.getKey());
      ArgGroupSpec group = option == null ? null : option.group();
      if (group == null || !group.exclusive()) {
        continue;
      }
      String first = chosen.putIfAbsent(group, entry.getKey());
      if (first != null) {
        problems.add(
            Problem.error(
                entry.getValue().keyPosition(),
                "",
                "`" + entry.getKey() + "` excludes `" + first + "`, which is here too"));
      }
    }
  }

  private List<String> words(YamlMap tree, Map<String, OptionSpec> keys, ParseResult given) {
    List<String> words = new ArrayList<>();
    tree.entries()
        .forEach(
            (key, entry) -> {
              OptionSpec option = keys.get(key);
              // The schema has accepted the key: there is none without an option.
              if (option != null && !isSettled(option, given)) {
                positions.put(option.longestName(), entry.value().position());
                add(option, entry.value(), words);
              }
            });
    return words;
  }

  /** Whether the command line has the option, or another of its exclusive group. */
  private static boolean isSettled(OptionSpec option, ParseResult given) {
    ArgGroupSpec group = option.group();
    if (group == null || !group.exclusive()) {
      return given.hasMatchedOption(option.longestName());
    }
    return group.args().stream()
        .anyMatch(
            each ->
                each instanceof OptionSpec other && given.hasMatchedOption(other.longestName()));
  }

  private static void add(OptionSpec option, YamlNode value, List<String> words) {
    String name = option.longestName();
    if (value instanceof YamlList list) {
      list.items().forEach(item -> add(option, item, words));
    } else if (value instanceof YamlMap map) {
      map.entries()
          .forEach((key, entry) -> words.add(name + "=" + key + "=" + text(entry.value())));
    } else if (option.arity().max() > 0) {
      words.add(name + "=" + text(value));
    } else if (value instanceof YamlScalar scalar && Boolean.TRUE.equals(scalar.value())) {
      words.add(name);
    }
  }

  private static String text(YamlNode value) {
    return value instanceof YamlScalar scalar ? scalar.text() : "";
  }
}
