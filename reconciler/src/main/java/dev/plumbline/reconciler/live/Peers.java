// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.route.Link;
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
  private static final String OTHER_HALF = " (other half)";

  private record Half(String namespace, Link link) {
    String text() {
      return PeerText.of(ResourceId.deviceIn(namespace, link.name()));
    }
  }

  private record Ends(int index, int peerIndex) {}

  private final Map<String, NamespaceReader> readers;
  private final Sockets sockets;
  private final Map<Ends, List<Half>> halves = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();

  private Peers(Map<String, NamespaceReader> readers, Sockets sockets) {
    this.readers = readers;
    this.sockets = sockets;
  }

  static void resolve(Map<String, NamespaceReader> readers, Sockets sockets) throws IOException {
    Peers peers = new Peers(readers, sockets);
    for (Map.Entry<String, NamespaceReader> reader : readers.entrySet()) {
      for (Link link : reader.getValue().links().values()) {
        if ("veth".equals(link.kind()) && link.linkNamespaceId() != null) {
          peers
              .halves
              .computeIfAbsent(new Ends(link.index(), link.link()), ends -> new ArrayList<>())
              .add(new Half(reader.getKey(), link));
        }
      }
    }
    for (Map.Entry<String, NamespaceReader> reader : readers.entrySet()) {
      for (Link link : reader.getValue().links().values()) {
        if ("veth".equals(link.kind())) {
          Half peer = peers.peerOf(reader.getKey(), link);
          reader.getValue().peer(link.index(), peer == null ? UNKNOWN : peer.text());
          peers.adopt(reader.getValue(), link, peer);
        }
      }
    }
  }

  /**
   * A pair is made by one request, but marked by two: where only one half bears the mark, the other
   * one is plumbline's as well.
   */
  private void adopt(NamespaceReader reader, Link link, @Nullable Half peer) {
    NamespaceReader there = peer == null ? null : readers.get(peer.namespace());
    if (peer != null && there != null && reader.ownerOf(link.index()) == null) {
      String owner = there.ownerOf(peer.link().index());
      if (owner != null && !owner.endsWith(OTHER_HALF)) {
        reader.adopt(link.index(), owner + OTHER_HALF);
      }
    }
  }

  private @Nullable Half peerOf(String namespace, Link link) throws IOException {
    Integer number = link.linkNamespaceId();
    if (number == null) {
      NamespaceReader here = readers.get(namespace);
      Link peer = here == null ? null : here.links().get(link.link());
      return peer == null ? null : new Half(namespace, peer);
    }
    for (Half half : halves.getOrDefault(new Ends(link.link(), link.index()), List.of())) {
      if (numberOf(namespace, half.namespace()) == number) {
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
