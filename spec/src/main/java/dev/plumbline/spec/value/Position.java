// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import java.util.Comparator;

/**
 * A place in a file.
 *
 * @param file the file as the user named it, or relative to the repository root
 * @param line from 1; 0 when the whole file is meant
 * @param column in characters, from 1; 0 when the whole file is meant
 */
public record Position(String file, int line, int column) implements Comparable<Position> {
  private static final Comparator<Position> ORDER =
      Comparator.comparing(Position::file)
          .thenComparingInt(Position::line)
          .thenComparingInt(Position::column);

  /** The whole of a file. */
  public static Position ofFile(String file) {
    return new Position(file, 0, 0);
  }

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
