// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing that the agent said.
 *
 * @param number counts from 1 since the agent began
 * @param event what kind of event; {@code docs/agent.md} lists them
 * @param message a sentence for people
 * @param properties numbers, booleans, texts, and maps of them
 */
public record Event(
    long number, Instant time, String event, String message, Map<String, ?> properties) {

  /** It as a tree for JSON; the properties beside the rest. */
  public Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("number", number);
    tree.put("time", time.toString());
    tree.put("event", event);
    tree.put("message", message);
    tree.putAll(properties);
    return tree;
  }
}
