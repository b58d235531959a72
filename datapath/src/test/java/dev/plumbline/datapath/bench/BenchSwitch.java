// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.HostPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Switch;
import dev.plumbline.datapath.control.SwitchOptions;
import dev.plumbline.datapath.control.SwitchStatus;
import dev.plumbline.datapath.translate.NamedFlows;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A switch with one bridge, {@code BenchSwitch DIRECTORY PORT…}, where a port is a device's name,
 * {@code DEVICE:LEG} for an internal port of the host, or {@code vxlan=REMOTE} or {@code
 * gre=REMOTE} for a tunnel. Says {@code ready}; answers each empty line of standard input with its
 * status, and each file's name when the flows in it are those of the bridge; ends with it, and
 * leaves the fast path as it is.
 */
final class BenchSwitch {
  private BenchSwitch() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, PortConfig> ports = new LinkedHashMap<>();
    for (String port : List.of(arguments).subList(1, arguments.length)) {
      int colon = port.indexOf(':');
      int equals = port.indexOf('=');
      if (equals >= 0) {
        String type = port.substring(0, equals);
        ports.put(type, tunnel(type, port.substring(equals + 1)));
      } else if (colon < 0) {
        ports.put(port, new DevicePort(port, PortVlan.TRUNK_ALL));
      } else {
        String device = port.substring(0, colon);
        ports.put(device, new HostPort(device, port.substring(colon + 1), PortVlan.TRUNK_ALL));
      }
    }
    MacTableConfig table = new MacTableConfig(300, Contender.MAC_TABLE, List.of());
    try (Switch running = Switch.open(SwitchOptions.in(Path.of(arguments[0])))) {
      running.configure(new SwitchConfig(Map.of("br0", new BridgeConfig(ports, table, false))));
      String way = running.status().fastPath();
      System.out.println(way.startsWith("eBPF") ? "ready" : "it forwards by " + way);
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isEmpty()) {
          System.out.println(replaceFlows(running, ports, table, Path.of(line)));
          continue;
        }
        SwitchStatus status = running.status();
        System.out.printf(
            "%d flows, %d upcalls, %d decided, %d idle, %d wrong, %d refused, pass %.1f ms, drops"
                + " %s, %s%n",
            status.flows(),
            status.upcalls(),
            status.decided(),
            status.flowsIdle(),
            status.flowsWrong(),
            status.flowsRefused(),
            status.passMillis(),
            status.drops(),
            running.failure());
      }
    }
  }

  /** All flows of the bridge in one step, by those of the file, a line each. */
  private static String replaceFlows(
      Switch running, Map<String, PortConfig> ports, MacTableConfig table, Path file)
      throws IOException {
    NamedFlows names = NamedFlows.of(ports.keySet());
    Map<String, FlowConfig> flows = new LinkedHashMap<>();
    try {
      for (NamedFlows.Read read : names.readAll(Files.readAllLines(file))) {
        flows.put(read.config().key(), read.config());
      }
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    BridgeConfig bridge = new BridgeConfig(ports, table, false);
    running.configure(new SwitchConfig(Map.of("br0", bridge.withFlows(flows.values()))));
    return "done";
  }

  private static TunnelPort tunnel(String type, String remote) throws IOException {
    return new TunnelPort(
        TunnelType.valueOf(type.toUpperCase(Locale.ROOT)),
        null,
        List.of(InetAddress.getByName(remote)),
        7,
        type.equals("vxlan") ? 4789 : 0,
        64,
        0,
        false,
        false,
        PortVlan.TRUNK_ALL);
  }
}
