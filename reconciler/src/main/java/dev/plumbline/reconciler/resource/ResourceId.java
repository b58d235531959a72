// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import org.jspecify.annotations.Nullable;

/**
 * What tells one resource from another.
 *
 * @param type what it is
 * @param namespace the namespace it is in; empty for the host's own
 * @param device the device it is or hangs on; empty where it is or has none
 * @param key what tells it from others of its type there; empty where type and device suffice
 */
public record ResourceId(ResourceType type, String namespace, String device, String key)
    implements Comparable<ResourceId> {

  public static ResourceId namespaceNamed(String name) {
    return new ResourceId(ResourceType.NAMESPACE, "", "", name);
  }

  public static ResourceId sysctl(String namespace, String key) {
    return new ResourceId(ResourceType.SYSCTL, namespace, "", key);
  }

  public static ResourceId deviceIn(String namespace, String device) {
    return new ResourceId(ResourceType.DEVICE, namespace, device, "");
  }

  public static ResourceId vlans(String namespace, String device) {
    return new ResourceId(ResourceType.VLANS, namespace, device, "");
  }

  public static ResourceId fdb(String namespace, String device, String key) {
    return new ResourceId(ResourceType.FDB, namespace, device, key);
  }

  public static ResourceId addressOn(String namespace, String device, String key) {
    return new ResourceId(ResourceType.ADDRESS, namespace, device, key);
  }

  public static ResourceId route(String namespace, String key) {
    return new ResourceId(ResourceType.ROUTE, namespace, "", key);
  }

  public static ResourceId rule(String namespace, String key) {
    return new ResourceId(ResourceType.RULE, namespace, "", key);
  }

  public static ResourceId bridge(String name) {
    return new ResourceId(ResourceType.BRIDGE, "", "", name);
  }

  public static ResourceId port(String bridge, String name) {
    return new ResourceId(ResourceType.PORT, "", "", bridge + "/" + name);
  }

  /**
   * A flow.
   *
   * @param flow table, priority and match
   */
  public static ResourceId flow(String bridge, String flow) {
    return new ResourceId(ResourceType.FLOW, "", "", bridge + "/" + flow);
  }

  /** A group of flows' actions. */
  public static ResourceId group(String bridge, long number) {
    return new ResourceId(ResourceType.GROUP, "", "", bridge + "/" + number);
  }

  /** A rate limit of flows. */
  public static ResourceId meter(String bridge, long number) {
    return new ResourceId(ResourceType.METER, "", "", bridge + "/" + number);
  }

  /** The device that this resource is or hangs on. */
  public ResourceId ofDevice() {
    return deviceIn(namespace, device);
  }

  /** The same resource on a device of another name, as after a rename. */
  public ResourceId onDevice(String newDevice) {
    return new ResourceId(type, namespace, newDevice, key);
  }

  // By hand, these three: a plan of thousands of routes looks up and compares some hundred thousand
  // times, and what the compiler makes for a record is slow until the second compiler has seen it,
  // which a short command does not have.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ResourceId that
        && type == that.type
        && key.equals(that.key)
        && device.equals(that.device)
        && namespace.equals(that.namespace);
  }

  @Override
  public int hashCode() {
    int hash = 31 * type.rank() + namespace.hashCode();
    return 31 * (31 * hash + device.hashCode()) + key.hashCode();
  }

  @Override
  public int compareTo(ResourceId other) {
    int order = type.compareTo(other.type);
    order = order != 0 ? order : namespace.compareTo(other.namespace);
    order = order != 0 ? order : device.compareTo(other.device);
    return order != 0 ? order : key.compareTo(other.key);
  }

  /** As people name it: {@code address web/eth0 10.0.0.1/24}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(type.label()).append(' ');
    if (!namespace.isEmpty()) {
      text.append(namespace).append(device.isEmpty() ? ": " : "/");
    }
    text.append(device);
    if (!key.isEmpty()) {
      text.append(device.isEmpty() ? "" : " ").append(key);
    }
    return text.toString();
  }
}
