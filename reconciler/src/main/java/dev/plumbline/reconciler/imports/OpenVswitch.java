// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.value.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Open vSwitch's bridges as embedded bridges: from its database (ovs-vswitchd.conf.db(5)) or from
 * the text of {@code ovs-vsctl show}. Flows are in neither; they come from {@code ovs-ofctl
 * dump-flows}.
 */
public final class OpenVswitch {
  private static final String ALL_VLANS = "1-4094";
  private static final Set<String> TUNNELS = Set.of("gre", "vxlan", "geneve");

  /** What Open vSwitch tells of itself, and was not told. */
  private static final Set<String> STATE =
      Set.of(
          "_uuid",
          "_version",
          "admin_state",
          "bfd_status",
          "bond_active_slave",
          "cfm_fault",
          "cfm_fault_status",
          "cfm_flap_count",
          "cfm_health",
          "cfm_remote_mpids",
          "cfm_remote_opstate",
          "datapath_id",
          "datapath_version",
          "duplex",
          "error",
          "ifindex",
          "lacp_current",
          "link_resets",
          "link_speed",
          "link_state",
          "mac_in_use",
          "mtu",
          "ofport",
          "rstp_statistics",
          "rstp_status",
          "statistics",
          "status");

  /** Columns that are taken over, or say how Open vSwitch does it (`netdev`, `system`). */
  private static final Set<String> TAKEN =
      Set.of(
          "bond_downdelay",
          "bond_mode",
          "bond_updelay",
          "cvlans",
          "datapath_type",
          "fail_mode",
          "interfaces",
          "mac",
          "mtu_request",
          "name",
          "options",
          "ports",
          "tag",
          "trunks",
          "type",
          "vlan_mode");

  private final Draft draft = new Draft();
  private final OvsTables tables;

  /** By bridge: what flows call a port (its number, its name) and what the file does. */
  private final Map<String, Map<String, String>> portNames = new HashMap<>();

  private OpenVswitch(OvsTables tables) {
    this.tables = tables;
  }

  /**
   * Asks the database.
   *
   * @param flows by bridge: the text of {@code ovs-ofctl dump-flows}
   */
  public static Imported ofDatabase(Path socket, Map<String, SourceText> flows) throws IOException {
    return new OpenVswitch(OvsDatabase.read(socket)).imported(flows);
  }

  /** Reads the text of {@code ovs-vsctl show}. */
  public static Imported ofShow(SourceText show, Map<String, SourceText> flows) {
    Draft mistakes = new Draft();
    OvsTables tables = OvsShow.read(show, mistakes);
    if (mistakes.problems.hasErrors()) {
      return mistakes.finish();
    }
    OpenVswitch switches = new OpenVswitch(tables);
    switches.draft.comment(
        "",
        null,
        "`ovs-vsctl show` tells neither modes of VLANs and bonds nor numbers of ports nor other"
            + " settings: ask the database where you can");
    return switches.imported(flows);
  }

  private Imported imported(Map<String, SourceText> flows) {
    tables.bridges().sort((one, other) -> one.name().compareTo(other.name()));
    Set<String> names = new TreeSet<>();
    tables.bridges().forEach(bridge -> names.add(bridge.name()));
    tables.bridges().forEach(this::bridge);
    for (OvsRow bridge : tables.bridges()) {
      SourceText text = flows.get(bridge.name());
      String address = "bridges." + bridge.name();
      if (text != null) {
        new OvsFlows(draft, bridge.name(), portNames.getOrDefault(bridge.name(), Map.of()))
            .read(text);
      } else {
        draft.comment(
            address,
            null,
            "flows are not in the database: import those of `ovs-ofctl dump-flows "
                + bridge.name()
                + "` with --flows "
                + bridge.name()
                + "=FILE");
      }
      if (bridge.get("fail_mode").equals("secure") && text == null) {
        draft.comment(
            address,
            null,
            "`fail_mode: secure`: without flows it forwards nothing, and here it is a learning"
                + " switch");
      }
    }
    flows.forEach(
        (bridge, text) -> {
          if (!names.contains(bridge)) {
            draft.error(
                Position.ofFile(text.name()),
                "Open vSwitch has no bridge `" + bridge + "`",
                "one of " + String.join(", ", names));
          }
        });
    return draft.finish();
  }

