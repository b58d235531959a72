// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What is to be said of a way as a whole. */
final class Judge {
  private static final Set<Hop.Kind> COMPARED =
      Set.of(
          Hop.Kind.NAMESPACE,
          Hop.Kind.BRIDGE,
          Hop.Kind.TUNNEL,
          Hop.Kind.INTERNAL_PORT,
          Hop.Kind.DEVICE);

  private final Topology topology;
  private final Notes notes;

  Judge(Topology topology, Notes notes) {
    this.topology = topology;
    this.notes = notes;
  }

  void look(List<Way> there, List<Way> back, End arrives, End returns) {
    boolean whole =
        arrives.kind() != End.Kind.DROPPED
            && returns.kind() != End.Kind.DROPPED
            && returns.kind() != End.Kind.UNKNOWN;
    if (whole) {
      Set<String> forward = places(there);
      Set<String> backward = places(back);
      if (!forward.equals(backward)) {
        notes.found(
            Finding.Kind.ASYMMETRIC,
            "the answer takes another way"
                + but(", not by ", forward, backward)
                + but(", but by ", backward, forward));
      }
    }
    there.forEach(this::inBand);
    back.forEach(this::inBand);
  }

  private static String but(String word, Set<String> these, Set<String> those) {
    List<String> only = new ArrayList<>(these);
    only.removeAll(those);
    return only.isEmpty() ? "" : word + String.join(", ", only);
  }

  /** The devices, bridges and stacks on the ways; of a pair of devices, both. */
  private Set<String> places(List<Way> ways) {
    Set<String> places = new TreeSet<>();
    for (Way way : ways) {
      boolean counts = !way.isCopy() || way.end().kind() == End.Kind.DELIVERED;
      for (Hop hop : counts ? way.hops() : List.<Hop>of()) {
        if (COMPARED.contains(hop.kind()) && hop.kind() != Hop.Kind.NAMESPACE) {
          for (String name : hop.name().split(" or ", -1)) {
            Device device = topology.device(hop.namespace(), name);
            Device peer = device == null ? null : topology.peer(device);
            String place = device == null ? name : device.place();
            String other = peer == null ? place : peer.place();
            boolean pair = hop.kind() == Hop.Kind.DEVICE && other.compareTo(place) < 0;
            places.add(pair ? other : place);
          }
        }
      }
    }
    return places;
  }

  /** What the host itself sends into the switch depends on it. */
  private void inBand(Way way) {
    for (int i = 1; i < way.hops().size(); i++) {
      Hop stack = way.hops().get(i - 1);
      Hop port = way.hops().get(i);
      boolean own = i == 1 || way.hops().get(i - 2).kind() != Hop.Kind.TUNNEL;
      boolean isHost = stack.kind() == Hop.Kind.NAMESPACE && stack.namespace().isEmpty();
      if (isHost && own && i == 1 && port.kind() == Hop.Kind.INTERNAL_PORT) {
        notes.found(
            Finding.Kind.IN_BAND,
            port.name()
                + " is in band: what the host itself sends this way goes through the"
                + " switch. Its restart cuts nothing while the kernel forwards (eBPF); without"
                + " eBPF, or with the switch gone, the host is cut off here");
      }
    }
  }
}
