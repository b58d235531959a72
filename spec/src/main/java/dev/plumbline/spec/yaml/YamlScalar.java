// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.yaml;

import dev.plumbline.spec.value.Position;
import java.math.BigInteger;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A scalar.
 *
 * @param text as written, without quotes
 * @param value null, Boolean, Long, BigInteger, Double or String
 * @param inset columns from its position to the text's first character; {@link #SOMEWHERE} if the
 *     text's columns are not the file's (several lines, escapes, variables)
 */
public record YamlScalar(Position position, String text, @Nullable Object value, int inset)
    implements YamlNode {
  /** The inset of a text whose columns say nothing of the file. */
  public static final int SOMEWHERE = -1;

  private static final int SHOWN = 60;
  private static final Set<String> NULLS = Set.of("~", "null", "Null", "NULL");
  private static final Map<String, Boolean> TRUTHS =
      Map.of(
          "true", true, "True", true, "TRUE", true, "false", false, "False", false, "FALSE", false);

  private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  /** A text, whatever it looks like. */
  public static YamlScalar ofText(Position position, String text) {
    return new YamlScalar(position, text, text, SOMEWHERE);
  }

  /** A plain (unquoted) scalar by the core schema, YAML 1.2 section 10.3.2. */
  public static YamlScalar ofPlain(Position position, String text) {
    return new YamlScalar(position, text, resolve(text), SOMEWHERE);
  }

  /** The same with its inset. */
  public YamlScalar inset(int columns) {
    return new YamlScalar(position, text, value, columns);
  }

  private static @Nullable Object resolve(String text) {
    if (text.isEmpty() || NULLS.contains(text)) {
      return null;
    }
    if (TRUTHS.containsKey(text)) {
      return TRUTHS.get(text);
    }
    char first = text.charAt(0);
    boolean number = first == '-' || first == '+' || first == '.' || (first >= '0' && first <= '9');
    if (!number || text.length() > 40) {
      return text;
    }
    if (DECIMAL.matcher(text).matches()) {
      return integer(text, 10);
    }
    if (OCTAL.matcher(text).matches()) {
      return integer(text.substring(2), 8);
    }
    if (HEXADECIMAL.matcher(text).matches()) {
      return integer(text.substring(2), 16);
    }
    if (FLOAT.matcher(text).matches()) {
      return Double.valueOf(text);
    }
    return text; // .inf and .nan mean nothing in a host file
  }

  private static Object integer(String digits, int radix) {
    BigInteger value = new BigInteger(digits, radix);
    if (value.bitLength() < 64) {
      return value.longValue();
    }
    return value;
  }

  public boolean isNull() {
    return value == null;
  }

  @Override
  public long size() {
    return 1;
  }

  @Override
  public int height() {
    return 1;
  }

  @Override
  public String describe() {
    if (value == null) {
      return "nothing (null)";
    }
    String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    if (value instanceof String) {
      return "the text `" + shown + "`";
    }
    return value instanceof Boolean ? "`" + shown + "`" : "the number " + shown;
  }
}
