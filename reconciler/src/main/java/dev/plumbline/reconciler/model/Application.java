// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RuleText;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One plan on its way into the model. As with the real kernel the requests for one namespace are
 * one batch: when one of them is refused, those after it are made all the same.
 */
final class Application {
  /** Of a route that is deleted: what has to be as it was read. */
  private static final List<String> MEANT = List.of("protocol", "via");

  private static final List<String> MEANT_IPV4 = List.of("protocol", "via", "type", "scope");

  /** What the applier does by other means than netlink, which ends a batch. */
  private static final Set<ResourceType> CALLS =
      Set.of(
          ResourceType.NAMESPACE,
          ResourceType.SYSCTL,
          ResourceType.BRIDGE,
          ResourceType.PORT,
          ResourceType.GROUP,
          ResourceType.METER,
          ResourceType.FLOW);

  private final Parts parts;
  private final Plan plan;
  private final LiveState live;
  private final Asking asking;
  private final Handles handles;
  private final DeviceRequests devices;

  Application(Parts parts, Asking asking, Plan plan, LiveState live) {
    this.parts = parts;
    this.plan = plan;
    this.live = live;
    this.asking = asking;
    this.handles = new Handles(parts.store, live.indexes());
    this.devices = new DeviceRequests(asking, parts.devices, handles, plan, live);
  }

  @Nullable Failure run(Progress progress) {
    int done = 0;
    for (Change change : plan.changes()) {
      if (asking.isOver()) {
        break;
      }
      asking.of(change);
      asking.in(CALLS.contains(change.id().type()) ? null : namespace(change));
      take(change);
      progress.step(change, ++done, plan.changes().size());
    }
    devices.removeUnmarked(); // asks only where something failed
    return asking.failure();
  }

  /** Whether all that came before has been answered when the kernel is asked for this change. */
  static boolean startsBatch(@Nullable Change last, Change change) {
    return last == null
        || CALLS.contains(last.id().type())
        || CALLS.contains(change.id().type())
        || !last.id().namespace().equals(namespace(change));
  }

  /** Where the first request of a change is made; the last one of a move is made elsewhere. */
  private static String namespace(Change change) {
    Resource before = change.before();
    return before == null ? change.id().namespace() : before.id().namespace();
  }

  private void take(Change change) {
    boolean device = change.id().type() == ResourceType.DEVICE;
    if (!device && change instanceof Change.Delete delete && delete.implied()) {
      return; // it has gone along with what it was on
    }
    if (!asking.isReady(() -> refersToKnown(change))) {
      return;
    }
    switch (change.id().type()) {
      case NAMESPACE -> namespaces(change);
      case DEVICE -> devices.take(change);
      case VLANS -> {
        Resource wanted = change.after();
        if (wanted != null) {
          asking.ask("set VLANs of " + wanted.id(), () -> parts.others.put(here(wanted)));
        }
      }
      default -> plain(change);
    }
  }

  /** The applier knows of each device that a request speaks of, or does not make it. */
  private void refersToKnown(Change change) throws RefusedException {
    ResourceType type = change.id().type();
    if (CALLS.contains(type) || type == ResourceType.DEVICE) {
      return;
    }
    for (Resource each : Arrays.asList(change.before(), change.after())) {
      if (each != null && !each.id().device().isEmpty()) {
        handles.need(each.id().ofDevice());
      } else if (each != null && type == ResourceType.ROUTE) {
        for (String device : RouteText.devices(each)) {
          handles.need(ResourceId.deviceIn(each.id().namespace(), device));
        }
      }
    }
  }

  private void namespaces(Change change) {
    String name = change.id().key();
    Resource wanted = change.after();
    if (wanted == null) {
      asking.ask("delete namespace " + name, () -> parts.namespaces.delete(name));
    } else {
      asking.ask(
          "create namespace " + name,
          () -> {
            parts.namespaces.create(name, wanted.owner());
            handles.made(ResourceId.deviceIn(name, "lo"));
          });
    }
  }

  private void plain(Change change) {
    boolean deletes = change instanceof Change.Delete;
    boolean beside =
        change instanceof Change.Create create
            && RuleText.hasNarrower(create.wanted(), live.ofType(ResourceType.RULE));
    Resource going =
        change instanceof Change.Delete delete
            ? delete.live()
            : change instanceof Change.Recreate recreate ? recreate.live() : null;
    if (going != null) {
      asking.askToRemove("delete " + going.id(), () -> remove(going, deletes));
    }
    Resource wanted = change.after();
    if (wanted != null) {
      asking.ask("set " + wanted.id(), () -> put(wanted, change instanceof Change.Modify, beside));
    }
  }

  /** The resource on the devices that it speaks of, whatever they are called now. */
  private Resource here(Resource wanted) throws RefusedException {
    if (wanted.id().type() != ResourceType.ROUTE) {
      return wanted.withId(handles.on(wanted.id()));
    }
    Resource here = wanted;
    // An IPv4 gateway is looked for behind any index, also one of nobody's.
    boolean behind = !wanted.id().key().contains(":") && !RouteText.gateways(wanted).isEmpty();
    int errno = behind ? Gateways.ENETUNREACH : Errno.ENODEV;
    for (String device : RouteText.devices(wanted)) {
      ResourceId now = handles.now(ResourceId.deviceIn(wanted.id().namespace(), device), errno);
      here = RouteText.renamed(here, device, now.device());
    }
    return here;
  }

  private void remove(Resource planned, boolean promotes) throws RefusedException {
    ResourceId id = handles.on(planned.id());
    switch (id.type()) {
      case ADDRESS -> parts.addresses.delete(id, promotes);
      case ROUTE -> {
        Resource there = parts.store.need(id, Errno.ESRCH);
        for (String device : RouteText.devices(planned)) {
          // It is asked for by the index, whoever has the name by now.
          ResourceId now = handles.now(ResourceId.deviceIn(id.namespace(), device), Errno.ESRCH);
          boolean other = !RouteText.devices(there).contains(now.device());
          RefusedException.when(other, Errno.ESRCH, id + " leaves by another device");
        }
        // What it was when it was read is asked for (fib_table_delete, ip6_route_del).
        boolean isOther = there.isOurs() != planned.isOurs();
        for (String field : id.key().contains(":") ? MEANT : MEANT_IPV4) {
          isOther |= !planned.get(field).isEmpty() && !planned.get(field).equals(there.get(field));
        }
        RefusedException.when(isOther, Errno.ESRCH, id + " is another one by now");
        parts.routes.delete(id);
      }
      case RULE -> parts.rules.delete(planned);
      default -> parts.others.delete(id);
    }
  }

  private void put(Resource planned, boolean modifies, boolean beside) throws RefusedException {
    Resource wanted = here(planned);
    switch (wanted.id().type()) {
      case ADDRESS -> parts.addresses.replace(wanted);
      case ROUTE -> {
        // A route that the kernel was foreseen to drop may be there still.
        if (modifies || live.has(planned.id())) {
          parts.routes.replace(wanted);
        } else {
          parts.routes.add(wanted);
        }
      }
      case RULE -> parts.rules.add(wanted, beside);
      default -> parts.others.put(wanted);
    }
  }
}
