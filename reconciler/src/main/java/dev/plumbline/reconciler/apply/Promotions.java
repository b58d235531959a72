// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.value.Prefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Lets a device keep the other IPv4 addresses of a network when it loses the first, which the
 * kernel would remove along with it: sets promote_secondaries just for the deletion, in the same
 * batch, so that the network is never without an address.
 */
final class Promotions {
  private record Family(String namespace, int index, Prefix network) {}

  private final Sockets sockets;
  private final Indexes indexes;

  /** Families that have secondary addresses already. */
  private final Set<Family> large = new HashSet<>();

  /** Families, by the device's name at the end of the plan, that get an address. */
  private final Set<ResourceId> growing = new HashSet<>();

  Promotions(Plan plan, LiveState live, Sockets sockets, Indexes indexes) {
    this.sockets = sockets;
    this.indexes = indexes;
    boolean concerned = false;
    for (Change change : plan.changes()) {
      if (isIpv4(change.id())) {
        concerned |= change instanceof Change.Delete;
        if (change instanceof Change.Create) {
          growing.add(family(change.id()));
        }
      }
    }
    if (!concerned) {
      return;
    }
    for (Resource address : live.ofType(ResourceType.ADDRESS)) {
      ResourceId id = address.id();
      Integer index = live.indexes().get(id.ofDevice());
      if (address.get("secondary").equals("true") && index != null) {
        large.add(new Family(id.namespace(), index, AddressText.network(id.key())));
      }
    }
  }

  private static boolean isIpv4(ResourceId id) {
    return id.type() == ResourceType.ADDRESS && !id.key().contains(":");
  }

  private static ResourceId family(ResourceId address) {
    String network = AddressText.network(address.key()).toString();
    return ResourceId.addressOn(address.namespace(), address.device(), network);
  }

  /** The deletion of an address, with what has to be around it. */
  List<Operation> around(Resource going, Operation deletion) throws IOException {
    ResourceId id = going.id();
    if (!isIpv4(id) || going.get("secondary").equals("true")) {
      return List.of(deletion);
    }
    String namespace = id.namespace();
    int index = indexes.of(id.ofDevice());
    boolean alone =
        !growing.contains(family(id))
            && !large.contains(new Family(namespace, index, AddressText.network(id.key())));
    Link device = alone ? null : sockets.in(namespace).link(index);
    if (device == null || device.promotesSecondaries()) {
      return List.of(deletion);
    }
    List<Operation> operations = new ArrayList<>();
    operations.add(ask(namespace, Link.promoteSecondaries(index, true)));
    operations.add(deletion);
    operations.add(ask(namespace, Link.promoteSecondaries(index, false)));
    return operations;
  }

  private static Operation ask(String namespace, Request request) {
    return new Operation.Netlink(namespace, request, false);
  }
}
