// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Brings what changed to all that follow a model. For one thread at a time. */
final class Post implements Consumer<ResourceId> {

  /** Somebody who wants to know what changed. */
  interface Follower {
    void changed(ResourceId id);

    /** Something changed, and nobody will say what. */
    default void lost(ResourceId id) {
      // Whoever also watches is told there.
    }
  }

  private final List<Follower> followers = new ArrayList<>();

  /** The last one first: they come in another order than they happened. */
  private final Deque<ResourceId> late = new ArrayDeque<>();

  private Supplier<Delivery> deliveries = () -> Delivery.AT_ONCE;

  void tell(Follower follower) {
    followers.add(follower);
  }

  void tellNoMore(Follower follower) {
    followers.remove(follower);
  }

  void deliver(Supplier<Delivery> how) {
    deliveries = how;
  }

  void deliverLate() {
    while (!late.isEmpty()) {
      ResourceId id = late.removeFirst();
      followers.forEach(each -> each.changed(id));
    }
  }

  @Override
  public void accept(ResourceId id) {
    switch (deliveries.get()) {
      case AT_ONCE -> followers.forEach(each -> each.changed(id));
      case TWICE -> {
        followers.forEach(each -> each.changed(id));
        late.addFirst(id);
      }
      case LATE -> late.addFirst(id);
      case LOST -> followers.forEach(each -> each.lost(id));
    }
  }
}