  private void bridge(OvsRow bridge) {
    String name = bridge.name();
    String address = "bridges." + name;
    Map<String, Object> object = draft.object("bridges", name);
    others(address, "", bridge);
    for (Map.Entry<String, String> other : bridge.map("other_config").entrySet()) {
      switch (other.getKey()) {
        case "mac-aging-time" -> Draft.put(object, "macTable.aging", other.getValue() + "s");
        case "mac-table-size" -> Draft.put(object, "macTable.size", other.getValue());
        case "forward-bpdu" -> object.put("forwardBpdu", other.getValue().equals("true"));
        default -> setting(address, "other_config", other);
      }
    }
    for (OvsRow port : tables.portsOf(bridge)) {
      port(name, object, port);
    }
  }

  private void setting(String address, String column, Map.Entry<String, String> entry) {
    draft.comment(
        address,
        null,
        "`" + column + ":" + entry.getKey() + "=" + entry.getValue() + "` is not taken over");
  }

  /** What has no place here is said, column by column. */
  private void others(String address, String whose, OvsRow row) {
    row.columns.forEach(
        (column, values) -> {
          boolean known =
              STATE.contains(column)
                  || TAKEN.contains(column)
                  || column.equals("other_config")
                  || column.equals("external_ids");
          List<String> told = new ArrayList<>();
          values.forEach((key, value) -> told.add(value.isEmpty() ? key : key + "=" + value));
          boolean empty = told.isEmpty() || Set.of("", "0", "false").containsAll(told);
          if (!known && !empty) {
            boolean uuids = told.get(0).matches("[0-9a-f]{8}-[0-9a-f-]{27}");
            draft.comment(
                address,
                null,
                "`"
                    + column
                    + "` "
                    + whose
                    + (uuids ? "" : "(" + String.join(", ", told) + ") ")
                    + "is not taken over");
          } else if (column.equals("external_ids") && !empty) {
            draft.comment(
                address,
                null,
                "external_ids "
                    + whose
                    + "("
                    + String.join(", ", told)
                    + "): a note of another"
                    + " program, which keeps it");
          }
        });
  }

