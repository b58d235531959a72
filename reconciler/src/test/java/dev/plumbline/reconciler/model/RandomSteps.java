// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RuleText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes up what is asked next, of the few names, networks and numbers that there are, so that much
 * of it meets what is there already, and some of it has to be refused.
 */
final class RandomSteps {
  private static final List<String> NAMESPACES = List.of("", "", "n1", "n2");
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e");
  private static final List<String> BOOLEANS = List.of("true", "false");

  /** What is made, the likelier the oftener it is named; those that the kernel lacks are not. */
  private static final String KINDS =
      "bridge,bridge,veth,veth,vxlan,macvlan,dummy,dummy,vlan,vlan,bond,bond,vrf,gre";

  /** They are made anew elsewhere, never moved: half of one would stay behind. */
  private static final Set<String> TUNNELS = Set.of("vxlan", "gre", "gretap", "geneve");

  private final Random random;

  /** Whether the step before took an interface index. */
  private boolean before;

  private final List<String> kinds = new ArrayList<>();
  private final Capabilities capabilities;

  RandomSteps(long seed, Capabilities capabilities) {
    this.random = new Random(seed);
    this.capabilities = capabilities;
    kinds.addAll(List.of(System.getProperty("plumbline.kinds", KINDS).split(",", -1)));
    kinds.removeAll(capabilities.missingKinds());
  }

  /** One to three changes in one plan. */
  Step next(LiveState live) {
    List<Ask> asks = new ArrayList<>();
    int count = chance(70) ? 1 : 1 + random.nextInt(3);
    Set<ResourceId> changed = new HashSet<>();
    for (int i = 0; i < count; i++) {
      Ask ask = ask(live);
      if (changed.add(ask.id())) {
        asks.add(ask);
      }
    }
    if (asks.stream().anyMatch(ask -> ask.id().type() == ResourceType.NAMESPACE)) {
      asks.subList(1, asks.size()).clear(); // a plan that uses it is the planner's to order
    }
    boolean late = chance(8) && !before && asks.stream().noneMatch(RandomSteps::takesIndex);
    before = asks.stream().anyMatch(RandomSteps::takesIndex);
    return new Step(late, asks);
  }

  /** Two plans of plumbline's would choose the same; the lock keeps them apart. */
  private static boolean takesIndex(Ask ask) {
    return ask.id().type() == ResourceType.NAMESPACE
        || (ask.id().type() == ResourceType.DEVICE
            && (!ask.verb().equals("modify") || ask.fields().containsKey("as")));
  }

  private Ask ask(LiveState live) {
    int which = random.nextInt(100);
    if (which < 4) {
      return namespace(live);
    } else if (which < 24) {
      return newDevice(live);
    } else if (which < 53) {
      return changedDevice(live);
    } else if (which < 58) {
      return of("delete", device(live));
    } else if (which < 73) {
      return address(live);
    } else if (which < 88) {
      return route(live);
    } else if (which < 92) {
      return rule(live);
    } else if (which < 95) {
      return remote(live);
    } else if (which < 98 && capabilities.bridgeVlans()) {
      return vlans(live);
    }
    return sysctl(live);
  }

