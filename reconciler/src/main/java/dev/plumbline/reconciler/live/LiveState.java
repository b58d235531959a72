// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that plumbline can read of a host at one moment.
 *
 * <p>Immutable. The interface indexes are kept beside the resources: they are how the kernel is
 * spoken to, not something to compare.
 */
public final class LiveState {
  private final String host;
  private final Capabilities capabilities;
  private final Map<ResourceId, Resource> resources;
  private final Map<ResourceType, List<Resource>> byType = new EnumMap<>(ResourceType.class);
  private final Map<ResourceId, Integer> indexes;
  private final Map<String, String> newNamespaceSysctls;

  /**
   * @param host the host's name, as {@code uname -n} gives it
   * @param indexes interface index by the identity of the device
   */
  public LiveState(
      String host,
      Capabilities capabilities,
      Collection<Resource> resources,
      Map<ResourceId, Integer> indexes) {
    this(host, capabilities, resources, indexes, Map.of());
  }

  /**
   * @param newNamespaceSysctls the values that sysctls have in a namespace that was just made, as
   *     far as somebody may ask
   */
  public LiveState(
      String host,
      Capabilities capabilities,
      Collection<Resource> resources,
      Map<ResourceId, Integer> indexes,
      Map<String, String> newNamespaceSysctls) {
    this.host = host;
    this.capabilities = capabilities;
    List<Resource> sorted = new ArrayList<>(resources);
    sorted.sort(Comparator.comparing(Resource::id));
    Map<ResourceId, Resource> byId = new LinkedHashMap<>();
    sorted.forEach(each -> byId.put(each.id(), each));
    for (Resource each : byId.values()) {
      byType.computeIfAbsent(each.id().type(), type -> new ArrayList<>()).add(each);
    }
    this.resources = Collections.unmodifiableMap(byId);
    this.indexes = Map.copyOf(indexes);
    this.newNamespaceSysctls = Map.copyOf(newNamespaceSysctls);
  }

  /** A host on which there is nothing. */
  public static LiveState empty(String host) {
    return new LiveState(host, Capabilities.ALL, List.of(), Map.of());
  }

  /** The same with more resources, such as those that are not the kernel's. */
  public LiveState with(Collection<Resource> more) {
    List<Resource> all = new ArrayList<>(resources.values());
    all.addAll(more);
    return new LiveState(host, capabilities, all, indexes, newNamespaceSysctls);
  }

  /** The same host with other resources, and these indexes. */
  public LiveState with(Collection<Resource> others, Map<ResourceId, Integer> otherIndexes) {
    return new LiveState(host, capabilities, others, otherIndexes, newNamespaceSysctls);
  }

  public String host() {
    return host;
  }

  public Capabilities capabilities() {
    return capabilities;
  }

  public Collection<Resource> resources() {
    return resources.values();
  }

  /** All resources, in the order of their identities. */
  public Map<ResourceId, Resource> byId() {
    return resources;
  }

  public @Nullable Resource find(ResourceId id) {
    return resources.get(id);
  }

  public boolean has(ResourceId id) {
    return resources.containsKey(id);
  }

  /**
   * Whether plumbline made it. The two halves of a veth pair are one thing: a crash may have left
   * one of them without a mark.
   */
  public boolean isOurs(Resource resource) {
    boolean veth = resource.get("kind").equals("veth");
    Resource mate = veth ? find(PeerText.parse(resource.get("peer"))) : null;
    return resource.isOurs() || (mate != null && mate.isOurs());
  }

  /** All resources of a type, in the order of their identities. */
  public List<Resource> ofType(ResourceType type) {
    return Collections.unmodifiableList(byType.getOrDefault(type, List.of()));
  }

  public Map<ResourceId, Integer> indexes() {
    return indexes;
  }

  /** The value that a sysctl has in a new namespace; null where nobody looked, or there is none. */
  public @Nullable String inNewNamespace(String sysctl) {
    return newNamespaceSysctls.get(sysctl);
  }
}
