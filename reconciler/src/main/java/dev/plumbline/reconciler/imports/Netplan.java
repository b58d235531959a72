// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Prefix;
import dev.plumbline.spec.value.ValueException;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** netplan(5): one file, or several of which a later one lies above an earlier one. */
public final class Netplan {
  /**
   * What networkd gives a VXLAN device that is not told: the kernel's own, not the registered one.
   */
  private static final long KERNEL_VXLAN_PORT = 8472;

  private static final Map<String, String> BOND =
      Map.ofEntries(
          Map.entry("mode", "mode"),
          Map.entry("mii-monitor-interval", "miimon"),
          Map.entry("up-delay", "updelay"),
          Map.entry("down-delay", "downdelay"),
          Map.entry("lacp-rate", "lacp_rate"),
          Map.entry("min-links", "min_links"),
          Map.entry("transmit-hash-policy", "xmit_hash_policy"),
          Map.entry("ad-select", "ad_select"),
          Map.entry("all-slaves-active", "all_slaves_active"),
          Map.entry("all-members-active", "all_slaves_active"),
          Map.entry("arp-interval", "arp_interval"),
          Map.entry("arp-validate", "arp_validate"),
          Map.entry("fail-over-mac-policy", "fail_over_mac"),
          Map.entry("gratuitous-arp", "num_grat_arp"),
          Map.entry("gratuitious-arp", "num_grat_arp"),
          Map.entry("primary-reselect-policy", "primary_reselect"),
          Map.entry("resend-igmp", "resend_igmp"),
          Map.entry("primary", "primary"));

  private final Draft draft = new Draft();

  /** Devices by the names that netplan has for them, where those are others. */
  private final Map<String, String> devices = new HashMap<>();

  /** Halves of veths that stand in the other half's object. */
  private final Map<String, Map<String, Object>> peers = new HashMap<>();

  private final Set<String> named = new LinkedHashSet<>();

  private Netplan() {}

  /** Reads the files one above the other. */
  public static Imported read(List<SourceText> sources) {
    Netplan netplan = new Netplan();
    YamlMap whole = null;
    for (SourceText source : sources) {
      YamlMap map = Taken.read(source, netplan.draft.problems);
      whole = whole == null || map == null ? map : merged(whole, map);
    }
    if (whole != null && !netplan.draft.problems.hasErrors()) {
      netplan.file(new Taken(netplan.draft, "", "", whole));
    }
    return netplan.draft.finish();
  }

  private static YamlMap merged(YamlMap lower, YamlMap upper) {
    Map<String, YamlMap.Entry> entries = new LinkedHashMap<>(lower.entries());
    upper
        .entries()
        .forEach(
            (key, entry) -> {
              YamlMap.Entry below = entries.get(key);
              YamlNode value = entry.value();
              if (below != null
                  && below.value() instanceof YamlMap a
                  && value instanceof YamlMap b) {
                value = merged(a, b);
              } else if (below != null
                  && below.value() instanceof YamlList a
                  && value instanceof YamlList b) {
                List<YamlNode> items = new ArrayList<>(a.items());
                items.addAll(b.items());
                value = new YamlList(b.position(), items);
              }
              entries.put(key, new YamlMap.Entry(entry.keyPosition(), value));
            });
    return new YamlMap(upper.position(), entries);
  }

  private void file(Taken file) {
    if (!file.has("network")) {
      draft.error(file.at("network"), "there is no `network`", "a file of netplan");
    }
    Taken network = file.map("network");
    file.rest();
    network.pass("version", "renderer");
    Taken ethernets = network.map("ethernets");
    for (String key : ethernets.keys()) {
      devices.put(key, deviceOf(key, ethernets.map(key)));
    }
    for (String key : ethernets.keys()) {
      String device = name(key);
      Map<String, Object> object = draft.object("interfaces", device);
      object.put("up", true);
      definition("interfaces." + device, device, object, ethernets.map(key), new String[0]);
    }
    each(network.map("dummy-devices"), "dummies", (key, object, map) -> {});
    each(network.map("vlans"), "vlans", this::vlan);
    each(network.map("bonds"), "bonds", this::bond);
    each(network.map("bridges"), "bridges", this::bridge);
    each(network.map("tunnels"), "tunnels", this::tunnel);
    each(network.map("vrfs"), "vrfs", this::vrf);
    veths(network.map("virtual-ethernets"));
    network.rest();
    for (String device : named) {
      if (draft.sectionOf(device) == null && !peers.containsKey(device)) {
        draft.comment(
            "", null, "`" + device + "` is named as a port or member, and defined nowhere");
      }
    }
  }

