// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.schema;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import dev.plumbline.spec.problem.NearMiss;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Says what the validator found in the project's words, at the place in the file. */
final class Violations {
  private static final Set<String> YES = Set.of("yes", "on", "y", "true");
  private static final Set<String> NO = Set.of("no", "off", "n", "false");

  private final YamlMap tree;
  private final JsonNode schema;
  private final Problems problems;

  /** Keys that are suggested for unknown ones. */
  private final Set<String> meant = new HashSet<>();

  Violations(YamlMap tree, JsonNode schema, Problems problems) {
    this.tree = tree;
    this.schema = schema;
    this.problems = problems;
  }

  /**
   * A value of the file and what stands around it.
   *
   * @param object address of what the value is a setting of
   * @param name of the setting, for messages; empty for an item of a list
   */
  private record Place(
      YamlNode node, Position keyPosition, String address, String object, String name) {}

  private Place find(NodePath path) {
    YamlNode node = tree;
    Position key = tree.position();
    String address = "";
    String object = "";
    String name = "";
    for (int i = 0; i < path.getNameCount(); i++) {
      Object element = path.getElement(i);
      YamlNode child;
      if (node instanceof YamlMap map && map.entries().get(element.toString()) != null) {
        YamlMap.Entry entry = map.entries().get(element.toString());
        child = entry.value();
        key = entry.keyPosition();
        object = address;
        name = element.toString();
        address = address.isEmpty() ? name : address + "." + name;
      } else if (node instanceof YamlList list && element instanceof Integer index) {
        child = list.items().get(index);
        key = child.position();
        object = address;
        name = "";
        address = address + "[" + index + "]";
      } else {
        break;
      }
      node = child;
    }
    return new Place(node, key, address, object, name);
  }

  /** The schema around the violated keyword. */
  private JsonNode rule(Error error) {
    NodePath fragment = error.getSchemaLocation().getFragment();
    JsonNode node = schema;
    for (int i = 0; i < fragment.getNameCount() - 1; i++) {
      Object element = fragment.getElement(i);
      JsonNode next =
          element instanceof Integer index ? node.get(index) : node.get(element.toString());
      if (next == null) {
        return node;
      }
      node = next;
    }
    return node;
  }

  /** Whether reporting it says what was meant, which others go by: such are reported first. */
  static boolean isUnknownKey(Error error) {
    return error.getKeyword().equals("additionalProperties");
  }

  void report(Error error) {
    Place place = find(error.getInstanceLocation());
    JsonNode rule = rule(error);
    String property = error.getProperty() == null ? "" : error.getProperty();
    Position at = place.node.position();
    switch (error.getKeyword()) {
      case "additionalProperties" -> unknownKey(place, rule, property);
      case "required" -> missingKey(place, rule, property);
      case "type" -> wrongType(place, rule);
      case "enum" -> wrongChoice(place, rule);
      case "minimum", "maximum" -> outOfRange(place, rule);
      case "minItems", "maxItems", "minProperties", "maxProperties", "minLength" ->
          add(at, place.address, sized(error.getKeyword()), describe(rule), null);
      case "uniqueItems" -> add(at, place.address, "the list names something twice", null, null);
      default -> add(at, place.address, error.getMessage(), describe(rule), null);
    }
  }

  private void add(
      Position at,
      String address,
      String message,
      @Nullable String expected,
      @Nullable String suggestion) {
    problems.add(Problem.error(at, address, message).expecting(expected).suggesting(suggestion));
  }

  private void outOfRange(Place place, JsonNode rule) {
    boolean fraction =
        place.node instanceof YamlScalar scalar
            && scalar.value() instanceof Double value
            && (value.isInfinite() || value != Math.rint(value));
    if (fraction && !accepts(rule, "number")) {
      return; // of another type altogether: reported as that
    }
    add(
        place.node.position(),
        place.object,
        subject(place) + " is out of range",
        describe(rule),
        null);
  }

  private static String subject(Place place) {
    return place.name.isEmpty()
        ? place.node.describe()
        : "`" + place.name + "` is " + place.node.describe() + ", which";
  }

  private static String sized(String keyword) {
    return keyword.startsWith("min") ? "too little is here" : "too much is here";
  }

  /** What an unknown key was probably meant to be is not missed too. */
  private void missingKey(Place place, JsonNode rule, String key) {
    if (!meant.contains(place.address + "." + key)) {
      add(
          place.address.isEmpty() ? place.node.position() : place.keyPosition,
          place.address,
          "the key `" + key + "` is missing",
          article(rule.path("properties").path(key)),
          null);
    }
  }

