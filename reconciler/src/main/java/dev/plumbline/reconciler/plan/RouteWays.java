// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By which devices routes will go, and what they lack to go there: what lies behind each device
 * once the plan is done, and what would if its device were there and up.
 */
final class RouteWays {
  private final LaterDevices devices;
  private final Reach reach = new Reach();
  private final Reach outOfReach = new Reach();

  RouteWays(LaterDevices devices) {
    this.devices = devices;
  }

  /** Adds what will be there, or would be if nothing stood in its way. */
  void add(Resource resource) {
    (obstacle(resource) == null ? reach : outOfReach).add(resource);
  }

  /** The device that an address or route needs and that is not there or not up; or null. */
  private @Nullable ResourceId obstacle(Resource resource) {
    ResourceId id = resource.id();
    if (id.type() == ResourceType.ADDRESS) {
      return devices.isUp(id.ofDevice()) ? null : id.ofDevice();
    }
    if (id.type() == ResourceType.ROUTE) {
      for (String device : RouteText.devices(resource)) {
        ResourceId deviceId = ResourceId.deviceIn(id.namespace(), device);
        if (!devices.isUp(deviceId)) {
          return deviceId;
        }
      }
    }
    return null;
  }

  /** The device that a route has to wait for: to be there, or to be up; or null. */
  @Nullable ResourceId missing(Resource route) {
    String namespace = route.id().namespace();
    ResourceId missing = obstacle(route);
    for (String gateway : RouteText.gateways(route)) {
      if (missing == null && reach.devices(namespace, gateway).isEmpty()) {
        List<String> behind = outOfReach.devices(namespace, gateway);
        missing = behind.isEmpty() ? null : ResourceId.deviceIn(namespace, behind.get(0));
      }
    }
    String source = route.get("source");
    if (missing == null && !source.isEmpty() && reach.holder(namespace, source) == null) {
      String holder = outOfReach.holder(namespace, source);
      missing = holder == null ? null : ResourceId.deviceIn(namespace, holder);
    }
    return missing;
  }

  /**
   * A gateway that lies behind no device, or not behind the one that the route names.
   *
   * @param device that the route names; empty for none
   * @param networks of the gateway's family that there are, the first few
   */
  record Stray(String gateway, String device, List<String> networks) {}

  /** The first gateway of a route that the kernel would refuse; null for none. */
  @Nullable Stray stray(Resource route) {
    if (!route.get("via").isEmpty() && !route.get("onlink").equals("true")) {
      return stray(route, route.get("via"), route.get("dev"));
    }
    for (RouteText.Hop hop : RouteText.hops(route)) {
      Stray stray = hop.via().isEmpty() || hop.onlink() ? null : stray(route, hop.via(), hop.dev());
      if (stray != null) {
        return stray;
      }
    }
    return null;
  }

  private @Nullable Stray stray(Resource route, String gateway, String device) {
    String namespace = route.id().namespace();
    IpAddress address = IpAddress.parse(gateway);
    // IPv6 link-local addresses are on every link; whatever a VRF holds is behind it.
    boolean everywhere = address.isLinkLocal() && address.family() == IpFamily.IPV6;
    boolean vrf =
        !device.isEmpty()
            && devices.get(ResourceId.deviceIn(namespace, device), "kind").equals("vrf");
    List<String> behind = reach.devices(namespace, gateway);
    boolean reached = (device.isEmpty() || vrf) ? !behind.isEmpty() : behind.contains(device);
    return everywhere || reached
        ? null
        : new Stray(gateway, device, reach.networks(namespace, address.family()));
  }

  /** Whether all gateways of a route lie behind some device. */
  boolean reachesGateways(Resource route) {
    return RouteText.gateways(route).stream()
        .allMatch(gateway -> !reach.devices(route.id().namespace(), gateway).isEmpty());
  }

  /**
   * The device that a route moves to because the present one will not reach its gateway, the same
   * or another; empty where it stays, or where the file names the device.
   */
  String otherDevice(Resource target, Resource there) {
    if (!isOpen(target)) {
      return "";
    }
    List<String> behind = reach.devices(target.id().namespace(), target.get("via"));
    return behind.isEmpty() || behind.contains(there.get("dev")) ? "" : behind.get(0);
  }

  /** Whether the route that is there leads to the gateway of the wanted one by its own device. */
  boolean keepsDevice(Resource target, Resource there) {
    return isOpen(target)
        && reach.devices(target.id().namespace(), target.get("via")).contains(there.get("dev"));
  }

  /**
   * A new route with the device that its gateway will be behind. Left to itself the kernel might
   * take one that only leaves later, and drop the route with it.
   */
  Resource withDevice(Resource target) {
    List<String> behind =
        target.id().type() == ResourceType.ROUTE && isOpen(target)
            ? reach.devices(target.id().namespace(), target.get("via"))
            : List.of();
    return behind.isEmpty() ? target : target.with("dev", behind.get(0));
  }

  /** Whether the device of a route follows from its gateway. */
  private static boolean isOpen(Resource route) {
    return !route.has("dev") && !route.get("via").isEmpty() && !route.get("onlink").equals("true");
  }
}
