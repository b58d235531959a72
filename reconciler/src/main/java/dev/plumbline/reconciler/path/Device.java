// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import org.jspecify.annotations.Nullable;

/**
 * A device.
 *
 * @param mac its own, or one that stands for it
 */
record Device(Resource resource, long mac) {
  static final int USUAL_MTU = 1500;

  String namespace() {
    return resource.id().namespace();
  }

  String name() {
    return resource.id().device();
  }

  /** The kernel's name for what it is; empty for a card, and where nobody says. */
  String kind() {
    return resource.get("kind");
  }

  boolean is(String kind) {
    return kind().equals(kind);
  }

  boolean isDown() {
    return resource.get("up").equals("false");
  }

  String master() {
    return resource.get("master");
  }

  String parent() {
    return resource.get("parent");
  }

  @Nullable ResourceId peer() {
    String peer = resource.get("peer");
    return peer.isEmpty() ? null : PeerText.parse(peer);
  }

  boolean hasMtu() {
    return !resource.get("mtu").isEmpty();
  }

  /** As people name it: {@code eth0}, {@code web/eth0}. */
  String place() {
    return namespace().isEmpty() ? name() : namespace() + "/" + name();
  }
}
