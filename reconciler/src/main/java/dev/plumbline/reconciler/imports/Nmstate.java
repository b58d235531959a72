// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Prefix;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A state of nmstate: what is wanted, or what {@code nmstatectl show} prints. */
public final class Nmstate {
  private static final int MAIN = 254;

  private static final Map<String, String> SECTIONS =
      Map.ofEntries(
          Map.entry("ethernet", "interfaces"),
          Map.entry("loopback", "interfaces"),
          Map.entry("bond", "bonds"),
          Map.entry("linux-bridge", "bridges"),
          Map.entry("ovs-bridge", "bridges"),
          Map.entry("ovs-interface", "internalPorts"),
          Map.entry("vlan", "vlans"),
          Map.entry("vxlan", "tunnels"),
          Map.entry("vrf", "vrfs"),
          Map.entry("dummy", "dummies"),
          Map.entry("veth", "veths"));

  /** What `show` tells of a device, and nobody wants of it; how it is done. */
  private static final String[] TOLD = {
    "altnames",
    "driver",
    "identifier",
    "if-index",
    "max-mtu",
    "min-mtu",
    "permanent-mac-address",
    "port",
    "profile-name",
    "wait-ip"
  };

  private final Draft draft = new Draft();

  /** The bridge of Open vSwitch, and the VLANs, of its ports. */
  private final Map<String, String> bridgeOf = new HashMap<>();

  private final Map<String, Map<String, Object>> vlanOf = new HashMap<>();

  /** Ports that have an object of their own. */
  private final Set<String> internal = new HashSet<>();

  /** Both halves stand in the file of nmstate, one in ours. */
  private final Map<String, Map<String, Object>> peers = new HashMap<>();

  private final Map<String, String> controllers = new LinkedHashMap<>();

  /** Ports of patches by their names, as the second half finds the first. */
  private final Set<String> patched = new HashSet<>();

  private Nmstate() {}

  /** Reads one state. */
  public static Imported read(SourceText source) {
    Nmstate nmstate = new Nmstate();
    YamlMap map = Taken.read(source, nmstate.draft.problems);
    if (map != null) {
      nmstate.state(new Taken(nmstate.draft, "", "", map));
    }
    return nmstate.draft.finish();
  }

  private void state(Taken state) {
    if (!state.has("interfaces") && !state.has("routes") && !state.has("route-rules")) {
      draft.error(
          state.at("interfaces"),
          "there is no `interfaces`",
          "a state of nmstate (`nmstatectl policy` makes one of a policy)");
    }
    List<YamlNode> interfaces = state.list("interfaces");
    // Bridges first: they say of whom they are made.
    for (YamlNode item : interfaces) {
      if (item instanceof YamlMap map) {
        ports(new Taken(draft, "", "", map));
      }
    }
    state.each("interfaces", this::device);
    controllers.forEach(
        (port, controller) -> {
          if (draft.sectionOf(controller) == null) {
            draft.comment(
                "",
                null,
                "`" + port + "` is to be a port of `" + controller + "`, which is not here");
          }
        });
    Taken routes = state.map("routes");
    routes.pass("running");
    routes.each("config", this::route);
    routes.rest();
    Taken rules = state.map("route-rules");
    rules.each("config", this::rule);
    rules.rest();
    if (state.has("dns-resolver")) {
      Taken resolver = state.map("dns-resolver");
      resolver.pass("running");
      if (!resolver.map("config").keys().isEmpty()) {
        state.comment(
            "dns-resolver", "`dns-resolver` is not taken over: names are resolved by others");
      }
    }
    state.pass("hostname");
    if (state.map("hostname").has("config")) {
      state.comment("hostname", "`hostname` is not taken over");
    }
    state.rest();
  }

