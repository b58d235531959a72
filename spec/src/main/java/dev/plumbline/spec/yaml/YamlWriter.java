// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.yaml;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Writes a plain tree (maps, lists, texts, Long, Boolean) as YAML that {@link YamlReader} reads
 * back equal. The same tree always gives the same text.
 *
 * <p>What fits on a line and is not the file's outline is in flow style: {@code {mtu: 1500}}.
 */
public final class YamlWriter {
  private static final int WIDTH = 100;

  /** A longer one is no key without a question mark before it (YAML 1.2, 7.4.2: 1024). */
  private static final int SHORT_KEY = 1_000;

  private final StringBuilder out = new StringBuilder();

  private final BiFunction<String, Object, List<String>> comments;

  private YamlWriter(BiFunction<String, Object, List<String>> comments) {
    this.comments = comments;
  }

  /** The tree as a document that ends with a line break. */
  public static String write(Map<String, ?> tree) {
    return write(tree, (address, value) -> List.of());
  }

  /**
   * The same with comments.
   *
   * @param comments of a section ({@code bridges}), of an object ({@code bridges.br0}) and of an
   *     entry of a section that is a list ({@code routes}): lines that stand above it
   */
  public static String write(
      Map<String, ?> tree, BiFunction<String, Object, List<String>> comments) {
    YamlWriter writer = new YamlWriter(comments);
    if (tree.isEmpty()) {
      return "{}\n";
    }
    writer.map(tree, 0, "");
    return writer.out.toString();
  }

  private void comment(String indent, String address, Object value) {
    for (String line : comments.apply(address, value)) {
      out.append(indent).append("# ").append(line.replaceAll("\\p{Cntrl}", "?")).append('\n');
    }
  }

  private void map(Map<?, ?> map, int depth, String above) {
    map.forEach(
        (key, value) -> {
          if (depth == 0 && out.length() > 0 && isContainer(value)) {
            out.append('\n');
          }
          String indent = "  ".repeat(depth);
          String address = above + key;
          if (depth < 2) {
            comment(indent, address, value);
          }
          String name = text(key.toString());
          if (name.length() <= SHORT_KEY) {
            out.append(indent).append(name).append(':');
            value(value, depth, name.length() + 1, address);
          } else {
            out.append(indent).append("? ").append(name).append('\n').append(indent).append(':');
            value(value, depth, 1, address);
          }
        });
  }

  private void value(Object value, int depth, int used, String address) {
    boolean section = depth == 0 && value instanceof Map<?, ?> map && !map.isEmpty();
    String flow = section || isLongList(value, depth) ? "" : flow(value);
    boolean fits = !flow.isEmpty() && depth * 2 + used + 1 + flow.length() <= WIDTH;
    if (fits || !isContainer(value) || isEmpty(value)) {
      out.append(' ').append(flow(value)).append('\n');
    } else if (value instanceof Map<?, ?> map) {
      out.append('\n');
      map(map, depth + 1, address + ".");
    } else {
      out.append('\n');
      for (Object item : (List<?>) value) {
        if (depth == 0) {
          comment("  ", address, item);
        }
        out.append("  ".repeat(depth + 1)).append("- ").append(flow(item)).append('\n');
      }
    }
  }

  /** Routes and rules: a line each. */
  private static boolean isLongList(Object value, int depth) {
    return depth == 0
        && value instanceof List<?> list
        && list.stream().anyMatch(item -> item instanceof Map);
  }

  private static boolean isContainer(Object value) {
    return value instanceof Map || value instanceof List;
  }

  private static boolean isEmpty(Object value) {
    return value instanceof Map<?, ?> map ? map.isEmpty() : ((List<?>) value).isEmpty();
  }

  private static String flow(Object value) {
    StringBuilder flow = new StringBuilder();
    flow(value, flow);
    return flow.toString();
  }

  private static void flow(Object value, StringBuilder flow) {
    if (value instanceof Map<?, ?> map) {
      String separator = "";
      flow.append('{');
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        String name = text(entry.getKey().toString());
        flow.append(separator);
        if (name.length() <= SHORT_KEY) {
          flow.append(name).append(": ");
        } else {
          flow.append("? ").append(name).append(" : ");
        }
        flow(entry.getValue(), flow);
        separator = ", ";
      }
      flow.append('}');
    } else if (value instanceof List<?> list) {
      String separator = "";
      flow.append('[');
      for (Object item : list) {
        flow.append(separator);
        flow(item, flow);
        separator = ", ";
      }
      flow.append(']');
    } else if (value instanceof String text) {
      flow.append(text(text));
    } else {
      flow.append(value);
    }
  }

  /** Plain where that reads back as the same text in any context, else in double quotes. */
  private static String text(String text) {
    boolean plain =
        text.matches("[A-Za-z0-9_./][A-Za-z0-9_./:+*@-]*")
            && !text.endsWith(":")
            && !text.contains("::")
            && YamlScalar.ofPlain(NOWHERE, text).value() instanceof String;
    return plain ? text : quoted(text);
  }

  private static final dev.plumbline.spec.value.Position NOWHERE =
      dev.plumbline.spec.value.Position.ofFile("");

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
              } else if (c >= ' ' && c < 0x7f) {
                quoted.append((char) c);
              } else if (c <= 0xffff) {
                quoted.append(String.format("\\u%04x", c));
              } else {
                quoted.append(String.format("\\U%08x", c));
              }
            });
    return quoted.append('"').toString();
  }
}
