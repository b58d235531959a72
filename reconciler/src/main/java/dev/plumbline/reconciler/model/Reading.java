// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a model, dump after dump, in the order in which a reader makes them of a kernel:
 * each dump is whole, but others may write between two. What was dumped later names a device as it
 * was called when the links were.
 */
final class Reading {
  private static final List<ResourceType> AFTER_LINKS =
      List.of(
          ResourceType.VLANS,
          ResourceType.FDB,
          ResourceType.ADDRESS,
          ResourceType.ROUTE,
          ResourceType.RULE);

  /** Of the switch, and what somebody has set: these are no dumps. */
  private static final List<ResourceType> AT_LAST =
      List.of(
          ResourceType.SYSCTL,
          ResourceType.BRIDGE,
          ResourceType.PORT,
          ResourceType.GROUP,
          ResourceType.METER,
          ResourceType.FLOW);

  private final ModelKernel kernel;
  private final Store store;
  private final Disturbance disturbance;
  private final Random order;
  private final List<Resource> found = new ArrayList<>();
  private final Map<ResourceId, Integer> indexes = new HashMap<>();
  private final Map<Integer, ResourceId> links = new HashMap<>();

  /**
   * @param order of what is in one dump
   */
  Reading(ModelKernel kernel, Store store, Disturbance disturbance, Random order) {
    this.kernel = kernel;
    this.store = store;
    this.disturbance = disturbance;
    this.order = order;
  }

  /** Of the devices, as their links were dumped. */
  Map<ResourceId, Integer> indexes() {
    return indexes;
  }

  /**
   * Reads.
   *
   * @throws IOException as the disturbance says
   */
  List<Resource> read() throws IOException {
    List<String> names = new ArrayList<>(List.of(""));
    store.ofType(ResourceType.NAMESPACE).forEach(each -> names.add(each.id().key()));
    for (String name : names) {
      disturbance.reading(kernel);
      if (store.hasNamespace(name)) { // not gone since the names were listed
        links(name);
        for (ResourceType type : AFTER_LINKS) {
          disturbance.reading(kernel);
          dump(type).forEach(each -> hanging(name, each));
        }
      }
    }
    AT_LAST.forEach(type -> found.addAll(store.ofType(type)));
    return found;
  }

  private List<Resource> dump(ResourceType type) {
    List<Resource> all = new ArrayList<>(store.ofType(type));
    Collections.shuffle(all, order);
    return all;
  }

  private void links(String namespace) {
    Resource itself = store.find(ResourceId.namespaceNamed(namespace));
    if (!namespace.isEmpty() && itself != null) {
      found.add(itself);
    }
    for (Resource each : dump(ResourceType.DEVICE)) {
      Integer index = store.indexes().get(each.id());
      if (index != null && each.id().namespace().equals(namespace)) {
        found.add(store.told(each));
        indexes.put(each.id(), index);
        links.put(index, each.id());
      }
    }
  }

  private void hanging(String namespace, Resource resource) {
    ResourceId id = resource.id();
    if (!id.namespace().equals(namespace)) {
      return;
    }
    Resource told = resource;
    if (id.type() == ResourceType.ROUTE) {
      for (String device : RouteText.devices(resource)) {
        told = RouteText.renamed(told, device, name(ResourceId.deviceIn(namespace, device)));
      }
    } else if (!id.device().isEmpty()) {
      String name = name(id.ofDevice());
      if (name.startsWith("#") && id.type() != ResourceType.ADDRESS) {
        return; // of a device that nobody knows
      }
      told = resource.withId(id.onDevice(name));
    }
    found.add(told);
  }

  /** What the device was called when the links were dumped; its index where it was not there. */
  private String name(ResourceId device) {
    Integer index = store.indexes().get(device);
    @Nullable ResourceId then = index == null ? null : links.get(index);
    return then == null || !then.namespace().equals(device.namespace())
        ? "#" + index
        : then.device();
  }
}
