// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pairs of veths, one half in each of two namespaces; what changes is the first half's MTU. */
final class Veths implements Scenario {
  @Override
  public String name() {
    return "veths";
  }

  @Override
  public String description(int size) {
    return size + " veth pairs between two namespaces";
  }

  @Override
  public String file(int size, int changed) {
    StringBuilder text = new StringBuilder("version: 1\nnamespaces: {a: {}, b: {}}\nveths:\n");
    for (int i = 0; i < size; i++) {
      text.append("  v").append(i).append(": {namespace: a, peer: {device: p").append(i);
      text.append(", namespace: b}");
      text.append(i < changed ? ", mtu: 1400}\n" : "}\n");
    }
    return text.toString();
  }

  @Override
  public List<IpBatch> ip(Phase phase, int size) {
    StringBuilder first = new StringBuilder();
    StringBuilder second = new StringBuilder();
    switch (phase) {
      case APPLY -> {
        for (int i = 0; i < size; i++) {
          first.append("link add v").append(i).append(" up type veth peer name p").append(i);
          first.append(" netns b\n");
          second.append("link set p").append(i).append(" up\n");
        }
        return List.of(
            new IpBatch("", "netns add a\nnetns add b\n"),
            new IpBatch("a", "link set lo up\n" + first),
            new IpBatch("b", "link set lo up\n" + second));
      }
      case CHANGE -> {
        for (int i = 0; i < Scenario.onePercent(size); i++) {
          first.append("link set v").append(i).append(" mtu 1400\n");
        }
        return List.of(new IpBatch("a", first.toString()));
      }
      case REMOVE -> {
        for (int i = 0; i < size; i++) {
          first.append("link del v").append(i).append('\n');
        }
        return List.of(
            new IpBatch("a", first.toString()), new IpBatch("", "netns del a\nnetns del b\n"));
      }
      default -> {
        return List.of();
      }
    }
  }

  @Override
  public @Nullable String ifupdown(int size, int changed) {
    return null;
  }

  @Override
  public Census expected(int size) {
    return new Census(2 * size, 0);
  }
}