  private void ports(Taken map) {
    if (map.text("type").equals("ovs-interface")) {
      internal.add(map.text("name")); // and patches
    }
    if (map.text("type").equals("ovs-bridge") && !map.text("state").equals("absent")) {
      String bridge = map.text("name");
      map.map("bridge")
          .each(
              "port",
              port -> {
                bridgeOf.put(port.text("name"), bridge);
                Map<String, Object> vlan = vlan(port.map("vlan"), true);
                if (!vlan.isEmpty()) {
                  vlanOf.put(port.text("name"), vlan);
                }
              });
    }
  }

  private void device(Taken map) {
    String name = map.text("name");
    String type = map.text("type");
    String state = map.text("state");
    if (name.isEmpty()) {
      draft.error(map.at("name"), "an interface without a name", "`name`");
      return;
    }
    if (state.equals("absent") || state.equals("ignore")) {
      map.comment(
          "state", "`" + name + "` is " + state + ": left out, as the file leaves it alone");
      return;
    }
    String section = type.isEmpty() ? "interfaces" : SECTIONS.get(type);
    if (section == null) {
      map.comment("type", "`" + name + "` is left out: the file has no section for a " + type);
      return;
    }
    if (type.equals("ovs-interface") && map.has("patch")) {
      patch(name, map);
      return;
    }
    if (name.equals("lo") && type.equals("loopback")) {
      return; // there and up everywhere, with the addresses that the kernel gives it
    }
    Map<String, Object> object;
    String about = section + "." + name;
    Taken veth = map.map("veth");
    if (section.equals("veths") && peers.containsKey(name)) {
      object = peers.get(name);
      map.pass("veth");
    } else {
      object = draft.object(section, name);
    }
    map.about(about);
    if (object == null) {
      return;
    }
    switch (type) {
      case "bond" -> bond(object, map.map("link-aggregation"));
      case "linux-bridge" -> bridge(object, map.map("bridge"));
      case "ovs-bridge" -> switchBridge(about, object, map);
      case "ovs-interface" -> {
        String bridge = bridgeOf.get(name);
        if (bridge == null) {
          map.comment("name", "no `ovs-bridge` of this state has this port: say which in `bridge`");
        }
        object.put("bridge", bridge == null ? "" : bridge);
        Map<String, Object> vlan = vlanOf.get(name);
        if (vlan != null) {
          object.put("vlan", vlan);
        }
      }
      case "vlan" -> {
        Taken vlan = map.map("vlan");
        object.put("parent", vlan.text("base-iface"));
        vlan.put(object, "id", "id");
        String protocol = vlan.text("protocol");
        if (!protocol.isEmpty() && !protocol.equals("802.1q")) {
          object.put("protocol", protocol);
        }
        vlan.rest();
      }
      case "vxlan" -> vxlan(object, map.map("vxlan"));
      case "vrf" -> {
        Taken vrf = map.map("vrf");
        vrf.put(object, "table", "route-table-id");
        List<String> members = vrf.texts("port");
        if (!members.isEmpty()) {
          object.put("members", new ArrayList<Object>(members));
        }
        vrf.rest();
      }
      case "veth" -> {
        if (!object.containsKey("device")) {
          Map<String, Object> far = new LinkedHashMap<>(Map.of("device", veth.text("peer")));
          object.put("peer", far);
          peers.put(veth.text("peer"), far);
        }
      }
      default -> {
        // Cards and dummies have nothing of their own.
      }
    }
    settings(section, state, object, map);
  }

  private void settings(String section, String state, Map<String, Object> object, Taken map) {
    map.pass(TOLD);
    map.pass("name", "type", "state");
    String controller = map.text("controller");
    if (!controller.isEmpty()) {
      controllers.put(map.text("name"), controller);
    }
    if (section.equals("interfaces")) {
      object.put("up", !state.equals("down"));
    } else if (state.equals("down")) {
      object.put("up", false);
    }
    map.put(object, "mtu", "mtu");
    String mac = map.text("mac-address");
    boolean own = mac.equalsIgnoreCase(map.text("permanent-mac-address"));
    if (!mac.isEmpty() && !own && !object.containsKey("mac")) {
      object.put("mac", mac);
    }
    for (String family : new String[] {"ipv4", "ipv6"}) {
      address(object, map.map(family));
    }
    map.passWhatIsOff();
    map.rest();
  }

