// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A named network namespace, as {@code ip netns} makes them.
 *
 * @param sysctl value by dotted name ({@code net.ipv4.ip_forward}), values as the kernel prints
 *     them
 */
public record Namespace(Map<String, String> sysctl) {
  public Namespace {
    sysctl = Collections.unmodifiableMap(new LinkedHashMap<>(sysctl));
  }
}
