// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.namespace.NotANamespaceException;
import dev.plumbline.netlink.namespace.Sysctl;
import dev.plumbline.netlink.probe.KernelFeatures;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the host: its own namespace and all named ones.
 *
 * <p>A namespace that vanishes while it is read is left out, as if it had gone before. One that may
 * not be read is there, with nothing known of it.
 */
public final class LiveReader {
  /** The name in messages and identities of the namespace that plumbline was started in. */
  private static final String HOST = "";

  /** What the mark on a device starts with; the address in the file follows. */
  public static final String MARK = "plumbline:";

  /** A host with more than that, such as one with all routes of the Internet, is only read. */
  private static final int MOST_FOLLOWED = 100_000;

  private final KernelFeatures features;
  private final Sockets sockets;

  private @Nullable LiveState last;
  private Map<String, NamespaceReader> lastReaders = Map.of();
  private Set<ResourceId> lastSysctls = Set.of();
  private @Nullable NetlinkView view;

  /**
   * @param sockets where to find each namespace; stays the caller's
   */
  public LiveReader(Sockets sockets, KernelFeatures features) {
    this.sockets = sockets;
    this.features = features;
  }

  /**
   * Reads everything; of the sysctls, which are too many, those asked for.
   *
   * @param host the host's name, for the record
   * @param sysctls the sysctls to read; one that the kernel does not have is left out
   * @param kinds the kinds of device to probe the kernel for
   */
  public LiveState read(String host, Set<ResourceId> sysctls, Set<String> kinds)
      throws IOException {
    forget();
    List<Resource> resources = new ArrayList<>();
    Map<ResourceId, Integer> indexes = new HashMap<>();
    Map<String, NamespaceReader> readers = new TreeMap<>();
    List<String> names = new ArrayList<>();
    names.add(HOST);
    names.addAll(NetNamespace.list());
    sockets.keepOnly(names);
    for (String name : names) {
      try {
        readers.put(name, NamespaceReader.read(name, sockets.in(name)));
      } catch (NoSuchFileException e) {
        sockets.forget(name); // gone since the names were listed
      } catch (NotANamespaceException e) {
        sockets.forget(name);
        String owner = ownerOfUnfinished(name);
        if (owner != null) {
          ResourceId id = ResourceId.namespaceNamed(name);
          resources.add(new Resource(id, owner, Map.of(Resource.UNFINISHED, "true")));
        }
      } catch (ErrnoException e) {
        if (name.equals(HOST)) {
          throw e;
        }
        sockets.forget(name);
        ResourceId id = ResourceId.namespaceNamed(name);
        resources.add(new Resource(id, null, Map.of(Resource.UNREADABLE, refusal(e))));
      }
    }
    Peers.resolve(readers, sockets);
    for (Map.Entry<String, NamespaceReader> reader : readers.entrySet()) {
      if (!reader.getKey().isEmpty()) {
        resources.add(
            new Resource(
                ResourceId.namespaceNamed(reader.getKey()), reader.getValue().owner(), Map.of()));
      }
      resources.addAll(reader.getValue().resources());
      indexes.putAll(reader.getValue().indexes());
    }
    for (ResourceId id : sysctls) {
      if (readers.containsKey(id.namespace())) {
        String value = sysctl(id);
        if (value != null) {
          resources.add(new Resource(id, null, Map.of("value", value)));
        }
      }
    }
    LiveState state =
        new LiveState(
            host,
            capabilities(kinds),
            resources,
            indexes,
            inNewNamespace(sysctls, readers.keySet()));
    lastReaders = readers;
    lastSysctls = sysctls;
    last = state;
    return state;
  }

  /** What was read last, to be followed from then on; null if nothing was. */
  public @Nullable LiveView view() {
    LiveState state = last;
    if (view == null && state != null && state.byId().size() <= MOST_FOLLOWED) {
      view = new NetlinkView(state, lastReaders, lastSysctls, sockets);
      last = null; // not twice in memory
    }
    return view;
  }

  /** Has it read as a whole again before it is followed. */
  public void forget() {
    last = null;
    view = null;
  }

  /**
   * Why a namespace may not be looked into, and what that takes.
   *
   * @throws ErrnoException the same, if it is no refusal
   */
  private static String refusal(ErrnoException e) throws ErrnoException {
    return switch (e.errno()) {
      // A file of mode 0, for whoever lacks that; or a security module.
      case Errno.EACCES -> Errno.description(e.errno()) + ", it takes CAP_DAC_READ_SEARCH";
      // Of another user namespace: setns(2).
      case Errno.EPERM -> Errno.description(e.errno()) + ", it takes CAP_SYS_ADMIN in its owner";
      default -> throw e;
    };
  }

  /** Who made a name that is no namespace; null also if it has gone, or become whole, by now. */
  private static @Nullable String ownerOfUnfinished(String name) throws IOException {
    try {
      return ownerIn(NetNamespace.note(name));
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.EINVAL) {
        return null;
      }
      throw e;
    }
  }

  /** What those sysctls start from whose namespace is not there yet. */
  private static Map<String, String> inNewNamespace(Set<ResourceId> sysctls, Set<String> namespaces)
      throws IOException {
    Set<String> keys = new TreeSet<>();
    for (ResourceId id : sysctls) {
      if (!namespaces.contains(id.namespace())) {
        keys.add(id.key());
      }
    }
    Map<String, String> values = new TreeMap<>();
    if (!keys.isEmpty()) {
      try (NetNamespace fresh = NetNamespace.scratch()) {
        for (String key : keys) {
          try {
            values.put(key, normal(Sysctl.read(fresh, key)));
          } catch (NoSuchFileException e) {
            // Of a device that is not there yet, or of none: there is nothing to go back to.
            values.remove(key);
          }
        }
      }
    }
    return values;
  }

  private Capabilities capabilities(Set<String> kinds) throws IOException {
    return new Capabilities(
        new TreeSet<>(features.missing(kinds)),
        features.supportsAddressProtocol(),
        features.supportsLiveRename(),
        kinds.contains("bridge") && features.supportsBridgeVlanFiltering());
  }

  private @Nullable String sysctl(ResourceId id) throws IOException {
    try {
      return sockets.runIn(id.namespace(), () -> normal(Sysctl.read(id.key())));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Several numbers in one sysctl are parted by tabs when read. */
  static String normal(String value) {
    return value.trim().replaceAll("\\s+", " ");
  }

  /** The address in the file that a device was made for; null where plumbline did not make it. */
  static @Nullable String ownerOf(LinkFacts link) {
    String alias = link.alias();
    return alias == null ? null : ownerIn(alias);
  }

  private static @Nullable String ownerIn(String mark) {
    return mark.startsWith(MARK) ? mark.substring(MARK.length()) : null;
  }
}
