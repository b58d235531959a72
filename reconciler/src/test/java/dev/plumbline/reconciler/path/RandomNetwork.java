// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A file with bridges of both kinds joined to a tree by veth pairs and patches, VLANs, a few flows,
 * and namespaces on them: one network, parts of which reach each other. The same for the same seed.
 */
public final class RandomNetwork {
  private static final List<String> MODES =
      List.of("", "vlan: {access: 10}", "vlan: {access: 20}", "vlan: {native: 10}");
  private static final List<String> TRUNKS =
      List.of("", "", "vlan: {trunk: [10, 20]}", "vlan: {trunk: [10]}", "vlan: {access: 10}");

  private final Random random;
  private final List<List<String>> ports = new ArrayList<>();
  private final List<List<String>> flows = new ArrayList<>();
  private final List<Boolean> embedded = new ArrayList<>();
  private final List<String> veths = new ArrayList<>();
  private final List<String> patches = new ArrayList<>();
  private final List<String> internal = new ArrayList<>();
  private final List<String> namespaces = new ArrayList<>();

  private final boolean kernelVlans;

  private RandomNetwork(long seed, boolean kernelVlans) {
    this.random = new Random(seed);
    this.kernelVlans = kernelVlans;
  }

  /** The file; its namespaces are n0, n1 and n2, with the addresses 10.0.0.1 to 3. */
  public static String file(long seed) {
    return file(seed, true);
  }

  /**
   * The same.
   *
   * @param kernelVlans whether the kernel's bridges may filter VLANs
   */
  public static String file(long seed, boolean kernelVlans) {
    return new RandomNetwork(seed, kernelVlans).build();
  }

  private String one(List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }

  private String mode(int bridge, List<String> modes) {
    String mode = one(modes);
    return embedded.get(bridge) || kernelVlans ? mode : "";
  }

  private String build() {
    int bridges = 1 + random.nextInt(3);
    for (int bridge = 0; bridge < bridges; bridge++) {
      embedded.add(random.nextBoolean());
      ports.add(new ArrayList<>());
      flows.add(new ArrayList<>());
      if (bridge > 0) {
        join(bridge, random.nextInt(bridge));
      }
    }
    for (int guest = 0; guest < 3; guest++) {
      guest(guest, random.nextInt(bridges));
    }
    return print();
  }

  private void join(int bridge, int other) {
    if (embedded.get(bridge) && embedded.get(other) && random.nextBoolean()) {
      patches.add("  p%d: {bridges: [b%d, b%d]}".formatted(bridge, bridge, other));
      return;
    }
    veths.add("  w%d: {peer: {device: x%d}}".formatted(bridge, bridge));
    ports.get(bridge).add("w%d: {%s}".formatted(bridge, mode(bridge, TRUNKS)));
    ports.get(other).add("x%d: {%s}".formatted(bridge, mode(other, TRUNKS)));
    if (embedded.get(bridge) && random.nextInt(4) == 0) {
      flows.get(bridge).add("priority=5,in_port=w%d,icmp actions=drop".formatted(bridge));
      flows.get(bridge).add("priority=1 actions=NORMAL");
    }
  }

  private void guest(int guest, int bridge) {
    String mode = mode(bridge, MODES);
    namespaces.add("n" + guest + ": {}");
    String end =
        "namespace: n%d, device: eth0, addresses: [10.0.0.%d/24]".formatted(guest, guest + 1);
    if (embedded.get(bridge)) {
      String vlan = mode.isEmpty() ? "" : ", " + mode;
      internal.add("  g%d: {bridge: b%d, %s%s}".formatted(guest, bridge, end, vlan));
    } else {
      veths.add("  g%d: {peer: {%s}}".formatted(guest, end));
      ports.get(bridge).add("g%d: {%s}".formatted(guest, mode));
    }
  }

  private String print() {
    StringBuilder text = new StringBuilder("version: 1\nnamespaces: {");
    text.append(String.join(", ", namespaces)).append("}\n");
    section(text, "veths", veths);
    section(text, "patches", patches);
    section(text, "internalPorts", internal);
    text.append("bridges:\n");
    for (int bridge = 0; bridge < ports.size(); bridge++) {
      text.append("  b%d:\n".formatted(bridge));
      text.append("    datapath: ").append(embedded.get(bridge) ? "embedded" : "kernel");
      text.append("\n    ports: {").append(String.join(", ", ports.get(bridge))).append("}\n");
      for (int i = 0; i < flows.get(bridge).size(); i++) {
        text.append(i == 0 ? "    flows:\n" : "");
        text.append("      - ").append(flows.get(bridge).get(i)).append('\n');
      }
    }
    return text.toString();
  }

  private static void section(StringBuilder text, String name, List<String> lines) {
    if (!lines.isEmpty()) {
      text.append(name).append(":\n").append(String.join("\n", lines)).append('\n');
    }
  }
}