  /** The device that a definition of the hardware is for. */
  private String deviceOf(String key, Taken map) {
    String name = map.has("set-name") ? map.text("set-name") : "";
    Taken match = map.map("match");
    String matched = match.text("name");
    if (name.isEmpty()) {
      name = matched.isEmpty() || matched.matches(".*[*?\\[].*") ? key : matched;
    }
    if (map.has("match") && !map.has("set-name") && !name.equals(matched)) {
      draft.comment(
          "interfaces." + key,
          map.at("match"),
          "`match` is not taken over: give the object the name of the device that is meant");
    }
    return name;
  }

  private String name(String key) {
    return devices.getOrDefault(key, key);
  }

  /** What a kind has of its own. */
  private interface Kind {
    void read(String key, Map<String, Object> object, Taken map);
  }

  private void each(Taken section, String name, Kind kind) {
    for (String key : section.keys()) {
      Taken map = section.map(key);
      String about = name + "." + key;
      map.about(about);
      if (map.has("openvswitch")) {
        map.comment(
            "openvswitch", "`" + key + "` is left out: Open vSwitch has it, see `import ovs`");
        continue;
      }
      if (map.has("renderer") && map.text("renderer").equals("sriov")) {
        map.comment(
            "renderer", "`renderer: sriov` is not taken over: a VLAN device is made for it");
      }
      Map<String, Object> object = draft.object(name, key);
      kind.read(key, object, map);
      definition(about, key, object, map, new String[0]);
    }
  }

  private void vlan(String key, Map<String, Object> object, Taken map) {
    object.put("parent", name(map.text("link")));
    map.put(object, "id", "id");
  }

  private List<Object> members(Taken map) {
    List<Object> members = new ArrayList<>();
    for (String member : map.texts("interfaces")) {
      members.add(name(member));
      named.add(name(member));
    }
    return members;
  }

  private void bond(String key, Map<String, Object> object, Taken map) {
    object.put("mode", "balance-rr");
    object.put("members", members(map));
    Taken parameters = map.map("parameters");
    List<String> targets = parameters.texts("arp-ip-targets");
    if (!targets.isEmpty()) {
      object.put("arpIpTargets", new ArrayList<Object>(targets));
    }
    for (String parameter : parameters.keys()) {
      String option = BOND.get(parameter);
      if (option != null) {
        String value = parameters.text(parameter);
        String given = option.equals("primary") ? name(value) : value;
        if (!BondSettings.put(object, option, given)) {
          parameters.comment(parameter, "`" + parameter + ": " + value + "` is not taken over");
        }
      }
    }
    parameters.rest();
  }

  private void bridge(String key, Map<String, Object> object, Taken map) {
    object.put("datapath", "kernel");
    Map<String, Object> ports = new LinkedHashMap<>();
    members(map).forEach(port -> ports.put(port.toString(), new LinkedHashMap<String, Object>()));
    if (!ports.isEmpty()) {
      object.put("ports", ports);
    }
    Taken parameters = map.map("parameters");
    // Told any parameter at all, netplan turns spanning tree on unless it is told not to.
    boolean stp = !parameters.has("stp") || parameters.isTrue("stp");
    if (!parameters.keys().isEmpty() && stp) {
      Draft.put(object, "stp.enabled", true);
    }
    parameters.put(object, "stp.priority", "priority");
    if (!parameters.isIdleDelay("forward-delay", stp)) {
      parameters.put(object, "stp.forwardDelay", "forward-delay", Netplan::seconds);
    }
    parameters.put(object, "stp.helloTime", "hello-time", Netplan::seconds);
    parameters.put(object, "stp.maxAge", "max-age", Netplan::seconds);
    parameters.put(object, "macTable.aging", "ageing-time", Netplan::seconds);
    parameters.put(object, "macTable.aging", "aging-time", Netplan::seconds);
    ofPorts(ports, parameters.map("path-cost"), "pathCost");
    ofPorts(ports, parameters.map("port-priority"), "priority");
    parameters.pass("stp");
    parameters.rest();
  }