  private void port(String bridge, Map<String, Object> object, OvsRow port) {
    List<OvsRow> interfaces = tables.interfacesOf(port);
    String name = port.name();
    Map<String, Object> entry = new LinkedHashMap<>();
    String address;
    if (interfaces.size() > 1) {
      address = "bonds." + name;
      entry = draft.object("bonds", name);
      entry.put("bridge", bridge);
      bond(address, entry, port, interfaces);
    } else if (interfaces.isEmpty()) {
      draft.comment("bridges." + bridge, null, "the port `" + name + "` has no interface");
      return;
    } else {
      OvsRow device = interfaces.get(0);
      String type = device.get("type");
      if (type.equals("internal")) {
        address = "internalPorts." + name;
        entry = draft.object("internalPorts", name);
        entry.put("bridge", bridge);
        internal(bridge, address, entry, device);
      } else if (type.equals("patch")) {
        address = "bridges." + bridge;
        patch(bridge, port, device);
      } else if (TUNNELS.contains(type)) {
        address = "tunnels." + name;
        entry = draft.object("tunnels", name);
        entry.put("bridge", bridge);
        entry.put("type", type);
        tunnel(address, entry, device);
      } else if (type.isEmpty() || type.equals("system")) {
        address = "bridges." + bridge;
        ports(object).put(name, entry);
        device(name, device);
      } else {
        draft.comment(
            "bridges." + bridge,
            null,
            "the port `"
                + name
                + "` is left out: its type `"
                + type
                + "` is not one of the kernel's");
        return;
      }
    }
    if (!address.startsWith("bridges.")) {
      named(bridge, name, name, interfaces);
    } else if (!interfaces.get(0).get("type").equals("patch")) {
      named(bridge, name, name, interfaces);
    }
    others(address, "of the port `" + name + "` ", port);
    Map<String, String> settings = new LinkedHashMap<>(port.map("other_config"));
    if (address.startsWith("bonds.") && settings.containsKey("bond-primary")) {
      entry.put("primary", settings.remove("bond-primary"));
    }
    settings.entrySet().forEach(other -> setting(address, "port " + name + " other_config", other));
    for (OvsRow device : interfaces) {
      others(address, "of the interface `" + device.name() + "` ", device);
      device
          .map("other_config")
          .entrySet()
          .forEach(
              other -> setting(address, "interface " + device.name() + " other_config", other));
      if (!device.get("error").isEmpty()) {
        draft.comment(
            address, null, "Open vSwitch says of `" + device.name() + "`: " + device.get("error"));
      }
    }
    vlan(address, name, entry, port);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> ports(Map<String, Object> bridge) {
    return (Map<String, Object>)
        bridge.computeIfAbsent("ports", key -> new LinkedHashMap<String, Object>());
  }

  /** How flows may call the port. */
  private void named(String bridge, String name, String own, List<OvsRow> interfaces) {
    Map<String, String> names = portNames.computeIfAbsent(bridge, key -> new HashMap<>());
    names.put(own, name);
    for (OvsRow device : interfaces) {
      names.put(device.name(), name);
      if (!device.get("ofport").isEmpty()) {
        names.put(device.get("ofport"), name);
      }
    }
  }

  private void device(String name, OvsRow device) {
    if (!device.get("mtu_request").isEmpty()) {
      Draft.put(draft.object("interfaces", name), "mtu", device.get("mtu_request"));
    }
  }

  private void internal(String bridge, String address, Map<String, Object> entry, OvsRow device) {
    // The one that it has, if it was told none: the neighbours know the host by it.
    String mac = device.get("mac").isEmpty() ? device.get("mac_in_use") : device.get("mac");
    if (!mac.isEmpty()) {
      entry.put("mac", mac);
    }
    if (!device.get("mtu_request").isEmpty()) {
      Draft.put(entry, "mtu", device.get("mtu_request"));
    }
    draft.comment(
        address,
        null,
        device.name().equals(bridge)
            ? "every bridge of Open vSwitch has this port: take it out if the host does not use it;"
                + " else add its `addresses`, which the database does not know"
            : "add its `addresses`, and its `namespace` if it is in one: the database does not know"
                + " them");
  }

  private void bond(
      String address, Map<String, Object> entry, OvsRow port, List<OvsRow> interfaces) {
    List<String> members = new ArrayList<>();
    for (OvsRow device : interfaces) {
      members.add(device.name());
      String type = device.get("type");
      if (!type.isEmpty() && !type.equals("system")) {
        draft.comment(
            address,
            null,
            "`" + device.name() + "` has the type `" + type + "`: no card of the host");
      }
      device(device.name(), device);
    }
    entry.put("members", members);
    String mode = port.get("bond_mode");
    if (mode.isEmpty() && !tables.isWhole()) {
      draft.comment(address, null, "`ovs-vsctl show` does not tell its `bond_mode`: say which");
    }
    entry.put("mode", mode.isEmpty() ? "active-backup" : mode);
    if (mode.equals("balance-tcp")) {
      draft.comment(
          address,
          null,
          "the embedded switch has no balance-tcp yet, and an apply refuses it: balance-slb needs"
              + " no LACP at the other end");
    }
    String lacp = port.get("lacp");
    if (lacp.equals("off")) {
      port.columns.remove("lacp"); // as here
    } else if (!lacp.isEmpty()) {
      draft.comment(
          address, null, "`lacp: " + lacp + "`: the embedded switch does not speak LACP yet");
      port.columns.remove("lacp");
    }
    for (String delay : List.of("up", "down")) {
      String value = port.get("bond_" + delay + "delay");
      if (!value.isEmpty() && !value.equals("0")) {
        entry.put(delay + "Delay", value + "ms");
      }
    }
  }

  private void patch(String bridge, OvsRow port, OvsRow device) {
    String peer = device.get("options", "peer");
    for (OvsRow other : tables.bridges()) {
      for (OvsRow far : tables.portsOf(other)) {
        if (far.name().equals(peer)) {
          String key = draft.has("patches", peer) ? peer : port.name();
          if (!draft.has("patches", key)) {
            draft
                .object("patches", key)
                .put("bridges", new ArrayList<>(List.of(bridge, other.name())));
          }
          named(bridge, key, port.name(), List.of(device));
          for (String lost : List.of("tag", "trunks", "vlan_mode")) {
            if (!port.map(lost).isEmpty()) {
              draft.comment(
                  "patches." + key,
                  null,
                  "`"
                      + lost
                      + "` ("
                      + String.join(", ", port.list(lost))
                      + ") of the patch port `"
                      + port.name()
                      + "` is not taken over: patches carry every VLAN");
            }
          }
          return;
        }
      }
    }
    draft.comment(
        "bridges." + bridge,
        null,
        "the patch port `" + port.name() + "` is left out: its peer `" + peer + "` is nowhere");
  }

  private void tunnel(String address, Map<String, Object> entry, OvsRow device) {
    Map<String, String> options = new LinkedHashMap<>(device.map("options"));
    String in = options.getOrDefault("in_key", "");
    if (!in.isEmpty() && in.equals(options.get("out_key"))) {
      options.put("key", in);
      options.keySet().removeAll(Set.of("in_key", "out_key"));
    }
    if (!"gre".equals(entry.get("type"))) {
      options.putIfAbsent("key", "0");
    }
    options.forEach(
        (option, value) -> {
          boolean done =
              switch (option) {
                case "remote_ip" -> ofFlow(entry, "remote", value) || plain(entry, "remote", value);
                case "local_ip" -> plain(entry, "local", value);
                case "key" -> ofFlow(entry, "key", value) || plain(entry, "key", value);
                case "dst_port" -> plain(entry, "port", value);
                case "ttl" -> plain(entry, "ttl", value.equals("inherit") ? "0" : value);
                case "tos" -> plain(entry, "tos", value.equals("inherit") ? "1" : value);
                case "df_default" -> {
                  if (value.equals("false")) {
                    entry.put("df", "unset");
                  }
                  yield true;
                }
                case "csum" -> {
                  if (value.equals("true")) {
                    entry.put("checksum", true);
                  }
                  yield true;
                }
                default -> false;
              };
          if (!done) {
            draft.comment(
                address,
                null,
                "`options:"
                    + option
                    + "="
                    + value
                    + "` is not taken over"
                    + (value.equals("flow")
                        ? ": flows say key and remote of vxlan and geneve alone"
                        : ""));
          }
        });
    if (!device.get("mtu_request").isEmpty()) {
      Draft.put(entry, "mtu", device.get("mtu_request"));
    }
  }

  private static boolean ofFlow(Map<String, Object> entry, String field, String value) {
    boolean ofFlow = value.equals("flow") && !"gre".equals(entry.get("type"));
    if (ofFlow) {
      entry.put(field, value);
    }
    return ofFlow;
  }

  private static boolean plain(Map<String, Object> entry, String field, String value) {
    if (!value.matches("[0-9][0-9A-Fa-fx.:]*|[A-Fa-f0-9]*:[A-Fa-f0-9:.]*")) {
      return false;
    }
    boolean hex = value.matches("0x[0-9A-Fa-f]{1,8}");
    Draft.put(entry, field, hex ? (Object) Long.decode(value) : value);
    return true;
  }

  /** VLANs as ovs-vswitchd.conf.db(5) has them: without a mode by whether there is a tag. */
  private void vlan(String address, String name, Map<String, Object> entry, OvsRow port) {
    String tag = port.get("tag");
    List<Object> trunks = new ArrayList<>();
    for (String trunk : port.list("trunks")) {
      if (trunk.equals("0")) {
        draft.comment(
            address,
            null,
            "the port `" + name + "`: frames without a VLAN (trunks: 0) are not taken over");
      } else {
        trunks.add(Long.valueOf(trunk));
      }
    }
    if (port.get("vlan_mode").isEmpty() && tag.isEmpty() && trunks.isEmpty()) {
      return;
    }
    if (entry.isEmpty() && !address.startsWith("bridges.")) {
      return;
    }
    String mode = port.get("vlan_mode");
    if (mode.isEmpty()) {
      mode = tag.isEmpty() ? "trunk" : "access";
    }
    if (tag.equals("0") || (tag.isEmpty() && !mode.equals("trunk"))) {
      draft.comment(
          address,
          null,
          "the port `" + name + "`: `vlan_mode: " + mode + "` of VLAN 0 is not taken over");
      return;
    }
    Map<String, Object> vlan = new LinkedHashMap<>();
    switch (mode) {
      case "access" -> Draft.put(vlan, "access", tag);
      case "dot1q-tunnel" -> {
        Draft.put(vlan, "dot1q-tunnel", tag);
        if (!port.list("cvlans").isEmpty()) {
          draft.comment(
              address,
              null,
              "the port `" + name + "`: cvlans " + port.list("cvlans") + " are not taken over");
        }
      }
      case "native-tagged", "native-untagged" -> {
        Draft.put(vlan, "native", tag);
        vlan.put("trunk", trunks.isEmpty() ? new ArrayList<>(List.of(ALL_VLANS)) : trunks);
        if (mode.equals("native-tagged")) {
          vlan.put("tagged", true);
        }
      }
      default -> {
        if (!trunks.isEmpty()) {
          vlan.put("trunk", trunks);
        }
      }
    }
    if (!vlan.isEmpty()) {
      entry.put("vlan", vlan);
    }
  }
}
