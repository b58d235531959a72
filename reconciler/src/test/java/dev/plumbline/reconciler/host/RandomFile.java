// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.source.MapSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Files at random, over few names, so that two of them have much in common: what is a port in one
 * is renamed, moved or gone in the other.
 */
public final class RandomFile {
  private final Random random;
  private final Set<String> kinds;
  private final StringBuilder text = new StringBuilder();
  private final List<String> free = new ArrayList<>();
  private final List<String> routed = new ArrayList<>();

  private RandomFile(Random random, Set<String> kinds) {
    this.random = random;
    this.kinds = kinds;
  }

  /** A file that is valid; of the same seed always the same. */
  public static String of(long seed, Set<String> kinds) {
    Random random = new Random(seed);
    while (true) {
      RandomFile file = new RandomFile(random, kinds);
      String yaml = file.write();
      if (!HostFile.load(
              MapSource.ofTexts(Map.of("f", "version: 1\n" + yaml)), "f", LoadOptions.defaults())
          .hasErrors()) {
        return yaml;
      }
    }
  }

  private boolean maybe() {
    return random.nextBoolean();
  }

  private int number(int bound) {
    return random.nextInt(bound);
  }

  private boolean has(String kind) {
    return kinds.contains(kind);
  }

  private void line(String whole) {
    text.append(whole).append('\n');
  }

  private String write() {
    line("namespaces: {red: {}, blue: {sysctl: {net.ipv4.ip_forward: %d}}}".formatted(number(2)));
    veths();
    if (has("dummy")) {
      dummies();
    }
    if (has("bond") && has("dummy")) {
      bonds();
    }
    if (has("vlan")) {
      vlans();
    }
    tunnels();
    bridges();
    if (has("vrf")) {
      vrfs();
    }
    routes();
    return text.toString();
  }

  private void veths() {
    line("veths:");
    line("  always: {peer: {device: there}}");
    for (int i = 0; i < 3; i++) {
      if (maybe()) {
        String space = List.of("\"\"", "red", "blue").get(number(3));
        String device = maybe() ? "v" + i : "w" + number(3);
        line(
            "  v%d: {device: %s, mtu: %d, peer: {device: p%d, %sup: %b, addresses: [10.%d.%d.2/24]}}"
                .formatted(
                    i,
                    device,
                    1400 + number(3),
                    maybe() ? i : i + 3,
                    space.equals("\"\"") ? "" : "namespace: " + space + ", ",
                    maybe(),
                    i,
                    number(3)));
        free.add("v" + i);
      }
    }
  }

  private void dummies() {
    line("dummies:");
    line("  keep: {}");
    for (int i = 0; i < 4; i++) {
      if (maybe()) {
        line("  d%d: {mtu: %d}".formatted(i, 1400 + number(2)));
        free.add("d" + i);
      }
    }
  }

  private void bonds() {
    Collections.shuffle(free, random);
    List<String> members = new ArrayList<>(free.stream().filter(n -> n.startsWith("d")).toList());
    line("bonds:");
    for (int i = 0; i < 2; i++) {
      if (members.size() >= 2 && maybe()) {
        String one = members.remove(0);
        String two = members.remove(0);
        free.remove(one);
        free.remove(two);
        line(
            "  bond%d: {members: [%s, %s], miimon: 100ms, mode: %s}"
                .formatted(
                    i,
                    one,
                    two,
                    List.of("active-backup", "802.3ad", "balance-xor").get(number(3))));
        free.add("bond" + i);
      } else {
        line("  bond%d: {members: [], miimon: 100ms, mode: active-backup}".formatted(i));
        free.add("bond" + i);
      }
    }
  }

  private void vlans() {
    line("vlans:");
    line("  there.9: {parent: always, id: 9}");
    for (int i = 0; i < 2; i++) {
      if (maybe() && !free.isEmpty()) {
        line(
            "  vl%d: {parent: %s, id: %d}"
                .formatted(i, free.get(number(free.size())), 10 + number(2) + 5 * i));
        free.add("vl" + i);
      }
    }
  }

  private void tunnels() {
    line("tunnels:");
    line("  vxk: {type: vxlan, key: 1, remote: 192.0.2.1}");
    for (int i = 0; i < 2; i++) {
      if (maybe()) {
        line(
            "  vx%d: {type: vxlan, key: %d, %s}"
                .formatted(
                    i,
                    10 + i + 2 * number(2),
                    maybe()
                        ? "remote: 192.0.2." + (1 + number(3))
                        : "remotes: [192.0.2.7, 192.0.2." + (8 + number(2)) + "]"));
        free.add("vx" + i);
      }
    }
  }

  private void bridges() {
    Collections.shuffle(free, random);
    line("bridges:");
    for (int i = 0; i < 3; i++) {
      StringBuilder ports = new StringBuilder();
      for (int n = number(3); n > 0 && !free.isEmpty(); n--) {
        String port = free.remove(0);
        ports
            .append(ports.isEmpty() ? "" : ", ")
            .append(port)
            .append(": {pathCost: ")
            .append(5 + number(2))
            .append('}');
      }
      line(
          "  br%d: {datapath: kernel, device: b%s, ports: {%s}, macTable: {aging: %ds}, addresses: [10.1%d.0.%d/24, \"fd0%d::%d/64\"%s]}"
              .formatted(
                  i,
                  maybe() ? i : i + "x",
                  ports,
                  60 + number(2),
                  i,
                  1 + number(2),
                  i,
                  1 + number(2),
                  maybe() ? ", 10.1" + i + ".0.9/24" : ""));
      routed.add("10.1" + i + ".0.200");
      routed.add("fd0" + i + "::99");
    }
  }

  private void vrfs() {
    line("vrfs:");
    line(
        "  vr: {table: %d, members: [%s]}"
            .formatted(50 + number(2), free.isEmpty() || maybe() ? "" : free.remove(0)));
  }

  private void routes() {
    line("routes:");
    line("  - {to: 10.200.0.0/16, type: blackhole}");
    for (int i = 0; i < 4; i++) {
      String gateway = routed.get(number(routed.size()));
      boolean ipv6 = gateway.contains(":");
      line(
          "  - {to: \"%s\", via: \"%s\", metric: %d%s}"
              .formatted(
                  ipv6 ? "fd8" + i + "::/16" : "10.8" + i + ".0.0/16",
                  gateway,
                  10 + number(2),
                  maybe() ? ", mtu: " + (1300 + number(2)) : ""));
    }
    line(
        "rules: [{from: 10.8%d.0.0/16, table: 77, priority: %d}]"
            .formatted(number(3), 500 + number(2)));
  }
}
