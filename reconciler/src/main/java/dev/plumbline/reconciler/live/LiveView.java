// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was read of the host last, kept up to date by the events since: the same as reading it as a
 * whole, for a small part of the work. What it cannot follow it says so of; then the host has to be
 * read anew. For one thread.
 */
public interface LiveView {

  /** All that is there now; not to be changed by others. */
  ResourceIndex resources();

  /** The index of a device; null where it is not there. */
  @Nullable Integer indexOf(ResourceId device);

  /** The names of the namespaces that were read; the host's own is empty. */
  Set<String> namespaces();

  /** A live state of some of the resources, with the highest index of each namespace. */
  LiveState part(Collection<Resource> some);

  /**
   * Takes in what happened.
   *
   * @param touched by namespace
   * @return what is not as it was, each as it was before; null for what was not there
   * @throws LostTrackException if it can not; then this is of no use any more
   */
  Map<ResourceId, @Nullable Resource> follow(Map<String, Touched> touched)
      throws LostTrackException;
}
