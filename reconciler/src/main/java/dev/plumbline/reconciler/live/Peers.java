// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the other half of each veth.
 *
 * <p>The kernel tells the other half's index and, if it is elsewhere, a number for its namespace
 * that only means something in this one. Halves that point at each other are candidates; the
 * number, asked for once for each pair of namespaces, decides.
 */
final class Peers {
  private static final String UNKNOWN = "(in another namespace)";

  record Half(String namespace, LinkFacts link) {
    String text() {
      return PeerText.of(ResourceId.deviceIn(namespace, link.name()));
    }
  }

  private final Map<String, NamespaceReader> readers;
  private final Sockets sockets;
  private final Map<String, Integer> numbers = new HashMap<>();

  Peers(Map<String, NamespaceReader> readers, Sockets sockets) {
    this.readers = readers;
    this.sockets = sockets;
  }

  /** Tells all veths whose other half they are. */
  static void resolve(Map<String, NamespaceReader> readers, Sockets sockets) throws IOException {
    Peers peers = new Peers(readers, sockets);
    for (Map.Entry<String, NamespaceReader> reader : readers.entrySet()) {
      for (LinkFacts link : reader.getValue().links().values()) {
        peers.resolve(reader.getKey(), link);
      }
    }
  }

  /** Tells one device, if it is a veth. */
  void resolve(String namespace, LinkFacts link) throws IOException {
    NamespaceReader reader = readers.get(namespace);
    if (reader != null && isVeth(link)) {
      Half peer = peerOf(namespace, link);
      reader.peer(link.index(), peer == null ? UNKNOWN : peer.text());
      adopt(reader, link, peer);
    }
  }

  static boolean isVeth(LinkFacts link) {
    return "veth".equals(link.kind());
  }

  /** The devices that may be the other half of this one, as far as their numbers tell. */
  List<Half> mates(LinkFacts link) {
    List<Half> mates = new ArrayList<>();
    readers.forEach(
        (namespace, reader) -> {
          LinkFacts other = reader.links().get(link.link());
          if (other != null && isVeth(other) && other.link() == link.index()) {
            mates.add(new Half(namespace, other));
          }
        });
    return mates;
  }

  /**
   * A pair is made by one request, but marked by two: where only one half bears the mark, the other
   * one is plumbline's as well.
   */
  private void adopt(NamespaceReader reader, LinkFacts link, @Nullable Half peer) {
    NamespaceReader there = peer == null ? null : readers.get(peer.namespace());
    if (peer != null && there != null && reader.ownerOf(link.index()) == null) {
      String owner = there.ownerOf(peer.link().index());
      if (owner != null && !PeerText.isOtherHalf(owner)) {
        reader.adopt(link.index(), PeerText.otherHalf(owner));
      }
    }
  }

  private @Nullable Half peerOf(String namespace, LinkFacts link) throws IOException {
    Integer number = link.linkNamespaceId();
    if (number == null) {
      NamespaceReader here = readers.get(namespace);
      LinkFacts peer = here == null ? null : here.links().get(link.link());
      return peer == null ? null : new Half(namespace, peer);
    }
    for (Half half : mates(link)) {
      if (half.link().linkNamespaceId() != null
          && numberOf(namespace, half.namespace()) == number) {
        return half;
      }
    }
    return null;
  }

  private int numberOf(String from, String of) throws IOException {
    String key = from + "/" + of;
    Integer known = numbers.get(key);
    if (known == null) {
      known = sockets.in(from).namespaceId(sockets.namespace(of));
      numbers.put(key, known);
    }
    return known;
  }
}
