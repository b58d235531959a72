// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;

/**
 * What is not compared, or not asked for, when the model is compared with the kernel. Each is a
 * line of docs/decisions/model-kernel.md.
 */
enum Excuses {
  MAC("MAC addresses", "most are made up by the kernel") {
    @Override
    Resource take(Resource resource) {
      return resource.id().type() == ResourceType.DEVICE ? resource.without("mac") : resource;
    }
  },
  MTU("MTUs", "those of bridges, bonds, tunnels and what is over another device follow others") {
    @Override
    Resource take(Resource resource) {
      return resource.id().type() == ResourceType.DEVICE ? resource.without("mtu") : resource;
    }
  },
  TIME("what is left of lifetimes", "no time passes in the model") {
    @Override
    Resource take(Resource resource) {
      return resource.id().type() == ResourceType.ADDRESS
          ? resource.without(AddressText.VALID_LEFT).without(AddressText.PREFERRED_LEFT)
          : resource;
    }
  },
  SYSCTLS("sysctls that nobody has set", "their values are the host's"),
  DAD(
      "routes that speak with an IPv6 address",
      "the kernel refuses them until it has found nobody else with that address"),
  TWO_DEVICES(
      "two devices in one network, or with one address",
      "the kernel takes whichever came first for a gateway"),
  SAME_RULES(
      "a rule that is there already",
      "no plan asks for it; beside one that says more the kernel would make it once more"),
  TWICE("two changes of the same thing in one plan", "the planner makes one of them"),
  OWN_REMOTES(
      "remotes of a VXLAN device that has a parent",
      "the kernel keeps the device's own remote beside an entry for it, by its parent or by none"),
  MOVED_TUNNELS("tunnels that move to another namespace", "plumbline makes them anew there"),
  INDEXES(
      "plans that choose an interface index late",
      "two of plumbline's would choose the same; its lock keeps them apart"),
  NAMESPACES("a namespace and what is in it in one plan", "their order is the planner's matter"),
  LOOPBACK("other names of lo, and networks on it", "nobody does that"),
  ADDRESS_MARKS(
      "marks on IPv4 addresses before Linux 6.2",
      "one that was there keeps its own when it is replaced"),
  VRF_ROUTES(
      "gateways where there is a VRF",
      "in the model a connected network is in no table, in the kernel it is in the VRF's"),
  GRE_IN_BONDS("lo or a GRE device in a bond", "the bond becomes such a device itself"),
  DEFAULT_VLAN(
      "another default VLAN of a bridge that is there",
      "the kernel changes the VLANs of all its ports that have the old one, the model does not"),
  GRE(
      "the IPv6 addresses that a GRE device gives itself",
      "they are made of the IPv4 addresses that others have when it comes up");

  private final String what;
  private final String why;

  Excuses(String what, String why) {
    this.what = what;
    this.why = why;
  }

  /** The resource without it; as it is where the excuse is about what is never asked for. */
  Resource take(Resource resource) {
    return resource;
  }

  /** Whether the kernel has made the address up by itself, for a GRE device (add_v4_addrs). */
  static boolean isMadeUp(Resource resource, LiveState there) {
    ResourceId id = resource.id();
    Resource device =
        id.type() == ResourceType.ADDRESS && id.key().startsWith("fe80:")
            ? there.find(id.ofDevice())
            : null;
    return device != null && device.get("kind").startsWith("gre");
  }

  /** An IPv4 address with the mark that it has in the model. */
  static Resource marked(Resource resource, Resource modelled) {
    ResourceId id = resource.id();
    boolean ipv4 = id.type() == ResourceType.ADDRESS && !id.key().contains(":");
    return ipv4 ? resource.withOwner(modelled.owner()) : resource;
  }

  static Resource all(Resource resource) {
    Resource rest = resource;
    for (Excuses each : values()) {
      rest = each.take(rest);
    }
    return rest;
  }

  /** The line of docs/decisions/model-kernel.md. */
  String line() {
    return "- " + what + ": " + why;
  }
}
