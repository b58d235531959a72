// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.plumbline.reconciler.render.JsonTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code schemas/agent.schema.json} is what the agent's options make it. {@code
 * -Dagent.schema=write} writes it anew.
 */
class AgentSchemaTest {
  private static final Path SCHEMA = Path.of("../schemas/agent.schema.json");
  private static final boolean WRITE = "write".equals(System.getProperty("agent.schema"));
  private static final Set<Class<?>> WHOLE_NUMBERS =
      Set.of(int.class, Integer.class, long.class, Long.class, short.class, Short.class);

  private final CommandSpec verb =
      Plumbline.commandLine(new CommandRun().console())
          .getSubcommands()
          .get("agent")
          .getCommandSpec();

  @Test
  void theSchemaHasAKeyForEveryOptionAndNoOther() throws Exception {
    Map<String, Object> properties = new LinkedHashMap<>();
    AgentConfiguration.keys(verb).forEach((key, option) -> properties.put(key, property(option)));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("$id", "https://plumbline.dev/schemas/agent.schema.json");
    schema.put("title", "plumbline agent");
    schema.put("description", "The agent's configuration, /etc/plumbline/agent.yaml.");
    schema.put("type", "object");
    schema.put("additionalProperties", false);
    schema.put("properties", properties);
    String made = pretty(schema, "") + "\n";
    if (WRITE) {
      Files.writeString(SCHEMA, made);
    }
    assertEquals(
        made,
        Files.readString(SCHEMA),
        "an option was added or changed: run this test with -DargLine=-Dagent.schema=write");
  }

  @Test
  void everyOptionCanBeWrittenInAFile() {
    AgentConfiguration.keys(verb)
        .forEach(
            (key, option) -> {
              assertFalse(option.negatable(), key + ": false in the file would not say --no-…");
              assertFalse(option.interactive(), key);
              assertFalse(option.arity().max() == 0 && !isFlag(option), key);
              assertNotNull(property(option).get("description"), key + " has no description");
            });
  }

  private static Map<String, Object> property(OptionSpec option) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("description", description(option));
    property.putAll(type(option));
    String usual = option.defaultValue();
    // A default that the environment may change is none for a schema.
    if (usual != null && !description(option).contains("$PLUMBLINE_")) {
      property.put("default", isWhole(option) ? (Object) Long.valueOf(usual) : usual);
    }
    return property;
  }

  private static Map<String, Object> type(OptionSpec option) {
    Class<?> type = option.type();
    if (option.typeInfo().isMap()) {
      return ordered("type", "object", "additionalProperties", Map.of("type", "string"));
    }
    if (option.isMultiValue()) {
      return ordered("type", "array", "items", Map.of("type", "string"));
    }
    if (isFlag(option)) {
      return Map.of("type", "boolean");
    }
    if (isWhole(option)) {
      return Map.of("type", "integer");
    }
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("type", "string");
    if (type == Duration.class) {
      text.put("examples", List.of("30s"));
    } else if (type.isEnum()) {
      List<Object> choices = new ArrayList<>();
      option.completionCandidates().forEach(choices::add);
      text.put("enum", choices);
    } else {
      text.put("minLength", 1);
    }
    return text;
  }

  private static Map<String, Object> ordered(String a, Object one, String b, Object other) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(a, one);
    map.put(b, other);
    return map;
  }

  private static boolean isFlag(OptionSpec option) {
    return option.type() == boolean.class || option.type() == Boolean.class;
  }

  private static boolean isWhole(OptionSpec option) {
    return WHOLE_NUMBERS.contains(option.type());
  }

  private static String description(OptionSpec option) {
    String text = ManPage.description(option);
    ArgGroupSpec group = option.group();
    String others =
        group == null || !group.exclusive()
            ? ""
            : group.args().stream()
                .filter(other -> other != option && other instanceof OptionSpec)
                .map(other -> ((OptionSpec) other).longestName())
                .collect(Collectors.joining(", "));
    return others.isEmpty() ? text : text + " Excludes " + others + ".";
  }

  /** A key a line in the upper levels. */
  private static String pretty(Map<?, ?> tree, String indent) {
    String inner = indent + "  ";
    return tree.entrySet().stream()
        .map(
            entry -> {
              Object value = entry.getValue();
              boolean nested = value instanceof Map<?, ?> && inner.length() < 6;
              return inner
                  + JsonTree.line(String.valueOf(entry.getKey()))
                  + ": "
                  + (nested ? pretty((Map<?, ?>) value, inner) : JsonTree.line(value));
            })
        .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
  }
}
