// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A bond's options, by the names that the kernel's sysfs has for them, as the file's. */
final class BondSettings {
  private static final List<String> MODES =
      List.of(
          "balance-rr",
          "active-backup",
          "balance-xor",
          "broadcast",
          "802.3ad",
          "balance-tlb",
          "balance-alb");

  private static final List<String> VALIDATE =
      List.of("none", "active", "backup", "all", "filter", "filter_active", "filter_backup");

  private static final Map<String, List<String>> NUMBERED =
      Map.of(
          "mode", MODES,
          "primary_reselect", List.of("always", "better", "failure"),
          "fail_over_mac", List.of("none", "active", "follow"),
          "lacp_rate", List.of("slow", "fast"),
          "ad_select", List.of("stable", "bandwidth", "count"),
          "arp_validate", VALIDATE,
          "xmit_hash_policy",
              List.of("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"));

  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          Map.entry("mode", "mode"),
          Map.entry("miimon", "miimon"),
          Map.entry("updelay", "upDelay"),
          Map.entry("downdelay", "downDelay"),
          Map.entry("peer_notif_delay", "peerNotifyDelay"),
          Map.entry("primary", "primary"),
          Map.entry("primary_reselect", "primaryReselect"),
          Map.entry("fail_over_mac", "failOverMac"),
          Map.entry("xmit_hash_policy", "xmitHashPolicy"),
          Map.entry("lacp_rate", "lacpRate"),
          Map.entry("ad_select", "adSelect"),
          Map.entry("min_links", "minLinks"),
          Map.entry("arp_interval", "arpInterval"),
          Map.entry("arp_ip_target", "arpIpTargets"),
          Map.entry("arp_validate", "arpValidate"),
          Map.entry("all_slaves_active", "allSlavesActive"),
          Map.entry("resend_igmp", "resendIgmp"),
          Map.entry("num_grat_arp", "gratuitousArps"),
          Map.entry("num_unsol_na", "gratuitousArps"));

  private BondSettings() {}

  /** Puts an option; false where the file has no word for it or its value. */
  static boolean put(Map<String, Object> bond, String option, String given) {
    String field = FIELDS.get(option);
    String value = given.toLowerCase(Locale.ROOT);
    if (field == null) {
      return false;
    }
    List<String> names = NUMBERED.get(option);
    if (names != null) {
      boolean number = value.matches("[0-9]") && Integer.parseInt(value) < names.size();
      String name = number ? names.get(Integer.parseInt(value)) : value;
      return names.contains(name) && put(bond, field, (Object) name);
    }
    return switch (field) {
      case "primary" -> put(bond, field, (Object) given);
      case "arpIpTargets" ->
          put(bond, field, new ArrayList<Object>(List.of(given.strip().split("[,\\s]+"))));
      case "allSlavesActive" ->
          value.matches("0|1|true|false|dropped|delivered")
              && put(bond, field, (Object) value.matches("1|true|delivered"));
      case "minLinks", "resendIgmp", "gratuitousArps" ->
          value.matches("[0-9]{1,9}") && put(bond, field, Long.valueOf(value));
      default -> milliseconds(bond, field, value);
    };
  }

  private static boolean milliseconds(Map<String, Object> bond, String field, String value) {
    String number = value.endsWith("ms") ? value.substring(0, value.length() - 2) : value;
    return number.matches("[0-9]{1,9}")
        // None at all is what every bond begins with, and needs no `miimon` to be a multiple of.
        && (number.matches("0+") || put(bond, field, (Object) (number + "ms")));
  }

  private static boolean put(Map<String, Object> bond, String field, Object value) {
    bond.put(field, value);
    return true;
  }
}
