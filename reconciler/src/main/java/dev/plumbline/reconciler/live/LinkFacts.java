// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.wire.LinkLayerAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a link once it was read as a device: by what others are read. All that the kernel
 * says of it would be some two kilobytes for each, for as long as it is followed.
 *
 * @param link index of the device below, or of a veth's peer, in the namespace {@code
 *     linkNamespaceId} if that is not null; 0 for none
 */
record LinkFacts(
    int index,
    String name,
    @Nullable String kind,
    int master,
    @Nullable String slaveKind,
    int link,
    @Nullable Integer linkNamespaceId,
    @Nullable String alias,
    @Nullable LinkLayerAddress address) {
  static LinkFacts of(Link link) {
    return new LinkFacts(
        link.index(),
        link.name(),
        link.kind() == null ? null : link.kind().intern(),
        link.master(),
        link.slaveKind() == null ? null : link.slaveKind().intern(),
        link.link(),
        link.linkNamespaceId(),
        link.alias(),
        link.address());
  }
}
