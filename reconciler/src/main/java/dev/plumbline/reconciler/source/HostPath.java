// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.util.ArrayDeque;
import java.util.Deque;

/** The path of a host's file in its repository. */
public final class HostPath {
  /** Where a host's file is if nothing else is said. */
  public static final String USUAL = "hosts/{host}.yaml";

  private static final String HOST = "{host}";

  private HostPath() {}

  /**
   * The path with the host's name in the place of {@code {host}}, normalised.
   *
   * @throws IllegalArgumentException if it leads out of the repository, or the host's name has a
   *     {@code /} in it
   */
  public static String of(String template, String host) {
    if (template.contains(HOST) && (host.contains("/") || host.isBlank())) {
      throw new IllegalArgumentException("`" + host + "` cannot be a host's name in a path");
    }
    String path = template.replace(HOST, host);
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..") && parts.pollLast() == null) {
        throw new IllegalArgumentException("the path " + path + " leads out of the repository");
      }
      if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
        parts.addLast(part);
      }
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("the path `" + template + "` names no file");
    }
    return String.join("/", parts);
  }
}
