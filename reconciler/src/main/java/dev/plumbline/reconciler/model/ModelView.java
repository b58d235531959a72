// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.LiveView;
import dev.plumbline.reconciler.live.LostTrackException;
import dev.plumbline.reconciler.live.ResourceIndex;
import dev.plumbline.reconciler.live.Touched;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was read, followed by looking at what the model says has changed since: of the namespaces in
 * which something was touched, as events come from those alone.
 */
final class ModelView implements LiveView, Post.Follower {
  private final ModelKernel kernel;
  private final LiveState read;
  private final Set<ResourceId> sysctls;
  private final Set<String> namespaces = new TreeSet<>();
  private final ResourceIndex index = new ResourceIndex();

  /** Guarded by the kernel. */
  private final Set<ResourceId> dirty = new LinkedHashSet<>();

  /**
   * @param meanwhile what changed while it was read
   */
  ModelView(
      ModelKernel kernel, LiveState read, Set<ResourceId> sysctls, Set<ResourceId> meanwhile) {
    this.kernel = kernel;
    this.read = read;
    this.sysctls = Set.copyOf(sysctls);
    dirty.addAll(meanwhile);
    read.resources().forEach(index::put);
    namespaces.add("");
    read.ofType(ResourceType.NAMESPACE).forEach(each -> namespaces.add(each.id().key()));
  }

  @Override
  public void changed(ResourceId changed) {
    dirty.add(changed);
  }

  @Override
  public ResourceIndex resources() {
    return index;
  }

  @Override
  public @Nullable Integer indexOf(ResourceId device) {
    return kernel.indexes().get(device);
  }

  @Override
  public Set<String> namespaces() {
    return namespaces;
  }

  @Override
  public LiveState part(Collection<Resource> some) {
    return read.with(some, kernel.indexes());
  }

  @Override
  public Map<ResourceId, @Nullable Resource> follow(Map<String, Touched> touched)
      throws LostTrackException {
    Map<ResourceId, @Nullable Resource> before = new LinkedHashMap<>();
    synchronized (kernel) {
      for (String namespace : touched.keySet()) {
        if (!namespaces.contains(namespace) || !kernel.hasNamespace(namespace)) {
          throw new LostTrackException("a new namespace");
        }
      }
      for (ResourceId id : Set.copyOf(dirty)) {
        if (id.type() == ResourceType.NAMESPACE || !touched.containsKey(id.namespace())) {
          continue;
        }
        dirty.remove(id);
        boolean sysctl = id.type() == ResourceType.SYSCTL;
        if (!sysctl || sysctls.contains(id)) {
          take(id, kernel.find(id, sysctl), before);
        }
      }
      for (ResourceId id : sysctls) {
        if (touched.containsKey(id.namespace())) {
          take(id, kernel.find(id, true), before);
        }
      }
    }
    return before;
  }

  private void take(
      ResourceId id, @Nullable Resource now, Map<ResourceId, @Nullable Resource> before) {
    Resource old = index.find(id);
    if (now == null ? old == null : now.equals(old)) {
      return;
    }
    before.put(id, old);
    if (now == null) {
      index.remove(id);
    } else {
      index.put(now);
    }
  }
}
