// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.control.TunnelHosts.ping;
import static dev.plumbline.datapath.control.TunnelHosts.transfer;
import static dev.plumbline.datapath.control.TunnelHosts.tunnel;

import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tunnels to Open vSwitch on another host, with its userspace datapath and with the kernel's. The
 * userspace datapath's tunnels go by a bridge of its own that has the underlay's address; it
 * neither fragments nor takes segments that are still to be cut, so that guests have a small MTU
 * and the wire to it no offloads.
 */
@KernelTest
@RequiresEbpf
@Timeout(300)
class OpenVswitchTunnelTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(names = {"VXLAN", "GRE"})
  void guestsReachEachOtherByItsUserspaceDatapath(TunnelType type) throws Exception {
    guestsReachEachOther(type, true);
  }

  @RequiresKind("geneve")
  @Test
  void guestsReachEachOtherByItsUserspaceDatapathAndGeneve() throws Exception {
    guestsReachEachOther(TunnelType.GENEVE, true);
  }

  @RequiresKind({"gretap", "geneve"})
  @ParameterizedTest
  @EnumSource
  void guestsReachEachOtherByTheKernelsDatapath(TunnelType type) throws Exception {
    if (!Files.exists(Path.of("/sys/module/openvswitch"))) {
      skip("kernel has no openvswitch module: tunnels to its datapath are not tested here");
    }
    guestsReachEachOther(type, false);
  }

  private static void skip(String reason) {
    System.err.println(reason);
    Assumptions.abort(reason);
  }

  private void guestsReachEachOther(TunnelType type, boolean userspace) throws Exception {
    if (!Files.exists(Path.of("/usr/sbin/ovs-vswitchd"))) {
      skip("no openvswitch-switch: tunnels to Open vSwitch are not tested here");
    }
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(1, Map.of("t", tunnel(type, 7, "192.0.2.2")));
      for (String guest : new String[] {"g1", "g2"}) {
        Sh.run("ip -n " + guest + " link set eth0 mtu 1400");
      }
      if (userspace) {
        Sh.run("ip netns exec g2 ethtool -K eth0 tx off > /dev/null");
        Sh.run("ethtool -K uh2 tx off tso off gso off > /dev/null");
      }
      Path run = Files.createDirectories(directory.resolve("ovs"));
      try {
        start(run, type, userspace);
        ping("g1", "10.0.0.2", "-w 20");
        ping("g1", "10.0.0.2", "-s 3200");
        ping("g2", "10.0.0.1", "-s 3200");
        transfer("g1", "g2", "10.0.0.2");
        transfer("g2", "g1", "fd00::1");
      } finally {
        for (String part : new String[] {"vswitchd", "ovsdb"}) {
          Path pid = run.resolve(part + ".pid");
          if (Files.exists(pid)) {
            Sh.run("kill " + Files.readString(pid).strip());
          }
        }
      }
    }
  }

  private static void start(Path run, TunnelType type, boolean userspace) {
    String in = "cd " + run + " && ";
    Sh.run(in + "ovsdb-tool create conf.db /usr/share/openvswitch/vswitch.ovsschema");
    Sh.run(
        in
            + "ip netns exec h2 ovsdb-server conf.db --remote=punix:$PWD/db.sock --no-chdir --detach"
            + " --pidfile=$PWD/ovsdb.pid --unixctl=$PWD/ovsdb.ctl --log-file=$PWD/ovsdb.log"
            + " -vconsole:off");
    String control = "ovs-vsctl --db=unix:$PWD/db.sock --timeout=20 ";
    Sh.run(in + control + "--no-wait init");
    Sh.run(
        in
            + "ip netns exec h2 ovs-vswitchd unix:$PWD/db.sock --no-chdir --detach"
            + " --pidfile=$PWD/vswitchd.pid --unixctl=$PWD/vswitchd.ctl --log-file=$PWD/vswitchd.log"
            + " -vconsole:off");
    String add = in + control;
    String of = userspace ? "netdev" : "system";
    if (userspace) {
      Sh.run("ip -n h2 addr flush dev u0");
      add += "add-br phy -- set bridge phy datapath_type=netdev -- add-port phy u0 -- ";
    }
    Sh.run(
        add
            + "add-br ob -- set bridge ob datapath_type="
            + of
            + " -- add-port ob v2 -- add-port ob t -- set interface t type="
            + type.name().toLowerCase(Locale.ROOT)
            + " options:remote_ip=192.0.2.1 options:key=7");
    if (userspace) {
      Sh.run("ip -n h2 addr add 192.0.2.2/24 dev phy && ip -n h2 link set phy up");
    }
  }
}
