// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

/**
 * A place on a way where something is decided.
 *
 * @param namespace the network namespace; empty: the host's own
 * @param name of the device, bridge, bond, patch or tunnel; of a namespace, its name
 * @param decision what becomes of the packet there
 * @param reason why; empty where there is nothing to decide
 */
public record Hop(Kind kind, String namespace, String name, String decision, String reason) {
  /** What a place is. */
  public enum Kind {
    /** A namespace's own IP stack: routing. */
    NAMESPACE("namespace"),
    DEVICE("device"),
    INTERNAL_PORT("internal port"),
    BRIDGE("bridge"),
    BOND("bond"),
    PATCH("patch"),
    TUNNEL("tunnel");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  /** As people name it: {@code host}, {@code web/eth0}, {@code br0}. */
  public String place() {
    if (kind == Kind.NAMESPACE) {
      return namespace.isEmpty() ? "host" : namespace;
    }
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
