// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.Reception;
import dev.plumbline.reconciler.resource.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel's events tell of devices, in their order: each message read as the reader of a
 * host reads one of a dump. Of all else it tells which types of messages there were.
 *
 * <p>A device that moves to another namespace is gone in one and there in the other; it is told as
 * one event, as the message of its going says where it went. For one thread.
 */
public final class DeviceEvents implements AutoCloseable {
  /** RTM_NEWLINK and RTM_DELLINK (linux/rtnetlink.h). */
  private static final int NEWLINK = 16;

  private static final int DELLINK = 17;
  private static final int BUFFER_BYTES = 16 << 20;

  /** Told of one event. */
  @FunctionalInterface
  public interface Listener {
    void happened(@Nullable Resource before, @Nullable Resource after);
  }

  private record Place(String namespace, int index) {}

  private record Told(String namespace, Message message) {}

  private final Map<String, Subscription> subscriptions = new TreeMap<>();
  private final Map<String, NamespaceReader> readers = new HashMap<>();
  private final Map<Place, Resource> devices = new LinkedHashMap<>();
  private final Sockets sockets;

  public DeviceEvents(Sockets sockets) {
    this.sockets = sockets;
  }

  /** Listens in these namespaces, and in no others. */
  public void cover(Set<String> namespaces) throws IOException {
    for (String gone : List.copyOf(subscriptions.keySet())) {
      if (!namespaces.contains(gone)) {
        subscriptions.remove(gone).close();
        readers.remove(gone);
        devices.keySet().removeIf(each -> each.namespace().equals(gone));
      }
    }
    for (String name : namespaces) {
      if (!subscriptions.containsKey(name)) {
        NetNamespace namespace = sockets.namespace(name);
        Subscription subscription = Subscription.open(namespace, Touched.groups());
        subscription.receiveBufferBytes(BUFFER_BYTES);
        subscriptions.put(name, subscription);
        readers.put(name, NamespaceReader.read(name, sockets.in(name)));
      }
    }
  }

  /** Knows devices as they were read, for what no event tells. */
  public void known(LiveState live, Listener listener) {
    Map<Place, Resource> now = new LinkedHashMap<>();
    live.indexes()
        .forEach(
            (id, index) -> {
              Resource device = live.find(id);
              if (device != null) {
                now.put(new Place(id.namespace(), index), plain(device));
              }
            });
    for (Place place : List.copyOf(devices.keySet())) {
      if (!now.containsKey(place)) {
        listener.happened(devices.remove(place), null);
      }
    }
    now.forEach(
        (place, device) -> {
          Resource before = devices.put(place, device);
          if (!device.equals(before)) {
            listener.happened(before, device);
          }
        });
  }

  /** Without what others of its kind give it: the kernel's addresses and its far end's name. */
  public static Resource plain(Resource device) {
    return device.without("mac").without("peer");
  }

  /** Takes in all that has been told since. */
  public void take(Listener listener) throws IOException {
    List<Told> told = new ArrayList<>();
    for (Map.Entry<String, Subscription> each : subscriptions.entrySet()) {
      while (each.getValue().receive(0) instanceof Reception.Messages got) {
        got.messages().forEach(message -> told.add(new Told(each.getKey(), message)));
      }
    }
    Map<Integer, Place> moves = new HashMap<>();
    for (Told each : told) {
      Link link = link(each.message());
      Integer there = link == null ? null : link.attributes().get(Link.NEW_IFINDEX);
      if (link != null && there != null) {
        moves.put(there, new Place(each.namespace(), link.index()));
      }
    }
    for (Told each : told) {
      Link link = link(each.message());
      if (link != null) {
        take(new Place(each.namespace(), link.index()), link, each.message(), moves, listener);
      }
    }
  }

  /** What a message says of a device; null where it is about something else. */
  private static @Nullable Link link(Message message) {
    boolean link = message.type() == NEWLINK || message.type() == DELLINK;
    // A bridge tells of its ports in its own address family, too.
    if (!link || message.payload().get(0) != 0) {
      return null;
    }
    Link told = Link.readBody(message.payload());
    return NamespaceReader.isFallback(told) ? null : told;
  }

  private void take(
      Place place, Link link, Message message, Map<Integer, Place> moves, Listener listener) {
    NamespaceReader reader = Objects.requireNonNull(readers.get(place.namespace()));
    LinkFacts known = reader.links().get(link.index());
    if (message.type() == DELLINK) {
      if (known != null) {
        reader.remove(known);
      }
      Resource before = moves.containsValue(place) ? null : devices.remove(place);
      if (before != null) {
        listener.happened(before, null);
      }
      return;
    }
    reader.put(LinkFacts.of(link));
    reader.readDevice(link);
    Resource after = plain(reader.resource(LinkFacts.of(link)));
    Place from = devices.containsKey(place) ? null : moves.get(link.index());
    Resource before = devices.remove(from == null ? place : from);
    devices.put(place, after);
    if (!after.equals(before)) {
      listener.happened(before, after);
    }
  }

  @Override
  public void close() {
    subscriptions.values().forEach(Subscription::close);
  }
}