  private void address(Map<String, Object> object, Taken ip) {
    boolean enabled = !ip.has("enabled") || ip.isTrue("enabled");
    boolean leased = false;
    for (String way : new String[] {"dhcp", "autoconf"}) {
      if (enabled && ip.isTrue(way)) {
        leased = true;
        ip.comment(
            way, "`" + way + "`: whoever leases the address keeps it; keep that program running");
      }
    }
    ip.each(
        "address",
        entry -> {
          entry.pass("valid-left", "preferred-left", "valid-life-time", "preferred-life-time");
          String text = entry.text("ip") + "/" + entry.text("prefix-length");
          boolean linkLocal = text.toLowerCase(Locale.ROOT).startsWith("fe80:");
          if (enabled && !linkLocal) {
            Map<String, Object> one = new LinkedHashMap<>();
            entry.put(one, "address", "ip", ignored -> Prefix.parse(text).toString());
            if (one.get("address") != null) {
              Draft.append(object, "addresses", one.get("address"));
            }
          }
          entry.pass("mptcp-flags");
          entry.rest();
        });
    if (leased && object.containsKey("addresses")) {
      ip.comment("address", "which of these addresses is leased is not told: take it out");
    }
    // How the leased ones come about, which their program has to know.
    for (String key : ip.keys()) {
      if (key.startsWith("auto-") || key.startsWith("dhcp-") || key.startsWith("addr-gen")) {
        ip.pass(key);
      }
    }
    ip.rest();
  }

  private void bond(Map<String, Object> object, Taken bond) {
    object.put("mode", bond.text("mode").isEmpty() ? "balance-rr" : bond.text("mode"));
    List<String> members = bond.texts("port");
    members.addAll(bond.texts("slaves"));
    object.put("members", new ArrayList<Object>(members));
    Taken options = bond.map("options");
    for (String option : options.keys()) {
      String value = options.text(option);
      if (!value.isEmpty() && !BondSettings.put(object, option, value)) {
        options.comment(option, "the option `" + option + ": " + value + "` is not taken over");
      }
    }
    // Those of other modes are told, too, and a file is refused for them.
    if (!"802.3ad".equals(object.get("mode"))) {
      object.keySet().removeAll(Set.of("lacpRate", "adSelect", "minLinks"));
    }
    options.rest();
    bond.rest();
  }

  @SuppressWarnings("unchecked")
  private void bridge(Map<String, Object> object, Taken bridge) {
    object.put("datapath", "kernel");
    Taken options = bridge.map("options");
    Taken stp = options.map("stp");
    boolean enabled = stp.isTrue("enabled");
    if (enabled) {
      Draft.put(object, "stp.enabled", true);
    }
    stp.put(object, "stp.priority", "priority");
    if (!stp.isIdleDelay("forward-delay", enabled)) {
      stp.put(object, "stp.forwardDelay", "forward-delay", text -> text + "s");
    }
    stp.put(object, "stp.helloTime", "hello-time", text -> text + "s");
    stp.put(object, "stp.maxAge", "max-age", text -> text + "s");
    stp.rest();
    options.put(object, "macTable.aging", "mac-ageing-time", text -> text + "s");
    String mask = options.text("group-forward-mask");
    if (!mask.isEmpty() && !mask.equals("0")) {
      Draft.put(object, "groupForwardMask", mask);
    }
    if (options.has("multicast-snooping")) {
      object.put("multicastSnooping", options.isTrue("multicast-snooping"));
    }
    String protocol = options.text("vlan-protocol");
    if (protocol.equalsIgnoreCase("802.1ad")) {
      object.put("vlanProtocol", "802.1ad");
    }
    String pvid = options.text("vlan-default-pvid");
    if (!pvid.isEmpty() && !pvid.equals("1")) {
      Draft.put(object, "defaultPvid", pvid);
    }
    options.pass("group-fwd-mask", "gc-timer", "hello-timer");
    options.rest();
    Map<String, Object> ports = new LinkedHashMap<>();
    bridge.each("port", port -> ports.put(port.text("name"), port(port)));
    if (!ports.isEmpty()) {
      object.put("ports", ports);
    }
    bridge.rest();
  }