  @SuppressWarnings("unchecked")
  private void ofPorts(Map<String, Object> ports, Taken values, String field) {
    for (String port : values.keys()) {
      Object entry = ports.get(name(port));
      if (entry != null) {
        values.put((Map<String, Object>) entry, field, port);
      }
    }
    values.rest();
  }

  private static String seconds(String text) {
    return text.matches("[0-9]+") ? text + "s" : text;
  }

  private void tunnel(String key, Map<String, Object> object, Taken map) {
    String mode = map.text("mode");
    switch (mode) {
      case "gre", "ip6gre" -> object.put("type", "gre");
      case "gretap", "ip6gretap" -> object.put("type", "gretap");
      case "vxlan" -> {
        object.put("type", "vxlan");
        object.put("port", KERNEL_VXLAN_PORT);
      }
      default -> {
        map.comment("mode", "the file has no tunnels of the mode `" + mode + "`");
        object.put("type", mode); // refused, and so left out with that
      }
    }
    map.put(object, "local", "local", text -> IpAddress.parse(text).toString());
    map.put(object, "remote", "remote", text -> IpAddress.parse(text).toString());
    map.put(object, "key", "id");
    map.put(object, "port", "port");
    map.put(object, "ttl", "ttl");
    if (map.has("link")) {
      object.put("parent", name(map.text("link")));
    }
    if (map.has("mac-learning")) {
      object.put("learning", map.isTrue("mac-learning"));
    }
    YamlNode keys = map.take("keys");
    YamlNode one = keys == null ? map.take("key") : keys;
    if (one instanceof YamlScalar scalar && scalar.text().matches("[0-9]+")) {
      Draft.put(object, "key", scalar.text());
    } else if (one != null) {
      map.comment(
          keys == null ? "key" : "keys",
          "its keys are not taken over: one number is, for both ways");
    }
  }

  private void vrf(String key, Map<String, Object> object, Taken map) {
    String table = map.text("table");
    Draft.put(object, "table", table);
    List<Object> members = members(map);
    if (!members.isEmpty()) {
      object.put("members", members);
    }
    map.each("routes", route -> route("", route, table));
    map.each("routing-policy", rule -> rule(rule, table));
  }

  private void veths(Taken veths) {
    for (String key : veths.keys()) {
      Taken map = veths.map(key);
      String peer = map.text("peer");
      Map<String, Object> half = peers.get(key);
      if (half == null) {
        Map<String, Object> object = draft.object("veths", key);
        map.about("veths." + key);
        definition("veths." + key, key, object, map, new String[] {"peer"});
        Map<String, Object> far = new LinkedHashMap<>(Map.of("device", peer));
        object.put("peer", far);
        peers.put(peer, far);
      } else {
        definition("veths." + peer, key, half, map, new String[] {"peer"});
      }
    }
  }

  /** What every definition may have. */
  private void definition(
      String about, String device, Map<String, Object> object, Taken map, String[] known) {
    map.about(about);
    map.pass(known);
    // How and when, not what.
    map.pass("renderer", "optional", "match", "set-name", "ignore-carrier");
    map.put(object, "mtu", "mtu");
    String mac = map.text("macaddress");
    if (mac.contains(":")) {
      object.put("mac", mac);
    } else if (!mac.isEmpty()) {
      map.comment("macaddress", "`macaddress: " + mac + "` is not taken over");
    }
    for (String dhcp : new String[] {"dhcp4", "dhcp6"}) {
      if (map.isTrue(dhcp)) {
        map.comment(
            dhcp, "`" + dhcp + "`: whoever leases the address keeps it; keep that program running");
      }
    }
    for (YamlNode item : map.list("addresses")) {
      address(about, device, object, item);
    }
    for (String gateway : new String[] {"gateway4", "gateway6"}) {
      if (map.has(gateway)) {
        Map<String, Object> route = draft.add("routes");
        route.put("to", "default");
        map.put(route, "via", gateway, text -> IpAddress.parse(text).toString());
        route.put("dev", device);
      }
    }
    if (!about.startsWith("vrfs.")) {
      map.each("routes", route -> route(device, route, ""));
      map.each("routing-policy", rule -> rule(rule, ""));
    }
    map.rest();
  }

