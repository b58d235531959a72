// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import java.util.List;

/** Bridges, each with a VXLAN port of its own; what changes is the bridge's MTU. */
final class Bridges implements Scenario {
  @Override
  public String name() {
    return "bridges";
  }

  @Override
  public String description(int size) {
    return size + " bridges with a vxlan port each";
  }

  @Override
  public String file(int size, int changed) {
    StringBuilder text = new StringBuilder("version: 1\nbridges:\n");
    for (int i = 0; i < size; i++) {
      text.append("  br").append(i).append(": {datapath: kernel");
      text.append(i < changed ? ", mtu: 1400}\n" : "}\n");
    }
    text.append("tunnels:\n");
    for (int i = 0; i < size; i++) {
      text.append("  vx").append(i).append(": {bridge: br").append(i);
      text.append(", type: vxlan, local: 192.0.2.1, remote: 192.0.2.2, key: ");
      text.append(1000 + i).append("}\n");
    }
    return text.toString();
  }

  @Override
  public List<IpBatch> ip(Phase phase, int size) {
    StringBuilder lines = new StringBuilder();
    switch (phase) {
      case APPLY -> {
        for (int i = 0; i < size; i++) {
          lines.append("link add br").append(i).append(" up type bridge\n");
          lines.append("link add vx").append(i).append(" up master br").append(i);
          lines.append(" type vxlan local 192.0.2.1 remote 192.0.2.2 dstport 4789 id ");
          lines.append(1000 + i).append('\n');
        }
      }
      case CHANGE -> {
        for (int i = 0; i < Scenario.onePercent(size); i++) {
          lines.append("link set br").append(i).append(" mtu 1400\n");
        }
      }
      case REMOVE -> {
        for (int i = 0; i < size; i++) {
          lines.append("link del vx").append(i).append("\nlink del br").append(i).append('\n');
        }
      }
      default -> {
        return List.of();
      }
    }
    return List.of(new IpBatch("", lines.toString()));
  }

  @Override
  public String ifupdown(int size, int changed) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      text.append("auto vx").append(i).append("\niface vx").append(i);
      text.append("\n vxlan-local-tunnelip 192.0.2.1\n vxlan-remoteip 192.0.2.2\n vxlan-id ");
      text.append(1000 + i).append("\nauto br").append(i).append("\niface br").append(i);
      text.append("\n bridge-ports vx").append(i).append("\n bridge-stp off\n");
      if (i < changed) {
        text.append(" mtu 1400\n");
      }
    }
    return text.toString();
  }

  @Override
  public Census expected(int size) {
    return new Census(2 * size, 0);
  }
}
