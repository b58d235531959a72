// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.HashMap;
import java.util.Map;

/**
 * What a plan means by a device: requests name it by the index that it had when the host was read,
 * or was made with. Where that device has gone since, another one of its name is not meant; where
 * it has another name since, it is.
 */
final class Handles {
  /** Of a device that was to be made, and was not. */
  private static final int NOTHING = -1;

  private final Store store;
  private final Map<ResourceId, Integer> live;
  private final Map<ResourceId, Integer> indexes;

  /**
   * @param live of every device, as the host was read
   */
  Handles(Store store, Map<ResourceId, Integer> live) {
    this.store = store;
    this.live = live;
    this.indexes = new HashMap<>(live);
  }

  /** What the device is called now; refused with ENODEV where there is none. */
  ResourceId now(ResourceId device) throws RefusedException {
    return now(device, Errno.ENODEV);
  }

  ResourceId now(ResourceId device, int errno) throws RefusedException {
    Integer index = indexes.get(device);
    ResourceId id = index == null ? null : store.at(index);
    if (id == null || !id.namespace().equals(device.namespace())) {
      throw new RefusedException(errno, "there is no " + device);
    }
    return id;
  }

  /** As {@link #now}, by what the device was called when the host was read. */
  ResourceId before(ResourceId device) throws RefusedException {
    Integer index = live.get(device);
    ResourceId id = index == null ? null : store.at(index);
    if (id == null || !id.namespace().equals(device.namespace())) {
      throw new RefusedException(Errno.ENODEV, "there is no " + device);
    }
    return id;
  }

  /** Refused, without the kernel being asked, where the plan cannot know such a device. */
  void need(ResourceId device) throws RefusedException {
    if (!indexes.containsKey(device)) {
      throw new RefusedException(Errno.ENODEV, "there is no " + device, false);
    }
  }

  /** As {@link #need}, of the namespace that a device is to move to. */
  void needNamespace(String name) throws RefusedException {
    if (!store.hasNamespace(name)) {
      throw new RefusedException(Errno.ENOENT, "there is no namespace " + name, false);
    }
  }

  /** The plan makes the device: what is there under its name by now is another one. */
  void about(ResourceId device) {
    indexes.put(device, NOTHING);
  }

  /** The device was made, or got this name. */
  void made(ResourceId device) {
    Integer index = store.indexes().get(device);
    if (index != null) {
      indexes.put(device, index);
    }
  }

  /** The plan gives it another name, or place, from here on. */
  void renamed(ResourceId from, ResourceId to) {
    Integer index = indexes.remove(from);
    if (index != null) {
      indexes.put(to, index);
    }
  }

  /** The plan has removed it. */
  void forget(ResourceId device) {
    indexes.remove(device);
  }

  /** What the device is called now that a resource hangs on, for the resource itself. */
  ResourceId on(ResourceId hanging) throws RefusedException {
    return hanging.device().isEmpty()
        ? hanging
        : hanging.onDevice(now(hanging.ofDevice()).device());
  }
}
