// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

/**
 * From first to last, both included: ports or user ids.
 *
 * @param first 0 to 2^32 - 1
 * @param last {@code first} to 2^32 - 1
 */
public record NumberRange(long first, long last) {
  @Override
  public String toString() {
    return first == last ? Long.toString(first) : first + "-" + last;
  }
}