  private Map<String, Object> port(Taken port) {
    Map<String, Object> entry = new LinkedHashMap<>();
    Map<String, Object> vlan = vlan(port.map("vlan"), false);
    if (!vlan.isEmpty()) {
      entry.put("vlan", vlan);
    }
    if (port.isTrue("stp-hairpin-mode")) {
      entry.put("hairpin", true);
    }
    port.put(entry, "pathCost", "stp-path-cost");
    port.put(entry, "priority", "stp-priority");
    port.pass("name");
    port.rest();
    return entry;
  }

  private static Map<String, Object> vlan(Taken vlan, boolean isOvs) {
    Map<String, Object> mode = new LinkedHashMap<>();
    String tag = vlan.text("tag");
    List<Object> trunk = new ArrayList<>();
    vlan.each(
        "trunk-tags",
        tags -> {
          String id = tags.text("id");
          Taken range = tags.map("id-range");
          trunk.add(
              id.isEmpty()
                  ? range.text("min") + "-" + range.text("max")
                  : (Object) Long.valueOf(id));
          range.rest();
          tags.rest();
        });
    boolean natives = vlan.isTrue("enable-native");
    String kind = vlan.text("mode");
    if (kind.equals("trunk")) {
      if (natives && !tag.isEmpty()) {
        Draft.put(mode, "native", tag);
      }
      if (!trunk.isEmpty()) {
        mode.put("trunk", trunk);
      } else if (isOvs && natives) {
        mode.put("trunk", new ArrayList<Object>(List.of("1-4094")));
      }
    } else if (!tag.isEmpty() && !tag.equals("0")) {
      Draft.put(mode, "access", tag);
    }
    vlan.rest();
    return mode;
  }

  private void switchBridge(String about, Map<String, Object> object, Taken map) {
    Taken bridge = map.map("bridge");
    Map<String, Object> ports = new LinkedHashMap<>();
    bridge.each(
        "port",
        port -> {
          String name = port.text("name");
          Taken bond = port.map("link-aggregation");
          Map<String, Object> vlan = vlanOf.get(name);
          port.pass("vlan");
          if (port.has("link-aggregation")) {
            Map<String, Object> made = draft.object("bonds", name);
            made.put("bridge", map.text("name"));
            List<Object> members = new ArrayList<>();
            bond.each(
                "port",
                member -> {
                  members.add(member.text("name"));
                  member.rest();
                });
            bond.each("slaves", member -> members.add(member.text("name")));
            made.put("members", members);
            made.put("mode", bond.text("mode"));
            if (vlan != null) {
              made.put("vlan", vlan);
            }
            for (String delay : new String[] {"Up", "Down"}) {
              bond.put(
                  made,
                  delay.toLowerCase(Locale.ROOT) + "Delay",
                  "bond-" + delay.toLowerCase(Locale.ROOT) + "delay",
                  text -> text + "ms");
            }
            bond.rest();
          } else if (!internal.contains(name)) {
            ports.put(name, new LinkedHashMap<>(vlan == null ? Map.of() : Map.of("vlan", vlan)));
          }
          port.rest();
        });
    Taken options = bridge.map("options");
    options.passWhatIsOff();
    options.rest();
    bridge.rest();
    if (!ports.isEmpty()) {
      object.put("ports", ports);
    }
    draft.comment(
        about, map.at("name"), "flows of Open vSwitch are not in a state of nmstate: `import ovs`");
    if (map.has("ovs-db")) {
      map.comment("ovs-db", "`ovs-db` is not taken over: notes of other programs");
    }
    map.pass("ipv4", "ipv6", "mac-address", "mtu");
  }

