// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.time.Instant;

/**
 * A commit.
 *
 * @param id its full name, 40 hexadecimal digits
 * @param author the author's name as the commit says it
 * @param subject the first line of its message
 * @param time when it was committed
 */
public record Revision(String id, String author, String subject, Instant time) {
  private static final int SHORT = 7;

  /** The id as people write it. */
  public String shortId() {
    return id.length() > SHORT ? id.substring(0, SHORT) : id;
  }

  /** {@code 3f2c1ab "web on port 2" by Ann}. */
  @Override
  public String toString() {
    return shortId() + " \"" + subject + "\" by " + author;
  }
}