  private static Ask of(String verb, ResourceId id) {
    return Ask.of(verb, id, Map.of());
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private String one(String... of) {
    return of[random.nextInt(of.length)];
  }

  private String namespaceName(LiveState live) {
    String name = one(NAMESPACES);
    return name.isEmpty() || live.has(ResourceId.namespaceNamed(name)) ? name : "";
  }

  /** One that is there, mostly. */
  private ResourceId device(LiveState live) {
    List<Resource> devices =
        live.ofType(ResourceType.DEVICE).stream()
            .filter(each -> !each.id().device().equals("lo"))
            .toList();
    if (devices.isEmpty() || chance(3)) {
      return ResourceId.deviceIn(namespaceName(live), chance(50) ? "lo" : one(NAMES));
    }
    return one(devices).id();
  }

  /** The name of a device of the namespace, or of none. */
  private String neighbour(LiveState live, String namespace) {
    List<String> names =
        live.ofType(ResourceType.DEVICE).stream()
            .map(Resource::id)
            .filter(id -> id.namespace().equals(namespace))
            .map(ResourceId::device)
            .toList();
    return one(names);
  }

  private Ask namespace(LiveState live) {
    ResourceId id = ResourceId.namespaceNamed(one("n1", "n2"));
    return live.has(id) && chance(60)
        ? of("delete", id)
        : Ask.of("create", id, Map.of("owner", "namespaces." + id.key()));
  }

  private Ask newDevice(LiveState live) {
    ResourceId id = ResourceId.deviceIn(namespaceName(live), one(NAMES));
    Map<String, String> fields = new TreeMap<>();
    String kind = one(kinds);
    fields.put("kind", kind);
    if (chance(70)) {
      fields.put("owner", "made." + id.device());
    }
    if (chance(70)) {
      fields.put("up", "true");
    }
    boolean below = kind.equals("macvlan") || kind.equals("vlan");
    if (chance(10) && !below) {
      fields.put("mtu", one("1400", "1500"));
    }
    if (chance(10)) {
      fields.put("txQueueLength", "500");
    }
    if (chance(15)) {
      fields.put("master", neighbour(live, id.namespace()));
    }
    if (below) {
      fields.put("parent", neighbour(live, id.namespace()));
    }
    if (kind.equals("veth")) {
      fields.put("peer", PeerText.of(ResourceId.deviceIn(namespaceName(live), one(NAMES))));
    }
    if (kind.equals("gre") && isBond(live, id, fields)) {
      fields.remove("master");
    }
    kindFields(kind, fields, live, id.namespace(), true);
    return Ask.of(chance(4) && live.has(id) ? "recreate" : "create", id, fields);
  }

  private void kindFields(
      String kind, Map<String, String> fields, LiveState live, String namespace, boolean anew) {
    switch (kind) {
      case "bridge" -> bridge(fields);
      case "vxlan" -> {
        if (anew) {
          fields.put("key", one("1", "2"));
          if (chance(50)) {
            fields.put("port", "4789");
          }
        }
        tunnel(fields);
        // OWN_REMOTES; and with room for IPv6, since its MTU follows (MTU)
        boolean room = live.ofType(ResourceType.DEVICE).stream().noneMatch(RandomSteps::isSmall);
        if (chance(15) && live.ofType(ResourceType.FDB).isEmpty() && room) {
          fields.put("parent", chance(20) ? "" : neighbour(live, namespace));
        }
        if (chance(10)) {
          fields.put("learning", one(BOOLEANS));
        }
      }
      case "geneve" -> {
        if (anew) {
          fields.put("key", one("1", "2"));
          fields.put("remote", one("10.0.0.8", "10.0.0.9"));
        }
        if (chance(30)) {
          fields.put("ttl", "9");
        }
      }
      case "gre", "gretap" -> {
        tunnel(fields);
        fields.values().removeIf(value -> value.contains(":")); // its family is the kind's
        fields.putIfAbsent("local", "10.0.0.1");
        if (chance(50)) {
          fields.put("key", one("1", "2"));
        }
      }
      case "macvlan" -> {
        if (anew || chance(30)) {
          fields.put("mode", one("bridge", "private", "vepa", "passthru"));
        }
      }
      case "vlan" -> {
        if (anew) {
          fields.put("id", one("5", "6"));
          fields.put("protocol", "802.1Q");
        }
      }
      case "vrf" -> {
        if (anew) {
          fields.put("table", one("100", "7"));
        }
      }
      case "bond" -> bond(fields, live, namespace, anew);
      default -> {
        // Nothing of its own.
      }
    }
  }

  private static boolean isSmall(Resource device) {
    return !device.get("mtu").isEmpty() && Integer.parseInt(device.get("mtu")) < 1400;
  }

  private static boolean isOver(Resource device) {
    return device.get("kind").equals("vxlan") && !device.get("parent").isEmpty();
  }

  private void bridge(Map<String, String> fields) {
    if (chance(15)) {
      fields.put("stp.enabled", one(BOOLEANS));
    }
    if (chance(10)) {
      fields.put("stp.priority", one("4096", "32768"));
    }
    if (chance(10)) {
      fields.put("stp.forwardDelay", one("4s", "15s", "20s"));
    }
    if (chance(10)) {
      fields.put("macTable.aging", one("60s", "300s"));
    }
    if (chance(5)) {
      fields.put("multicastSnooping", one(BOOLEANS));
    }
    if (chance(5)) {
      fields.put("groupForwardMask", one("8", "1", "0"));
    }
    if (capabilities.bridgeVlans() && chance(30)) {
      fields.put("vlanFiltering", one(BOOLEANS));
    }
    if (capabilities.bridgeVlans() && chance(10)) {
      fields.put("defaultPvid", one("0", "1", "7"));
    }
  }

  private void tunnel(Map<String, String> fields) {
    if (chance(40)) {
      fields.put("remote", one("10.0.0.8", "10.0.0.9", "fd00::9", ""));
    }
    if (chance(20)) {
      fields.put("local", one("10.0.0.1", "fd00::1", ""));
    }
    if (chance(15)) {
      fields.put("ttl", one("0", "9"));
    }
    if (chance(10)) {
      fields.put("tos", one("0", "4"));
    }
    if (chance(10)) {
      fields.put("df", one("unset", "set"));
    }
  }

  private void bond(Map<String, String> fields, LiveState live, String namespace, boolean anew) {
    if (anew || chance(20)) {
      fields.put("mode", one("active-backup", "balance-rr", "802.3ad", "balance-xor"));
    }
    if (chance(30)) {
      fields.put("miimon", one("0s", "100ms"));
    }
    if (chance(10)) {
      fields.put("upDelay", "200ms");
    }
    if (chance(10)) {
      fields.put("minLinks", "1");
    }
    if (chance(10)) {
      fields.put("lacpRate", "fast");
    }
    if (chance(20)) {
      fields.put("primary", chance(20) ? "" : neighbour(live, namespace));
    }
    if (chance(10)) {
      fields.put("xmitHashPolicy", one("layer2", "layer3+4"));
    }
  }

  private Ask changedDevice(LiveState live) {
    ResourceId id = device(live);
    Resource there = live.find(id);
    Map<String, String> fields = new TreeMap<>();
    int which = random.nextInt(100);
    boolean named = !id.device().equals("lo"); // nobody gives that another name
    boolean tunnel = there != null && TUNNELS.contains(there.get("kind"));
    if (which < 35) {
      fields.put("up", one(BOOLEANS));
    } else if (which < 65) {
      fields.put("master", chance(30) ? "" : neighbour(live, id.namespace()));
    } else if (which < 73 && named) {
      fields.put("as", PeerText.of(ResourceId.deviceIn(id.namespace(), one(NAMES))));
    } else if (which < 83 && !tunnel) {
      String name = named ? one(NAMES) : "lo";
      fields.put("as", PeerText.of(ResourceId.deviceIn(namespaceName(live), name)));
    } else if (which < 88 && (there == null || !there.get("kind").equals("vlan"))) {
      boolean over = live.ofType(ResourceType.DEVICE).stream().anyMatch(RandomSteps::isOver);
      fields.put("mtu", over ? "1400" : one("1300", "1400", named ? "60" : "1300"));
    } else if (which < 90 && named) {
      fields.put("owner", "mine." + id.device());
    } else if (which < 92) {
      fields.put("txQueueLength", "400");
    }
    if (chance(20) && there != null) {
      kindFields(there.get("kind"), fields, live, id.namespace(), false);
    }
    fields.remove("primary", id.device()); // nobody prefers itself
    fields.remove("defaultPvid"); // of a bridge that is made alone
    boolean odd = !named || (there != null && there.get("kind").equals("gre"));
    if (odd && isBond(live, id, fields)) {
      fields.remove("master");
    }
    if (chance(10) && (there == null || !isInBond(live, there))) {
      portField(fields);
    }
    return Ask.of("modify", id, fields);
  }

  /** Whether it is to join a bond. */
  private static boolean isBond(LiveState live, ResourceId id, Map<String, String> fields) {
    String name = fields.getOrDefault("master", "");
    Resource master = live.find(ResourceId.deviceIn(id.namespace(), name));
    return master != null && master.get("kind").equals("bond");
  }

  private static boolean isInBond(LiveState live, Resource device) {
    return isBond(live, device.id(), device.fields());
  }

  private void portField(Map<String, String> fields) {
    switch (random.nextInt(4)) {
      case 0 -> fields.put("port.pathCost", one("5", "100", "0"));
      case 1 -> fields.put("port.hairpin", one(BOOLEANS));
      case 2 -> fields.put("port.priority", one("8", "100"));
      default -> fields.put("port.learning", one(BOOLEANS));
    }
  }

  /** What is there of the type, in a third of all cases to be removed. */
  private Ask orRemoved(LiveState live, ResourceType type, Ask otherwise) {
    List<Resource> there = live.ofType(type);
    return !there.isEmpty() && chance(30) ? of("delete", one(there).id()) : otherwise;
  }

  private Ask address(LiveState live) {
    ResourceId device = device(live);
    boolean lo = device.device().equals("lo"); // whole networks are the host's own there
    String key =
        chance(65)
            ? lo
                ? "10.0.3.1/32"
                : one(
                    "10.0.0.1/24",
                    "10.0.0.2/24",
                    "10.0.0.3/24",
                    "10.0.0.2/25",
                    "10.0.1.1/24",
                    "10.0.0.1/32",
                    "10.0.0.9 peer 10.0.2.2/32")
            : lo ? "fd03::1/128" : one("fd00::1/64", "fd00::2/64", "fd00::1/48", "fd01::1/128");
    boolean ipv6 = key.contains(":");
    ResourceId id = ResourceId.addressOn(device.namespace(), device.device(), key);
    if (isElsewhere(live, id)) {
      return sysctl(live);
    }
    Map<String, String> fields = new TreeMap<>();
    if (chance(80)) {
      fields.put("owner", Resource.OURS);
    }
    if (chance(8)) {
      fields.put("metric", "77");
    }
    if (chance(8)) {
      fields.put("noPrefixRoute", "true");
    }
    if (chance(5)) {
      fields.put("preferredLifetime", "0s");
    }
    if (ipv6 && chance(20)) {
      fields.put("noDad", "true");
    }
    if (!ipv6 && chance(5)) {
      fields.put("scope", one("link", "host"));
    }
    if (!ipv6 && chance(5)) {
      fields.put("label", device.device() + ":x");
    }
    if (!ipv6 && chance(5)) {
      fields.put("broadcast", "10.0.0.255");
    }
    String verb = live.has(id) ? one("create", "modify", "recreate") : "create";
    return orRemoved(live, ResourceType.ADDRESS, Ask.of(verb, id, fields));
  }

  /** Of two devices in one network the kernel takes the first, and nobody knows which that is. */
  private static boolean isElsewhere(LiveState live, ResourceId address) {
    return live.ofType(ResourceType.ADDRESS).stream()
        .map(Resource::id)
        .anyMatch(
            each ->
                each.namespace().equals(address.namespace())
                    && !each.device().equals(address.device())
                    && (AddressText.network(each.key()).equals(AddressText.network(address.key()))
                        || AddressText.local(each.key()).equals(AddressText.local(address.key()))));
  }

  private Ask route(LiveState live) {
    String namespace = namespaceName(live);
    boolean ipv6 = chance(30);
    String to =
        ipv6
            ? one("fd09::/64", "::/0", "fd00::8/128")
            : one("10.9.0.0/16", "10.8.0.0/16", "0.0.0.0/0", "10.0.1.128/25", "10.0.0.8/32");
    String rest = " table " + one("254", "254", "100") + " metric ";
    rest += ipv6 ? one("1024", "50") : one("0", "0", "50");
    ResourceId id = ResourceId.route(namespace, to + rest);
    Map<String, String> fields = new TreeMap<>();
    if (chance(80)) {
      fields.put("owner", Resource.OURS);
    }
    List<String> gateways =
        ipv6
            ? List.of("fd00::fe", "fd09::1")
            : List.of("10.0.0.254", "10.0.1.254", "10.9.0.1", "10.0.2.2");
    int which = random.nextInt(100);
    if (which < 30 || hasVrf(live, namespace)) {
      fields.put("dev", neighbour(live, namespace));
    } else if (which < 60) {
      fields.put("via", one(gateways));
    } else if (which < 80) {
      fields.put("via", one(gateways));
      fields.put("dev", neighbour(live, namespace));
      if (chance(30)) {
        fields.put("onlink", "true");
      }
    } else if (which < 90) {
      String dev = chance(50) ? " dev " + neighbour(live, namespace) : "";
      fields.put("nextHops", one(gateways) + dev + " weight 1, " + one(gateways) + " weight 2");
    } else {
      fields.put("type", one("blackhole", "unreachable", "prohibit", "throw"));
    }
    if (chance(15) && !ipv6) { // IPv6 wants one that was found to be nobody else's: later
      fields.put("source", one("10.0.0.1", "10.0.0.2", "10.0.1.1"));
    }
    if (chance(8)) {
      fields.put("mtu", "1200");
    }
    if (chance(5)) {
      fields.put("scope", ipv6 ? "" : one("link", "global", "host"));
    }
    String verb = live.has(id) ? one("create", "modify", "modify", "recreate") : "create";
    return orRemoved(live, ResourceType.ROUTE, Ask.of(verb, id, fields));
  }

  private static boolean hasVrf(LiveState live, String namespace) {
    return live.ofType(ResourceType.DEVICE).stream()
        .anyMatch(
            each -> each.id().namespace().equals(namespace) && each.get("kind").equals("vrf"));
  }

  private Ask rule(LiveState live) {
    Map<String, String> fields = new TreeMap<>();
    boolean ipv6 = chance(20);
    fields.put("family", ipv6 ? "ipv6" : "ipv4");
    fields.put("action", "table");
    fields.put("table", one("7", "8"));
    fields.put("owner", Resource.OURS);
    // Some say less than others of their priority: the kernel takes the one for the other.
    fields.put("priority", one("9", "10"));
    if (chance(40)) {
      fields.put("from", ipv6 ? "fd00::/64" : one("10.0.0.0/24", "10.0.1.0/24"));
    }
    if (chance(40)) {
      fields.put("iif", one(NAMES));
    }
    if (chance(40)) {
      fields.put("fwmark", "0x1/0xff");
    }
    ResourceId id = ResourceId.rule(namespaceName(live), RuleText.key(fields));
    // Where there is one that says more, the kernel would make the same one once more.
    Ask otherwise = live.has(id) ? of("delete", id) : Ask.of("create", id, fields);
    return orRemoved(live, ResourceType.RULE, otherwise);
  }

  private Ask remote(LiveState live) {
    List<Resource> tunnels =
        live.ofType(ResourceType.DEVICE).stream()
            .filter(each -> each.get("kind").equals("vxlan") && each.get("parent").isEmpty())
            .toList();
    ResourceId device = tunnels.isEmpty() ? device(live) : one(tunnels).id();
    String key = "00:00:00:00:00:00 " + one("10.0.0.8", "10.0.0.9", "10.0.0.7");
    ResourceId id = ResourceId.fdb(device.namespace(), device.device(), key);
    boolean vxlan = !tunnels.isEmpty();
    return orRemoved(live, ResourceType.FDB, vxlan ? of("create", id) : sysctl(live));
  }

  private Ask vlans(LiveState live) {
    ResourceId device = device(live);
    ResourceId id = ResourceId.vlans(device.namespace(), device.device());
    String text = one("1 pvid untagged", "5 pvid untagged", "5-6", "1 pvid untagged,5-9", "");
    // Where they do not count the planner does not ask for them.
    return live.has(id) ? Ask.of("modify", id, Map.of("vlans", text)) : sysctl(live);
  }

  private Ask sysctl(LiveState live) {
    ResourceId device = device(live);
    String name = one(device.device(), device.device(), "all", "default");
    String key =
        chance(30)
            ? one("net.ipv4.ip_forward", "net.ipv4.tcp_syncookies")
            : "net.ipv4.conf." + name + "." + one("rp_filter", "arp_ignore", "promote_secondaries");
    ResourceId id = ResourceId.sysctl(device.namespace(), key);
    return Ask.of("create", id, Map.of("value", one("0", "1")));
  }
}
