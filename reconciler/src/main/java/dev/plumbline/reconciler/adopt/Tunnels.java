// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.reconciler.resource.Resource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tunnels of the kernel as entries of {@code tunnels}. */
final class Tunnels {
  /** What each type has when nothing is said, where {@code DeviceField} does not know it. */
  private static final Map<String, Map<String, String>> DEFAULTS =
      Map.of(
          "vxlan", Map.of("port", "4789", "checksum", "true"),
          "geneve", Map.of("port", "6081", "checksum", "false"),
          "gre", Map.of("ttl", "0", "tos", "0", "df", "set", "checksum", "false"));

  private static final List<String> FIELDS =
      List.of(
          "key", "local", "remote", "port", "ttl", "tos", "df", "parent", "checksum", "learning");

  /** Bytes that the headers of tunnels take from the carrier's MTU, in all their combinations. */
  private static final Set<Integer> USUAL_MTU =
      Set.of(
          1500, 1450, 1430, 1480, 1476, 1472, 1468, 1464, 1462, 1460, 1458, 1456, 1454, 1452, 1448,
          1446, 1442, 1438, 1434);

  private Tunnels() {}

  /** Why the file can not make this tunnel; empty where it can. */
  static String obstacle(Resource device) {
    String kind = device.get("kind");
    boolean gre = kind.contains("gre");
    if (!gre && !device.has("key")) {
      return "it has no network identifier of its own (external)";
    }
    if (Sections.isElsewhere(device.get("parent"))) {
      return "its parent is in another namespace";
    }
    boolean ends = !device.get("remote").isEmpty() || (gre && !device.get("local").isEmpty());
    if (!ends && !kind.equals("vxlan")) {
      return "it has no remote";
    }
    return "";
  }

  static void write(Resource device, List<String> remotes, Sections sections, Tree tree) {
    String kind = device.get("kind");
    tree.put("type", kind.replace("ip6", ""));
    Map<String, String> defaults =
        DEFAULTS.getOrDefault(kind.contains("gre") ? "gre" : kind, Map.of());
    for (String field : FIELDS) {
      String value = device.get(field);
      if (field.equals("parent") && !value.isEmpty()) {
        tree.put(field, sections.reference(device.id().namespace(), value));
      } else if (!value.isEmpty() && !value.equals(defaults.get(field))) {
        tree.field(kind, field, value);
      }
    }
    if (!remotes.isEmpty()) {
      tree.put("remotes", List.copyOf(remotes));
    }
  }

  /** The MTU that the kernel works out for tunnels over Ethernet is no setting. */
  static boolean isUsualMtu(String mtu) {
    return !mtu.isEmpty() && USUAL_MTU.contains(Integer.valueOf(mtu));
  }
}
