// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.util.Map;

/**
 * Why an object is not as the file says.
 *
 * @param address in the file
 * @param word {@code paused}, {@code reported}, {@code fight}, {@code failed}
 * @param why a sentence about it
 */
record Condition(String address, String word, String why) {
  Map<String, String> tree() {
    return Map.of("address", address, "condition", word, "because", why);
  }
}
