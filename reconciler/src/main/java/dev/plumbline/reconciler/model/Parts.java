// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceType;

/** What a model kernel is made of: who takes which requests. */
final class Parts {
  final Post post = new Post();
  final Store store;
  final Routes routes;
  final Addresses addresses;
  final Devices devices;
  final Namespaces namespaces;
  final Rules rules;
  final Others others;

  /**
   * @param live what there is at first, with the fields that matter; the others are filled in
   */
  Parts(LiveState live) {
    store = new Store(live, post);
    routes = new Routes(store);
    addresses = new Addresses(store, routes);
    DeviceDefaults defaults = new DeviceDefaults(store);
    devices = new Devices(store, addresses, routes, defaults, live.capabilities());
    namespaces = new Namespaces(store, devices, defaults);
    rules = new Rules(store);
    others = new Others(store);
    for (Resource each : store.ofType(ResourceType.DEVICE)) {
      defaults.fields(each.id());
    }
    for (Resource each : store.ofType(ResourceType.DEVICE)) {
      defaults.vlans(each.id());
    }
    for (Resource each : store.ofType(ResourceType.ADDRESS)) {
      addresses.found(each);
    }
    for (Resource each : store.ofType(ResourceType.ROUTE)) {
      store.put(routes.filled(each, each.get("dev")));
    }
  }
}
