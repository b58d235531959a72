// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.namespace;

import java.io.IOException;

/**
 * There is a file of the name, but it is no network namespace: one that {@code ip netns add} is
 * about to make, or the rest of one whose making was broken off.
 */
public final class NotANamespaceException extends IOException {
  private static final long serialVersionUID = 1;

  NotANamespaceException(String message, IOException cause) {
    super(message, cause);
  }

  NotANamespaceException(String message) {
    super(message);
  }
}
