// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.problem;

import dev.plumbline.spec.value.Position;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a file.
 *
 * @param address of the object, {@code bridges.br0}; empty for the file as a whole
 * @param message what is wrong
 * @param expected what would be right, a noun phrase
 * @param suggestion what was probably meant, as it would be written
 */
public record Problem(
    Severity severity,
    Position position,
    String address,
    String message,
    @Nullable String expected,
    @Nullable String suggestion) {

  /** By file, line and column. */
  public static final Comparator<Problem> BY_POSITION =
      Comparator.comparing(Problem::position)
          .thenComparing(Problem::severity)
          .thenComparing(Problem::address)
          .thenComparing(Problem::message);

  /** How bad it is. */
  public enum Severity {
    /** The file is refused. */
    ERROR,
    /** The file is good, but probably does not say what was meant. */
    WARNING
  }

  /** An error without anything more to say. */
  public static Problem error(Position position, String address, String message) {
    return new Problem(Severity.ERROR, position, address, message, null, null);
  }

  /** A warning without anything more to say. */
  public static Problem warning(Position position, String address, String message) {
    return new Problem(Severity.WARNING, position, address, message, null, null);
  }

  /** The same, with what would be right. */
  public Problem expecting(@Nullable String what) {
    return new Problem(severity, position, address, message, what, suggestion);
  }

  /** The same, with what was probably meant. */
  public Problem suggesting(@Nullable String what) {
    return new Problem(severity, position, address, message, expected, what);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** One line: {@code file:line:column: address: message, expected …, did you mean `…`?}. */
  public String line() {
    StringBuilder out = new StringBuilder().append(position).append(": ");
    if (severity == Severity.WARNING) {
      out.append("warning: ");
    }
    if (!address.isEmpty()) {
      out.append(address).append(": ");
    }
    out.append(message);
    if (expected != null) {
      out.append(", expected ").append(expected);
    }
    if (suggestion != null) {
      out.append(", did you mean `").append(suggestion).append("`?");
    }
    return out.toString();
  }

  @Override
  public String toString() {
    return line();
  }

  /** The form for machines; a null component is left out. */
  public Json toJson() {
    return new Json(
        severity == Severity.ERROR ? "error" : "warning",
        position.file(),
        position.line(),
        position.column(),
        address,
        message,
        expected,
        suggestion);
  }

  /**
   * A problem as flat fields.
   *
   * @param severity {@code error} or {@code warning}
   * @param line from 1; 0: the whole file
   * @param column from 1; 0: the whole file
   */
  public record Json(
      String severity,
      String file,
      int line,
      int column,
      String address,
      String message,
      @Nullable String expected,
      @Nullable String suggestion) {}
}
