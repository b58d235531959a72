// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A directory that the agent and the other verbs have to agree on. An option names it, or else the
 * environment, or else the agent's configuration file where it usually is; that is read only if it
 * comes to that, and only for the one key.
 *
 * @param key of the configuration file
 * @param variable of the environment
 * @param usual where nobody says anything
 */
record AgentDirectory(String key, String variable, Path usual) {
  /** Whose relative paths are seen from where a service is started. */
  private static final Path ROOT = Path.of("/");

  /**
   * A directory, and who says so.
   *
   * @param source for a message; empty where the option does
   */
  record Found(Path path, String source) {
    @Override
    public String toString() {
      return source.isEmpty() ? path.toString() : path + ", " + source;
    }
  }

  /**
   * Finds it.
   *
   * @param given the option's value; null: it is not there
   * @param verb whose option it is
   * @throws CommandException if it comes to a configuration file that does not say what it is
   */
  Found find(@Nullable Path given, CommandSpec verb) {
    return find(given, verb, System.getenv());
  }

  /** As {@link #find(Path, CommandSpec)}, in that environment. */
  Found find(@Nullable Path given, CommandSpec verb, Map<String, String> environment) {
    if (given != null) {
      return new Found(given, "");
    }
    String named = environment.getOrDefault(variable, "");
    if (!named.isEmpty()) {
      return new Found(Path.of(named), "from " + variable);
    }
    // The agent itself has it among its options already, from this file or another.
    Path file =
        verb.preprocessor() instanceof AgentConfiguration
            ? null
            : AgentConfiguration.usual(verb.root());
    if (file == null || !Files.exists(file)) {
      return new Found(usual, "as usual");
    }
    return configured(file);
  }

  private Found configured(Path file) {
    Problems problems = new Problems();
    YamlMap tree;
    try {
      tree = AgentConfiguration.tree(file, problems);
    } catch (AccessDeniedException e) {
      // Who may ask the agent need not be let see how it reaches its repository.
      return new Found(usual, "as usual, for " + file + " may not be read");
    } catch (IOException e) {
      throw refused(Failures.sentence(e), e);
    }
    if (problems.hasErrors() || tree == null) {
      throw refused(problems.sorted().stream().map(Problem::line).findFirst().orElse(""), null);
    }
    YamlNode value = tree.get(key);
    if (value == null) {
      return new Found(usual, "as usual");
    }
    if (!(value instanceof YamlScalar scalar) || scalar.isNull() || scalar.text().isEmpty()) {
      throw refused(value.position() + ": `" + key + "` is no directory", null);
    }
    try {
      return new Found(ROOT.resolve(scalar.text()), "from " + file);
    } catch (InvalidPathException e) {
      throw refused(value.position() + ": `" + key + "` is no directory", e);
    }
  }

  private CommandException refused(String why, @Nullable Exception cause) {
    return new CommandException(why + "; mend it, or give --" + key, cause);
  }
}
