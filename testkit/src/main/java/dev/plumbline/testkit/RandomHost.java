// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes host files of a row of numbers, so that a failing row shrinks: 0 always is the simplest
 * choice, and a row of zeros is an empty file. All files speak of the same few devices, so that two
 * of them meet in names, masters, networks and ids.
 */
public final class RandomHost {
  /** How many numbers make a file. */
  public static final int NUMBERS = 56;

  private static final List<String> ADDRESSES =
      List.of("10.0.0.1/24", "10.0.0.2/24", "10.0.1.1/24", "fd00::1/64", "fd00::1/48");
  private static final List<String> MASTERS = List.of("", "br0", "br1", "bond0", "red");

  private final List<Integer> numbers;
  private int next;

  private final Map<String, List<String>> kinds = new LinkedHashMap<>();
  private final Map<String, List<String>> members = new LinkedHashMap<>();

  private RandomHost(List<Integer> numbers) {
    this.numbers = numbers;
  }

  /** The file of these numbers. It may be one that validation refuses. */
  public static String file(List<Integer> numbers) {
    return new RandomHost(numbers).file();
  }

  private int choose(int choices) {
    return numbers.get(next++ % numbers.size()) % choices;
  }

  private void add(String kind, String entry) {
    kinds.computeIfAbsent(kind, key -> new ArrayList<>()).add(entry);
  }

  private String file() {
    String web = choose(2) == 1 ? "web" : "";
    if (!web.isEmpty()) {
      add("namespaces", "web: {}");
    }
    for (String nic : List.of("eth0", "eth1", "eth2")) {
      if (choose(2) == 1) {
        String mtu = choose(2) == 1 ? "mtu: 1400, " : "";
        add("interfaces", nic + ": {" + mtu + port(nic) + "}");
      }
    }
    for (String dummy : List.of("d0", "d1")) {
      if (choose(2) == 1) {
        String device = List.of("", "device: d1x, ", "device: d0x, ").get(choose(3));
        add("dummies", dummy + ": {" + device + port(dummy) + "}");
      }
    }
    if (choose(2) == 1) {
      String peer =
          choose(2) == 1 && !web.isEmpty() ? "device: eth0, namespace: web" : "device: p0";
      String addresses = choose(2) == 1 ? ", addresses: [10.0.0.7/24]" : "";
      add("veths", "v0: {" + port("v0") + ", peer: {" + peer + addresses + "}}");
    }
    for (String tunnel : List.of("vx0", "vx1")) {
      if (choose(2) == 1) {
        int key = 42 + choose(2);
        String remote = List.of("", ", remote: 10.0.0.9", ", remotes: [10.0.0.8]").get(choose(3));
        add("tunnels", tunnel + ": {type: vxlan, key: " + key + remote + ", " + port(tunnel) + "}");
      }
    }
    if (choose(2) == 1) {
      String parent = List.of("eth0", "bond0", "eth2").get(choose(3));
      add("vlans", "vl0: {parent: " + parent + ", id: " + (5 + choose(2)) + "}");
    }
    masters();
    routes();
    if (choose(2) == 1) {
      embedded(web);
    }
    return print();
  }

  /** Makes a device a port of something, or gives it addresses. */
  private String port(String key) {
    String master = MASTERS.get(choose(MASTERS.size()));
    if (!master.isEmpty()) {
      members.computeIfAbsent(master, name -> new ArrayList<>()).add(key);
      return "txQueueLength: 500";
    }
    int which = choose(ADDRESSES.size() + 1);
    return which == 0 ? "txQueueLength: 500" : "addresses: [\"" + ADDRESSES.get(which - 1) + "\"]";
  }

