// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

/** Something wrong, or worth knowing, that was met on a way. */
public record Finding(Kind kind, String text) {
  /** What it is. */
  public enum Kind {
    TUNNEL_IN_ITSELF("tunnel-in-itself"),
    BRIDGE_LOOP("bridge-loop"),
    BLACK_HOLE("black-hole"),
    MTU("mtu"),
    ASYMMETRIC("asymmetric"),
    IN_BAND("in-band"),
    DUPLICATE_ADDRESS("duplicate-address");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }
}
