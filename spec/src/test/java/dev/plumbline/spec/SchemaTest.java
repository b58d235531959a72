// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SchemaTest {
  private final JsonNode schema;

  SchemaTest() throws IOException {
    schema =
        JsonMapper.shared().readTree(Files.readAllBytes(Path.of("../schemas/host.schema.json")));
  }

  @Test
  void every_value_has_a_title_a_description_and_examples_for_editors() {
    List<String> lacking = new ArrayList<>();
    walk(schema.path("properties"), "properties", lacking, new TreeSet<>());
    schema
        .path("$defs")
        .properties()
        .forEach(def -> rule(def.getValue(), def.getKey(), lacking, new TreeSet<>()));
    assertEquals(List.of(), lacking);
  }

  @Test
  void every_key_is_in_the_reference() throws IOException {
    String reference = Files.readString(Path.of("../docs/file.md"));
    Set<String> keys = new TreeSet<>();
    walk(schema.path("properties"), "properties", new ArrayList<>(), keys);
    schema
        .path("$defs")
        .properties()
        .forEach(def -> rule(def.getValue(), def.getKey(), new ArrayList<>(), keys));
    assertTrue(keys.size() > 100, "the walk finds the keys");
    keys.removeIf(key -> reference.contains("`" + key + "`"));
    assertEquals(Set.of(), keys, "keys that docs/file.md does not name");
  }

  @Test
  void the_schema_has_no_keyword_that_would_say_one_mistake_twice() {
    String text = schema.toString();
    for (String keyword : List.of("oneOf", "anyOf", "allOf", "not", "if", "format")) {
      assertTrue(!text.contains("\"" + keyword + "\":"), keyword);
    }
  }

  private static void walk(JsonNode properties, String at, List<String> lacking, Set<String> keys) {
    properties
        .properties()
        .forEach(
            property -> {
              keys.add(property.getKey());
              rule(property.getValue(), at + "." + property.getKey(), lacking, keys);
            });
  }

  private static void rule(JsonNode rule, String at, List<String> lacking, Set<String> keys) {
    if (rule.has("$ref")) {
      return;
    }
    for (String key : List.of("title", "description", "examples")) {
      if (!rule.has(key)) {
        lacking.add(at + " has no " + key);
      }
    }
    walk(rule.path("properties"), at, lacking, keys);
    if (rule.path("additionalProperties").isObject()) {
      rule(rule.path("additionalProperties"), at + ".*", lacking, keys);
    }
    if (rule.has("items")) {
      rule(rule.path("items"), at + "[]", lacking, keys);
    }
  }
}