  private void address(String about, String device, Map<String, Object> object, YamlNode item) {
    String text = item instanceof YamlScalar scalar ? scalar.text() : "";
    Map<String, Object> address = new LinkedHashMap<>();
    if (item instanceof YamlMap map && map.entries().size() == 1) {
      text = map.entries().keySet().iterator().next();
      Taken options = new Taken(draft, about, "addresses.", map).map(text);
      if (options.has("label")) {
        address.put("label", options.text("label"));
      }
      String lifetime = options.text("lifetime");
      if (lifetime.equals("0")) {
        address.put("preferredLifetime", "0s");
      } else if (!lifetime.isEmpty() && !lifetime.equals("forever")) {
        options.comment("lifetime", "`lifetime: " + lifetime + "` is not taken over");
      }
      options.rest();
    }
    try {
      String parsed = own(text);
      if (address.isEmpty()) {
        Draft.append(object, "addresses", parsed);
      } else {
        address.put("address", parsed);
        Draft.append(object, "addresses", address);
      }
    } catch (ValueException e) {
      draft.error(item.position(), e.getMessage() + " (" + device + ")", e.expected());
    }
  }

  private static String own(String text) {
    if (!text.contains("/")) {
      throw new ValueException(
          "`" + text + "` has no prefix length", "an address such as 192.0.2.10/24");
    }
    return Prefix.parse(text).toString();
  }

  private void route(String device, Taken map, String table) {
    Map<String, Object> route = draft.add("routes");
    String to = map.text("to");
    boolean v6 = map.has("via") && map.text("via").contains(":");
    if (to.equals("default") || to.equals("0.0.0.0/0") || to.equals("::/0")) {
      route.put("to", to.equals("default") && v6 ? "::/0" : to);
    } else {
      map.put(route, "to", "to", Masks::network);
    }
    map.put(route, "via", "via", text -> IpAddress.parse(text).toString());
    String type = map.text("type");
    if (!type.isEmpty() && !type.equals("unicast")) {
      route.put("type", type);
    }
    boolean goesOut = type.isEmpty() || type.equals("unicast") || type.equals("local");
    if (goesOut && !device.isEmpty()) {
      route.put("dev", device);
    }
    if (map.isTrue("on-link")) {
      route.put("onlink", true);
    }
    if (!table.isEmpty()) {
      Draft.put(route, "table", table);
    }
    map.put(route, "table", "table");
    map.put(route, "metric", "metric");
    map.put(route, "scope", "scope");
    map.put(route, "source", "from", text -> IpAddress.parse(text).toString());
    map.put(route, "mtu", "mtu");
    map.put(route, "advmss", "advertised-mss");
    map.put(route, "initcwnd", "congestion-window");
    map.put(route, "initrwnd", "advertised-receive-window");
    map.rest();
  }

  private void rule(Taken map, String table) {
    if (!map.has("priority")) {
      map.comment(
          "from",
          "a rule of `routing-policy` without `priority` is left out: say which it is to have");
      return;
    }
    Map<String, Object> rule = draft.add("rules");
    map.put(rule, "priority", "priority");
    map.put(rule, "from", "from", Masks::network);
    map.put(rule, "to", "to", Masks::network);
    map.put(rule, "fwmark", "mark");
    map.put(rule, "tos", "type-of-service");
    if (!table.isEmpty()) {
      Draft.put(rule, "table", table);
    }
    map.put(rule, "table", "table");
    map.rest();
  }
}
