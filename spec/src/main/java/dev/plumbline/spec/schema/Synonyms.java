// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.schema;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What other tools (iproute2, ifupdown, netplan, nmstate, Open vSwitch) call the file's keys. */
final class Synonyms {
  /**
   * By the other word in small letters without {@code _} and {@code -}: the file's keys, of which
   * the first counts that the map may have. A path leads into a map below.
   */
  private static final Map<String, List<String>> KEYS =
      Map.ofEntries(
          Map.entry("ageing", List.of("aging", "macTable.aging")),
          Map.entry("aging", List.of("macTable.aging")),
          Map.entry("ageingtime", List.of("aging", "macTable.aging")),
          Map.entry("agingtime", List.of("aging", "macTable.aging")),
          Map.entry("ip", List.of("addresses", "address")),
          Map.entry("address", List.of("addresses")),
          Map.entry("ipaddress", List.of("addresses", "address")),
          Map.entry("netmask", List.of("addresses")),
          Map.entry("gateway", List.of("via")),
          Map.entry("gw", List.of("via")),
          Map.entry("nexthop", List.of("via", "nextHops")),
          Map.entry("destination", List.of("to")),
          Map.entry("dst", List.of("to")),
          Map.entry("src", List.of("source", "from")),
          Map.entry("preference", List.of("priority", "metric")),
          Map.entry("pref", List.of("priority", "metric")),
          Map.entry("priority", List.of("metric")),
          Map.entry("sport", List.of("sourcePort")),
          Map.entry("dport", List.of("destinationPort")),
          Map.entry("slaves", List.of("members")),
          Map.entry("ports", List.of("members")),
          Map.entry("interfaces", List.of("members", "ports")),
          Map.entry("master", List.of("bridge")),
          Map.entry("vlanid", List.of("id", "access", "vlan")),
          Map.entry("vid", List.of("id", "access", "vlan")),
          Map.entry("tag", List.of("id", "access", "vlan")),
          Map.entry("pvid", List.of("native", "vlan", "defaultPvid")),
          Map.entry("trunks", List.of("trunk", "vlan")),
          Map.entry("vni", List.of("key")),
          Map.entry("id", List.of("key")),
          Map.entry("dstport", List.of("port")),
          Map.entry("link", List.of("parent")),
          Map.entry("dev", List.of("parent")),
          Map.entry("rawdevice", List.of("parent")),
          Map.entry("interface", List.of("dev", "parent")),
          Map.entry("hwaddr", List.of("mac")),
          Map.entry("hwaddress", List.of("mac")),
          Map.entry("macaddress", List.of("mac")),
          Map.entry("lladdr", List.of("mac")),
          Map.entry("netns", List.of("namespace")),
          Map.entry("name", List.of("device")),
          Map.entry("ifname", List.of("device")),
          Map.entry("state", List.of("up")),
          Map.entry("enabled", List.of("up")),
          Map.entry("txqlen", List.of("txQueueLength")),
          Map.entry("timeout", List.of("within")),
          Map.entry("deadline", List.of("within")),
          Map.entry("icmp", List.of("ping")),
          Map.entry("connect", List.of("tcp")),
          Map.entry("device", List.of("from")),
          Map.entry("source", List.of("from")),
          Map.entry("ethernets", List.of("interfaces")),
          Map.entry("vxlans", List.of("tunnels")),
          Map.entry("netnses", List.of("namespaces")));

  private Synonyms() {}

  /** The key that was meant by a word of another tool; null if it is none. */
  static @Nullable String find(String word, Collection<String> known) {
    String plain = word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    for (String key : KEYS.getOrDefault(plain, List.of())) {
      int dot = key.indexOf('.');
      if (known.contains(dot < 0 ? key : key.substring(0, dot))) {
        return key;
      }
    }
    return null;
  }
}