  private void unknownKey(Place place, JsonNode rule, String key) {
    List<String> known = new ArrayList<>(rule.path("properties").propertyNames());
    Position at = place.keyPosition;
    if (place.node instanceof YamlMap map && map.entries().get(key) != null) {
      at = map.entries().get(key).keyPosition();
    }
    problems.unread(at);
    String same = Synonyms.find(key, known);
    String near = same != null ? same : NearMiss.find(key, known);
    String expected = near != null ? null : "one of " + String.join(", ", known);
    if (near != null) {
      meant.add(place.address + "." + near);
    }
    add(at, place.address, "unknown key `" + key + "`", expected, near);
  }

  private void wrongType(Place place, JsonNode rule) {
    String suggestion = null;
    if (place.node instanceof YamlScalar scalar) {
      String text = scalar.text().toLowerCase(Locale.ROOT);
      boolean switched = YES.contains(text) || NO.contains(text);
      String unit = unit(rule.path("examples").path(0).asString(""));
      if (accepts(rule, "boolean") && switched) {
        suggestion = YES.contains(text) ? "true" : "false";
      } else if (rule.path("properties").has("enabled") && switched) {
        suggestion = "{enabled: " + YES.contains(text) + "}";
      } else if (accepts(rule, "integer") && scalar.value() instanceof Boolean on) {
        suggestion = on ? "1" : "0";
      } else if (accepts(rule, "string") && scalar.value() instanceof Long && !unit.isEmpty()) {
        suggestion = scalar.text() + unit;
      } else if (accepts(rule, "string") && !scalar.isNull()) {
        suggestion = "\"" + scalar.text() + "\"";
      } else if (accepts(rule, "integer")
          && scalar.value() instanceof String
          && text.matches("[0-9]{1,18}")) {
        suggestion = text;
      }
    }
    String message =
        place.name.isEmpty()
            ? "this is " + place.node.describe()
            : "`" + place.name + "` is " + place.node.describe();
    add(place.node.position(), place.object, message, describe(rule), suggestion);
  }

  private void wrongChoice(Place place, JsonNode rule) {
    List<String> choices = new ArrayList<>();
    rule.path("enum").forEach(choice -> choices.add(choice.asString()));
    String text = place.node instanceof YamlScalar scalar ? scalar.text() : "";
    if (place.node instanceof YamlScalar scalar
        && scalar.value() instanceof String == accepts(rule, "integer")) {
      return; // of another type altogether: reported as that
    }
    if (!(place.node instanceof YamlScalar)) {
      return;
    }
    String expected = choices.size() == 1 ? choices.get(0) : "one of " + String.join(", ", choices);
    String message =
        place.name.isEmpty()
            ? "this is " + place.node.describe()
            : "`" + place.name + "` is " + place.node.describe();
    add(place.node.position(), place.object, message, expected, NearMiss.find(text, choices));
  }

  /** The unit of an example such as 100ms; empty if it is no duration. */
  private static String unit(String example) {
    return example.matches("[0-9]+(ms|s|m|h)") ? example.replaceAll("[0-9]", "") : "";
  }

  private static boolean accepts(JsonNode rule, String type) {
    JsonNode types = rule.path("type");
    if (types.isString()) {
      return types.asString().equals(type);
    }
    for (JsonNode each : types) {
      if (each.asString().equals(type)) {
        return true;
      }
    }
    return false;
  }

  /** A rule that may be a reference, as a noun phrase; null if it says nothing. */
  private @Nullable String article(JsonNode rule) {
    String reference = rule.path("$ref").asString("");
    if (reference.startsWith("#/$defs/")) {
      return describe(schema.path("$defs").path(reference.substring("#/$defs/".length())));
    }
    return rule.isMissingNode() ? null : describe(rule);
  }

  /** What the rule wants, as a noun phrase. */
  private static String describe(JsonNode rule) {
    List<String> kinds = new ArrayList<>();
    if (accepts(rule, "string")) {
      kinds.add("a text");
    }
    if (accepts(rule, "integer")) {
      kinds.add("a whole number" + bounds(rule));
    }
    if (accepts(rule, "number")) {
      kinds.add("a number");
    }
    if (accepts(rule, "boolean")) {
      kinds.add("true or false");
    }
    if (accepts(rule, "array")) {
      kinds.add("a list");
    }
    if (accepts(rule, "object")) {
      kinds.add("a map");
    }
    String phrase = String.join(" or ", kinds);
    JsonNode example = rule.path("examples").path(0);
    boolean obvious =
        accepts(rule, "boolean")
            || example.isMissingNode()
            || (example.isEmpty() && example.isContainer());
    return obvious ? phrase : phrase + " such as " + show(example);
  }

  private static String bounds(JsonNode rule) {
    JsonNode low = rule.path("minimum");
    JsonNode high = rule.path("maximum");
    return low.isMissingNode() || high.isMissingNode()
        ? ""
        : " from " + low.asString() + " to " + high.asString();
  }

  private static String show(JsonNode example) {
    return example.isContainer() ? example.toString().replace("\"", "") : example.asString();
  }
}
