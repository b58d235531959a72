// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

/**
 * A pair of devices; what enters one leaves the other (veth(4)).
 *
 * @param settings the near end
 * @param peer the far end; often in another namespace
 */
public record Veth(DeviceSettings settings, Peer peer) implements DeviceKind {
  /**
   * The far end. Without a name in the file it is the key, cut to ten characters, and {@code
   * -peer}.
   */
  public record Peer(DeviceSettings settings) {}
}
