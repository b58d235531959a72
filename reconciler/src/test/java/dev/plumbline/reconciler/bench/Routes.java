// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ten times as many routes by one gateway; what changes is the gateway. */
final class Routes implements Scenario {
  private static final int EACH = 10;

  @Override
  public String name() {
    return "routes";
  }

  @Override
  public String description(int size) {
    return EACH * size + " IPv4 routes by one gateway";
  }

  private static String to(int i) {
    return "10." + (64 + i / 256) + "." + i % 256 + ".0/24";
  }

  @Override
  public String file(int size, int changed) {
    StringBuilder text = new StringBuilder("version: 1\n");
    text.append("veths: {u: {addresses: [10.0.0.1/24], peer: {device: w}}}\nroutes:\n");
    for (int i = 0; i < EACH * size; i++) {
      text.append("  - {to: ").append(to(i)).append(", via: 10.0.0.");
      text.append(i < EACH * changed ? 3 : 2).append("}\n");
    }
    return text.toString();
  }

  @Override
  public List<IpBatch> ip(Phase phase, int size) {
    StringBuilder lines = new StringBuilder();
    switch (phase) {
      case APPLY -> {
        lines.append("link add u up type veth peer name w\nlink set w up\n");
        lines.append("address add 10.0.0.1/24 dev u\n");
        for (int i = 0; i < EACH * size; i++) {
          lines.append("route add ").append(to(i)).append(" via 10.0.0.2\n");
        }
      }
      case CHANGE -> {
        for (int i = 0; i < EACH * Scenario.onePercent(size); i++) {
          lines.append("route replace ").append(to(i)).append(" via 10.0.0.3\n");
        }
      }
      case REMOVE -> {
        for (int i = 0; i < EACH * size; i++) {
          lines.append("route del ").append(to(i)).append('\n');
        }
        lines.append("link del u\n");
      }
      default -> {
        return List.of();
      }
    }
    return List.of(new IpBatch("", lines.toString()));
  }

  @Override
  public @Nullable String ifupdown(int size, int changed) {
    return null;
  }

  @Override
  public Census expected(int size) {
    return new Census(2, EACH * size);
  }
}
