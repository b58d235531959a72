// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One plan on its way into the model. As with the real kernel the requests for one namespace are
 * one batch: when one of them is refused, those after it are made all the same.
 */
final class Application {
  /** What the applier does by other means than netlink, which ends a batch. */
  private static final Set<ResourceType> CALLS =
      Set.of(ResourceType.NAMESPACE, ResourceType.SYSCTL, ResourceType.BRIDGE, ResourceType.PORT);

  private final Parts parts;
  private final Plan plan;
  private final LiveState live;
  private final Asking asking;
  private final DeviceRequests devices;

  Application(Parts parts, Asking asking, Plan plan, LiveState live) {
    this.parts = parts;
    this.plan = plan;
    this.live = live;
    this.asking = asking;
    this.devices = new DeviceRequests(asking, parts.devices, plan, live);
  }

  @Nullable Failure run(Progress progress) {
    Change last = null;
    int done = 0;
    for (Change change : plan.changes()) {
      if (asking.failure() != null && startsBatch(last, change)) {
        break;
      }
      last = change;
      asking.of(change);
      take(change);
      progress.step(change, ++done, plan.changes().size());
    }
    return asking.failure();
  }

  /** Whether all that came before has been answered when the kernel is asked for this change. */
  static boolean startsBatch(@Nullable Change last, Change change) {
    return last == null
        || CALLS.contains(last.id().type())
        || CALLS.contains(change.id().type())
        || !namespace(last).equals(namespace(change));
  }

  private static String namespace(Change change) {
    Resource before = change.before();
    return before == null ? change.id().namespace() : before.id().namespace();
  }

  private void take(Change change) {
    switch (change.id().type()) {
      case NAMESPACE -> namespaces(change);
      case DEVICE -> devices.take(change);
      case VLANS -> {
        Resource wanted = change.after();
        if (wanted != null) {
          asking.ask("set VLANs of " + wanted.id(), () -> parts.others.put(wanted, false));
        }
      }
      default -> plain(change);
    }
  }

  private void namespaces(Change change) {
    String name = change.id().key();
    Resource wanted = change.after();
    if (wanted == null) {
      asking.ask("delete namespace " + name, () -> parts.namespaces.delete(name));
    } else {
      asking.ask("create namespace " + name, () -> parts.namespaces.create(name, wanted.owner()));
    }
  }

  private void plain(Change change) {
    boolean deletes = change instanceof Change.Delete;
    Resource going =
        change instanceof Change.Delete delete
            ? delete.live()
            : change instanceof Change.Recreate recreate ? recreate.live() : null;
    if (going != null) {
      asking.askToRemove("delete " + going.id(), () -> remove(going.id(), deletes));
    }
    Resource wanted = change.after();
    if (wanted != null) {
      asking.ask("set " + wanted.id(), () -> put(wanted, change instanceof Change.Modify));
    }
  }

  private void remove(ResourceId id, boolean promotes) throws RefusedException {
    switch (id.type()) {
      case ADDRESS -> parts.addresses.delete(id, promotes);
      case ROUTE -> parts.routes.delete(id);
      default -> parts.others.delete(id);
    }
  }

  private void put(Resource wanted, boolean modifies) throws RefusedException {
    switch (wanted.id().type()) {
      case ADDRESS -> parts.addresses.replace(wanted);
      case ROUTE -> {
        // A route that the kernel was foreseen to drop may be there still.
        if (modifies || live.has(wanted.id())) {
          parts.routes.replace(wanted);
        } else {
          parts.routes.add(wanted);
        }
      }
      default -> parts.others.put(wanted, !modifies);
    }
  }
}