  private void masters() {
    members.forEach(
        (master, ports) -> {
          String list = String.join(", ", ports);
          switch (master) {
            case "bond0" -> {
              String mode = List.of("active-backup", "802.3ad", "balance-rr").get(choose(3));
              String primary =
                  choose(2) == 1 && mode.equals("active-backup")
                      ? ", primary: " + ports.get(0)
                      : "";
              add("bonds", "bond0: {members: [" + list + "], mode: " + mode + primary + "}");
            }
            case "red" ->
                add("vrfs", "red: {members: [" + list + "], table: " + (100 + choose(2)) + "}");
            default -> {
              String vlan = choose(2) == 1 ? "vlan: {access: 10}" : "";
              String entries = String.join(": {" + vlan + "}, ", ports) + ": {" + vlan + "}";
              String address = choose(2) == 1 ? ", addresses: [10.0.0.1/24]" : "";
              String device = choose(3) == 2 ? ", device: " + master + "x" : "";
              add(
                  "bridges",
                  master
                      + ": {datapath: kernel, ports: {"
                      + entries
                      + "}"
                      + address
                      + device
                      + "}");
            }
          }
        });
  }

  private void routes() {
    // A route whose gateway is on no network of the file is the file's mistake.
    if (choose(2) == 1 && kinds.toString().contains("10.0.0.1/24")) {
      add("routes", "{to: 10.9.0.0/16, via: 10.0.0." + (4 + choose(2)) + "}");
    }
    if (choose(2) == 1) {
      add(
          "routes",
          "{to: 10.8.0.0/16, dev: " + List.of("eth0", "br0", "eth2").get(choose(3)) + "}");
    }
    if (choose(2) == 1) {
      add("rules", "{from: 10.1.0.0/16, table: 10" + choose(2) + ", priority: 1000}");
    }
  }

  /** A bridge of the embedded switch: its ports, flows and tunnels, and another one beside it. */
  private void embedded(String web) {
    List<String> free = new ArrayList<>(List.of("eth1", "eth2", "v0", "d1"));
    members.values().forEach(free::removeAll);
    free.removeIf(name -> !name.startsWith("eth") && !kinds.toString().contains(name + ": {"));
    List<String> ports = new ArrayList<>();
    List<String> flows = new ArrayList<>();
    if (!free.isEmpty() && choose(2) == 1) {
      String port = free.remove(choose(free.size()));
      String vlan = List.of("", "vlan: {access: 10}", "vlan: {trunk: [10, 20]}").get(choose(3));
      ports.add(port + ": {" + vlan + "}");
      if (choose(2) == 1) {
        flows.add("priority=2,in_port=" + port + " actions=drop");
      }
    }
    if (choose(2) == 1) {
      flows.add("priority=1 actions=" + List.of("NORMAL", "drop").get(choose(2)));
    }
    if (free.size() > 1 && choose(2) == 1) {
      String mode = List.of("active-backup", "balance-slb").get(choose(2));
      String two = free.get(0) + ", " + free.get(1);
      add("bonds", "obond: {bridge: ob, members: [" + two + "], mode: " + mode + "}");
    }
    String aging = choose(2) == 1 ? "macTable: {aging: 60s}, " : "";
    add(
        "bridges",
        "ob: {"
            + aging
            + "ports: {"
            + String.join(", ", ports)
            + "}, flows: ["
            + String.join(", ", flows.stream().map(flow -> "'" + flow + "'").toList())
            + "]}");
    if (choose(2) == 1) {
      String place = choose(2) == 1 && !web.isEmpty() ? ", namespace: web" : "";
      String addresses = choose(2) == 1 ? ", addresses: [10.0.2.1/24]" : "";
      String vlan = choose(2) == 1 ? ", vlan: {access: 10}" : "";
      add("internalPorts", "in0: {bridge: ob" + place + addresses + vlan + "}");
    }
    if (choose(2) == 1) {
      String type = List.of("gre", "vxlan").get(choose(2));
      add(
          "tunnels",
          "ot: {bridge: ob, type: " + type + ", key: 7, remote: 10.0.0." + (8 + choose(2)) + "}");
    }
    if (choose(2) == 1) {
      add("bridges", "oc: {}");
      add("patches", "op: {bridges: [ob, oc]}");
    }
  }

  private String print() {
    List<String> names = new ArrayList<>(kinds.keySet());
    StringBuilder text = new StringBuilder("version: 1\n");
    for (String name : names) {
      boolean list = name.equals("routes") || name.equals("rules");
      String entries = String.join(", ", kinds.getOrDefault(name, List.of()));
      text.append(name).append(": ").append(list ? "[" : "{").append(entries);
      text.append(list ? "]\n" : "}\n");
    }
    return text.toString();
  }
}
