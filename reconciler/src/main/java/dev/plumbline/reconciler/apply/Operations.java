// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.namespace.NotANamespaceException;
import dev.plumbline.netlink.namespace.Sysctl;
import dev.plumbline.netlink.route.Address;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.LinkBuilder;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.reconciler.live.LiveReader;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RuleText;
import dev.plumbline.spec.value.IpAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What each change asks of the kernel, in order; made just before it is asked. */
final class Operations {
  private final Sockets sockets;
  private final LiveState live;
  private final DeviceOperations devices;
  private final Layer3Operations layer3;
  private final VlanOperations vlans;
  private final Promotions promotions;
  private final SourceAddresses sources;

  /** IPv6 addresses that need not be looked for elsewhere, since this host has them already. */
  private final Set<ResourceId> known = new HashSet<>();

  private final Set<ResourceId> usable = new HashSet<>();

  Operations(Plan plan, LiveState live, Sockets sockets, Moves moves) throws IOException {
    this.sockets = sockets;
    this.live = live;
    Indexes indexes = new Indexes(live.indexes());
    this.devices = new DeviceOperations(plan, live, sockets, indexes);
    this.layer3 = new Layer3Operations(indexes, live.capabilities().addressProtocol());
    this.vlans = new VlanOperations(indexes, live, plan);
    this.promotions = new Promotions(plan, live, sockets, indexes);
    this.sources = new SourceAddresses(sockets);
    for (Change change : plan.changes()) {
      ResourceId old = moves.from(change.id());
      Resource wanted = change.after();
      if (old != null && wanted != null) {
        moves(wanted, old, moves.isOnItsLink(change.id()));
      }
    }
  }

  private void moves(Resource address, ResourceId old, boolean onItsLink) throws IOException {
    InetAddress local = IpAddress.parse(AddressText.local(address.id().key())).toInetAddress();
    boolean usual = address.get("noDad").isEmpty();
    if (usual && onItsLink && local instanceof Inet6Address && isInUse(local, old)) {
      known.add(address.id());
    }
    if (!(local instanceof Inet6Address)
        || address.get("noDad").equals("true")
        || known.contains(address.id())) {
      usable.add(address.id());
    }
  }

  /** Whether the device has the address, and nobody else was found to have it. */
  private boolean isInUse(InetAddress local, ResourceId device) throws IOException {
    Integer index = live.indexes().get(device);
    return index != null
        && sockets.in(device.namespace()).addresses(index).stream()
            .anyMatch(
                each ->
                    each.local().equals(local)
                        && !each.has(Address.TENTATIVE)
                        && !each.has(Address.DADFAILED));
  }

  /** Whether an address that moves can be spoken with as soon as its device is up. */
  boolean isUsableAtOnce(ResourceId address) {
    return usable.contains(address);
  }

  /** What is left to be done for a change when all is made; null: nothing. */
  @Nullable Operation afterwards(Change change) {
    Resource wanted = change.after();
    return wanted != null && known.contains(wanted.id())
        ? new Operation.Netlink(wanted.id().namespace(), layer3.replace(wanted), false)
        : null;
  }

  List<Operation> of(Change change) throws IOException {
    switch (change.id().type()) {
      case NAMESPACE -> {
        return List.of(namespace(change));
      }
      case SYSCTL -> {
        return sysctl(change);
      }
      case DEVICE -> {
        return devices.of(change);
      }
      case VLANS -> {
        List<Operation> operations = new ArrayList<>(vlans.of(change));
        operations.addAll(devices.delayedUp(change.id().ofDevice()));
        return operations;
      }
      case BRIDGE, PORT, GROUP, METER, FLOW -> {
        return List.of(new Operation.Switching(change));
      }
      default -> {
        return netlink(change);
      }
    }
  }

  private List<Operation> netlink(Change change) throws IOException {
    if (change instanceof Change.Delete delete && delete.implied()) {
      return List.of(); // it has gone along with what it was on
    }
    List<Operation> operations = new ArrayList<>();
    Resource going = going(change);
    if (going != null) {
      Request request = layer3.delete(going);
      Operation deletion = new Operation.Netlink(going.id().namespace(), request, true);
      operations.addAll(
          change instanceof Change.Delete ? promotions.around(going, deletion) : List.of(deletion));
    }
    Resource wanted = change.after();
    if (wanted != null) {
      operations.addAll(sources.before(wanted));
      // A route that the kernel was foreseen to drop may be there still.
      boolean again = wanted.id().type() == ResourceType.ROUTE && live.has(wanted.id());
      Resource made = known.contains(wanted.id()) ? wanted.with("noDad", "true") : wanted;
      Request request =
          again || change instanceof Change.Modify
              ? layer3.replace(made)
              : isBeside(change) ? layer3.beside(made) : layer3.create(made);
      operations.add(new Operation.Netlink(wanted.id().namespace(), request, false));
    }
    return operations;
  }

  /** Whether it is a new rule that the kernel would take for one that says more. */
  private boolean isBeside(Change change) {
    return change instanceof Change.Create create
        && RuleText.hasNarrower(create.wanted(), live.ofType(ResourceType.RULE));
  }

  private static @Nullable Resource going(Change change) {
    if (change instanceof Change.Delete delete) {
      return delete.live();
    }
    return change instanceof Change.Recreate recreate ? recreate.live() : null;
  }

  private Operation namespace(Change change) {
    String name = change.id().key();
    if (change instanceof Change.Delete) {
      return new Operation.Call(
          "delete namespace " + name,
          () -> {
            sockets.forget(name);
            NetNamespace.delete(name);
          });
    }
    Resource wanted = change.after();
    String owner = wanted == null ? null : wanted.owner();
    return new Operation.Call("create namespace " + name, () -> create(name, owner));
  }

  private void create(String name, @Nullable String owner) throws IOException {
    sockets.forget(name);
    try {
      NetNamespace.named(name).close();
    } catch (NotANamespaceException e) {
      // The rest of a creation or a removal that was broken off.
      NetNamespace.delete(name);
    } catch (NoSuchFileException e) {
      // As it should be.
    }
    // The mark is on the loopback device; and a namespace is of little use with that down.
    LinkBuilder loopback = Link.named("lo").up();
    if (owner != null) {
      loopback.alias(LiveReader.MARK + owner);
    }
    NetNamespace.create(
            name,
            owner == null ? "" : LiveReader.MARK + owner,
            () -> {
              try (RouteSocket socket = RouteSocket.open()) {
                socket.execute(Link.change(loopback));
              }
            })
        .close();
  }

  private List<Operation> sysctl(Change change) {
    ResourceId id = change.id();
    Resource wanted = change.after();
    if (wanted == null) {
      return List.of();
    }
    return List.of(
        new Operation.Call(
            "set sysctl " + id.key(),
            () ->
                sockets.runIn(
                    id.namespace(),
                    () -> {
                      Sysctl.write(id.key(), wanted.get("value"));
                      return id;
                    })));
  }
}
