// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.HostPort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole switches on the real kernel: guests in namespaces that ping each other. */
@KernelTest
class SwitchTest {
  @TempDir Path directory;
  private Switch running;

  @BeforeEach
  void open() throws Exception {
    running = Switch.open(SwitchOptions.in(directory));
  }

  @AfterEach
  void remove() throws Exception {
    running.remove();
    Sh.run("umount " + directory.resolve("bpf").toString());
  }

  static void guest(String name, String address) throws Exception {
    Sh.run("ip netns add " + name);
    Sh.run("ip link add v" + name + " type veth peer name eth0 netns " + name);
    Sh.run("ip link set v" + name + " up");
    Sh.run("ip -n " + name + " addr add " + address + " dev eth0 nodad");
    Sh.run("ip -n " + name + " link set eth0 up");
  }

  static void ping(String from, String to) throws Exception {
    Sh.run("ip netns exec " + from + " ping -q -c 3 -i 0.1 -W 1 " + to);
  }

  static SwitchConfig bridge(Map<String, PortConfig> ports) {
    return new SwitchConfig(Map.of("br0", new BridgeConfig(ports, MacTableConfig.DEFAULT, false)));
  }

  @Test
  void guestsOnOneBridgeReachEachOther() throws Exception {
    guest("a", "10.0.0.1/24");
    guest("b", "10.0.0.2/24");
    running.configure(
        bridge(
            Map.of(
                "va", new DevicePort("va", PortVlan.TRUNK_ALL),
                "vb", new DevicePort("vb", PortVlan.TRUNK_ALL))));
    ping("a", "10.0.0.2");
    ping("b", "10.0.0.1");
    assertEquals(null, running.failure());
  }

  @Test
  void theHostReachesGuestsByItsInternalPort() throws Exception {
    guest("a", "10.0.0.1/24");
    Sh.run("ip link add br0 type veth peer name br0-leg");
    Sh.run("ip link set br0-leg up");
    Sh.run("ip addr add 10.0.0.254/24 dev br0");
    Sh.run("ip link set br0 up");
    Map<String, PortConfig> ports = new LinkedHashMap<>();
    ports.put("va", new DevicePort("va", PortVlan.access(10)));
    ports.put("br0", new HostPort("br0", "br0-leg", PortVlan.access(10)));
    running.configure(bridge(ports));
    ping("a", "10.0.0.254");
    Sh.run("ping -q -c 3 -i 0.1 -W 1 10.0.0.1");
    assertTrue(running.config().bridges().containsKey("br0"));
  }
}
