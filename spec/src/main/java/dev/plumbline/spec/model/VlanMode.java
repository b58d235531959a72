// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.VlanId;
import dev.plumbline.spec.value.VlanSet;

/** How a port of a bridge takes part in VLANs. */
public sealed interface VlanMode {

  /** Untagged on the wire, in one VLAN. */
  record Access(VlanId id) implements VlanMode {}

  /** Tagged on the wire, in several VLANs; untagged frames are dropped. */
  record Trunk(VlanSet ids) implements VlanMode {}

  /**
   * A trunk whose untagged frames belong to the native VLAN.
   *
   * @param nativeVlan the VLAN of frames that come in untagged
   * @param ids the VLANs that are tagged; the native one need not be in it
   * @param tagged whether frames of the native VLAN go out tagged
   */
  record Native(VlanId nativeVlan, VlanSet ids, boolean tagged) implements VlanMode {}

  /** Every frame, tagged or not, gets this VLAN as its outer tag (802.1ad, "Q in Q"). */
  record Dot1qTunnel(VlanId id) implements VlanMode {}
}
