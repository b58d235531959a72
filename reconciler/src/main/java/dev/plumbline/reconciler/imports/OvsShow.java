// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.value.Position;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text that {@code ovs-vsctl show} prints. */
final class OvsShow {
  private static final Pattern OBJECT =
      Pattern.compile("(Bridge|Port|Interface|Manager|Controller) (.+)");
  private static final Pattern COLUMN = Pattern.compile("([a-z_]+): (.*)");
  private static final Pattern VALUE =
      Pattern.compile("(?:([^\\s=,\\[\\]{}\"]+)=)?(\"(?:[^\"\\\\]|\\\\.)*\"|[^\\s,\\[\\]{}\"]+)");

  private final OvsTables tables = OvsTables.empty(false);
  private final Draft draft;
  private @Nullable OvsRow bridge;
  private @Nullable OvsRow port;
  private @Nullable OvsRow row;

  private OvsShow(Draft draft) {
    this.draft = draft;
  }

  static OvsTables read(SourceText source, Draft draft) {
    OvsShow show = new OvsShow(draft);
    String[] lines = new String(source.content(), StandardCharsets.UTF_8).split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String text = lines[i].strip();
      if (!text.isEmpty()) {
        int column = lines[i].length() - lines[i].stripLeading().length() + 1;
        show.line(new Position(source.name(), i + 1, column), text);
      }
    }
    return show.tables;
  }

  private void line(Position at, String text) {
    Matcher object = OBJECT.matcher(text);
    Matcher column = COLUMN.matcher(text);
    if (object.matches()) {
      object(at, object.group(1), unquoted(object.group(2)));
    } else if (column.matches()) {
      if (row != null) {
        values(row, column.group(1), column.group(2));
      }
    } else if (!text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
      draft.error(at, "`" + text + "` is no line of `ovs-vsctl show`", "its output as it is");
    }
  }

  private void object(Position at, String kind, String name) {
    OvsRow made = new OvsRow();
    made.put("name", name);
    row = made;
    switch (kind) {
      case "Bridge" -> {
        bridge = made;
        port = null;
        tables.bridges().add(made);
      }
      case "Port" -> {
        if (bridge == null) {
          draft.error(at, "a port outside of a bridge", "`Bridge NAME` before it");
          return;
        }
        port = made;
        bridge.put("ports", name);
        tables.ports().put(name, made);
      }
      case "Interface" -> {
        if (port == null) {
          draft.error(at, "an interface outside of a port", "`Port NAME` before it");
          return;
        }
        port.put("interfaces", name);
        tables.interfaces().put(name, made);
      }
      default -> {
        // Of the bridge where it stands in one; its own lines are about its connection.
        if (bridge != null && kind.equals("Controller")) {
          bridge.put("controller", name);
        }
        row = null;
      }
    }
  }

  private static String unquoted(String text) {
    return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1")
        : text;
  }

  private static void values(OvsRow row, String column, String text) {
    if (!text.startsWith("{") && !text.startsWith("[")) {
      row.put(column, unquoted(text));
      return;
    }
    Matcher value = VALUE.matcher(text);
    while (value.find()) {
      String key = value.group(1);
      String what = unquoted(String.valueOf(value.group(2)));
      if (key == null) {
        row.put(column, what);
      } else {
        row.put(column, key, what);
      }
    }
  }
}
