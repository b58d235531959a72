// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.namespace.Sysctl;
import dev.plumbline.netlink.wire.WireException;
import dev.plumbline.reconciler.live.NamespaceFollower.Delta;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was read over netlink, followed by reading again what events name. For one thread. */
final class NetlinkView implements LiveView {
  /** Touching more links than this is no drift but a new host. */
  private static final int MOST_LINKS = 256;

  private final LiveState read;
  private final Map<String, NamespaceReader> readers;
  private final Sockets sockets;
  private final Map<String, Set<ResourceId>> sysctls = new HashMap<>();
  private final ResourceIndex resources = new ResourceIndex();

  NetlinkView(
      LiveState read,
      Map<String, NamespaceReader> readers,
      Set<ResourceId> sysctls,
      Sockets sockets) {
    this.read = read.with(Set.of(), Map.of());
    this.readers = new TreeMap<>(readers);
    this.sockets = sockets;
    read.resources().forEach(resources::put);
    for (ResourceId id : sysctls) {
      this.sysctls.computeIfAbsent(id.namespace(), namespace -> new TreeSet<>()).add(id);
    }
  }

  @Override
  public ResourceIndex resources() {
    return resources;
  }

  @Override
  public @Nullable Integer indexOf(ResourceId device) {
    NamespaceReader reader = readers.get(device.namespace());
    return reader == null ? null : reader.indexOf(device.device());
  }

  @Override
  public Set<String> namespaces() {
    return readers.keySet();
  }

  @Override
  public LiveState part(Collection<Resource> some) {
    Map<ResourceId, Integer> indexes = new HashMap<>();
    for (Resource each : some) {
      Integer index = each.id().device().isEmpty() ? null : indexOf(each.id().ofDevice());
      if (index != null) {
        indexes.put(each.id().ofDevice(), index);
      }
    }
    for (NamespaceReader reader : readers.values()) {
      LinkFacts highest = reader.highest();
      if (highest != null) {
        indexes.put(reader.id(highest), highest.index());
      }
    }
    return read.with(some, indexes);
  }

  /** The whole of it as a state. */
  LiveState whole() {
    Map<ResourceId, Integer> indexes = new HashMap<>();
    readers.values().forEach(reader -> indexes.putAll(reader.indexes()));
    return read.with(resources.resources(), indexes);
  }

  @Override
  public Map<ResourceId, @Nullable Resource> follow(Map<String, Touched> touched)
      throws LostTrackException {
    Changes changes = new Changes();
    try {
      Map<String, NamespaceFollower> followers = new TreeMap<>();
      for (Map.Entry<String, Touched> each : touched.entrySet()) {
        NamespaceReader reader = readers.get(each.getKey());
        if (reader == null || each.getValue().links.size() > MOST_LINKS) {
          throw new LostTrackException(
              reader == null ? "a new namespace" : "more than " + MOST_LINKS + " links changed");
        }
        NamespaceFollower follower =
            new NamespaceFollower(
                reader, each.getValue(), sockets.in(each.getKey()), resources, changes);
        follower.links();
        followers.put(each.getKey(), follower);
      }
      devices(followers, changes);
      for (Map.Entry<String, NamespaceFollower> each : followers.entrySet()) {
        each.getValue().rest();
        for (ResourceId id : sysctls.getOrDefault(each.getKey(), Set.of())) {
          sysctl(id, changes);
        }
      }
    } catch (IOException | WireException | IllegalArgumentException e) {
      throw new LostTrackException(String.valueOf(e.getMessage()), e);
    }
    return changes.before;
  }

  /** The devices that were touched, and the other halves of veths. */
  private void devices(Map<String, NamespaceFollower> followers, Changes changes)
      throws IOException {
    Peers peers = new Peers(readers, sockets);
    Map<ResourceId, Peers.Half> told = new LinkedHashMap<>();
    followers.forEach(
        (namespace, follower) -> {
          for (LinkFacts link : follower.present) {
            add(told, new Peers.Half(namespace, link));
            if (Peers.isVeth(link)) {
              peers.mates(link).forEach(mate -> add(told, mate));
            }
          }
          for (LinkFacts link : follower.before) {
            peers.mates(link).forEach(mate -> add(told, mate));
          }
        });
    for (Peers.Half each : told.values()) {
      reader(each).disown(each.link().index());
    }
    for (Peers.Half each : told.values()) {
      peers.resolve(each.namespace(), each.link());
    }
    for (Peers.Half each : told.values()) {
      changes.is(reader(each).resource(each.link()));
    }
  }

  private static void add(Map<ResourceId, Peers.Half> told, Peers.Half half) {
    told.put(ResourceId.deviceIn(half.namespace(), half.link().name()), half);
  }

  private NamespaceReader reader(Peers.Half half) {
    return Objects.requireNonNull(readers.get(half.namespace()));
  }

  private void sysctl(ResourceId id, Changes changes) throws IOException {
    String value;
    try {
      value = sockets.runIn(id.namespace(), () -> LiveReader.normal(Sysctl.read(id.key())));
    } catch (NoSuchFileException e) {
      changes.gone(id);
      return;
    }
    changes.is(new Resource(id, null, Map.of("value", value)));
  }

  /** What changed, compared with what is known, which it keeps up to date. */
  private final class Changes implements Delta {
    private final Map<ResourceId, @Nullable Resource> before = new LinkedHashMap<>();

    @Override
    public void gone(ResourceId id) {
      Resource old = resources.find(id);
      if (old != null) {
        before.putIfAbsent(id, old);
        resources.remove(id);
      }
    }

    @Override
    public void is(Resource resource) {
      Resource old = resources.find(resource.id());
      if (!resource.equals(old)) {
        if (!before.containsKey(resource.id())) {
          before.put(resource.id(), old);
        }
        resources.put(resource);
      }
    }
  }
}