  private void patch(String name, Taken map) {
    String peer = map.map("patch").text("peer");
    String one = bridgeOf.get(name);
    String other = bridgeOf.get(peer);
    if (one == null || other == null) {
      map.comment(
          "patch",
          "the patch port `" + name + "` is left out: this state has not both its bridges");
    } else if (!patched.contains(peer)) {
      draft.object("patches", name).put("bridges", new ArrayList<Object>(List.of(one, other)));
    }
    patched.add(name);
  }

  private void vxlan(Map<String, Object> object, Taken vxlan) {
    object.put("type", "vxlan");
    vxlan.put(object, "key", "id");
    vxlan.put(object, "port", "destination-port");
    String parent = vxlan.text("base-iface");
    if (!parent.isEmpty()) {
      object.put("parent", parent);
    }
    for (String end : new String[] {"local", "remote"}) {
      vxlan.put(object, end, end, text -> IpAddress.parse(text).toString());
    }
    if (vxlan.has("learning")) {
      object.put("learning", vxlan.isTrue("learning"));
    }
    vxlan.rest();
  }

  private void route(Taken map) {
    if (map.text("state").matches("absent|ignore")) {
      map.comment("state", "a route that is " + map.text("state") + " is left out");
      return;
    }
    Map<String, Object> route = draft.add("routes");
    map.put(route, "to", "destination", text -> Prefix.parse(text).network().toString());
    String via = map.text("next-hop-address");
    if (!via.isEmpty() && !via.equals("0.0.0.0") && !via.equals("::")) {
      map.put(route, "via", "next-hop-address", text -> IpAddress.parse(text).toString());
    }
    String type = map.text("route-type");
    if (!type.isEmpty()) {
      route.put("type", type);
    }
    String device = map.text("next-hop-interface");
    if (!device.isEmpty() && type.isEmpty()) {
      route.put("dev", device);
    }
    String metric = map.text("metric");
    if (metric.matches("[0-9]+")) {
      Draft.put(route, "metric", metric);
    }
    String table = map.text("table-id");
    if (!table.isEmpty() && !table.equals("0") && !table.equals(String.valueOf(MAIN))) {
      Draft.put(route, "table", table);
    }
    map.put(route, "source", "source", text -> IpAddress.parse(text).toString());
    map.put(route, "initcwnd", "cwnd");
    map.rest();
  }

  private void rule(Taken map) {
    if (map.text("state").matches("absent|ignore")) {
      map.comment("state", "a rule that is " + map.text("state") + " is left out");
      return;
    }
    if (map.text("priority").isEmpty() || map.text("priority").startsWith("-")) {
      map.comment("priority", "a rule without `priority` is left out: say which it is to have");
      return;
    }
    Map<String, Object> rule = draft.add("rules");
    map.put(rule, "priority", "priority");
    map.put(rule, "from", "ip-from", Masks::network);
    map.put(rule, "to", "ip-to", Masks::network);
    String family = map.text("family");
    if (!family.isEmpty()) {
      rule.put("family", family);
    }
    map.put(rule, "table", "route-table");
    map.put(rule, "fwmark", "fwmark", Nmstate::number);
    map.put(rule, "fwmask", "fwmask", Nmstate::number);
    map.put(rule, "iif", "iif");
    map.put(rule, "action", "action");
    map.put(rule, "suppressPrefixLength", "suppress-prefix-length");
    map.rest();
  }

  private static Object number(String text) {
    return text.matches("0x[0-9A-Fa-f]{1,8}") ? (Object) Long.decode(text) : text;
  }
}
