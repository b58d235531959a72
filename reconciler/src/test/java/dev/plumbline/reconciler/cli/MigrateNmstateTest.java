// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host that NetworkManager has built goes over to plumbline as docs/migrate-nmstate.md says, with
 * a ping each 10 ms: none is lost. nmstate itself, which Debian 12 has not, is not run: the state
 * is one in the form of its examples, and nmcli makes of it what nmstate would.
 */
@ExtendWith(ThrowawayHost.class)
class MigrateNmstateTest {
  private static final String PACKAGES =
      "network-manager libnm0 libndp0 libteamdctl0 libmm-glib0 libbluetooth3 libjansson4"
          + " libnewt0.52 libslang2 libpsl5 libcurl3-gnutls libglib2.0-0 libaudit1 libcap-ng0"
          + " libreadline8 dbus-daemon libdbus-1-3";

  private static final String STATE =
      """
      ---
      interfaces:
        - name: eth1
          type: ethernet
          state: up
        - name: linux-br0
          type: linux-bridge
          state: up
          ipv4:
            enabled: true
            dhcp: false
            address:
              - ip: 192.0.2.10
                prefix-length: 24
          ipv6:
            enabled: false
          bridge:
            options:
              mac-ageing-time: 600
              stp:
                enabled: false
                forward-delay: 15
            port:
              - name: eth1
      routes:
        config:
          - destination: 198.51.100.0/24
            metric: 150
            next-hop-address: 192.0.2.9
            next-hop-interface: linux-br0
          - destination: 0.0.0.0/0
            metric: 425
            next-hop-address: 192.0.2.1
            next-hop-interface: linux-br0
      """;

  /** What nmstate asks NetworkManager for. */
  private static final String[] CONNECTIONS = {
    "connection add type bridge ifname linux-br0 con-name linux-br0 ipv4.method manual"
        + " ipv4.addresses 192.0.2.10/24 ipv4.gateway 192.0.2.1"
        + " ipv4.routes '198.51.100.0/24 192.0.2.9 150' ipv6.method disabled"
        + " bridge.stp no bridge.ageing-time 600 bridge.forward-delay 15",
    "connection add type ethernet ifname eth1 con-name eth1 master linux-br0 slave-type bridge",
    "connection up eth1"
  };

  private static final String UNMANAGED =
      "[keyfile]\nunmanaged-devices=interface-name:eth1;interface-name:linux-br0\n";

  private static String root = "";

  @TempDir private Path directory;

  @BeforeAll
  static void unpack() {
    root = Unpacked.root("network-manager", PACKAGES);
  }

  private Process networkManager(Unpacked debian) throws Exception {
    Process process =
        debian.start(
            "NetworkManager",
            bus()
                + debian.command("/usr/sbin/NetworkManager")
                + (" --no-daemon --config D/NetworkManager.conf --config-dir D/conf.d"
                        + " --intern-config D/none --pid-file D/pid --state-file D/nm-state")
                    .replace("D/", directory + "/"));
    debian.until(nmcli(debian, "-t general status > /dev/null 2>&1"));
    return process;
  }

  private String bus() {
    return "env DBUS_SYSTEM_BUS_ADDRESS=unix:path=" + directory.resolve("bus") + " ";
  }

  private String nmcli(Unpacked debian, String words) {
    return bus() + debian.command("/usr/bin/nmcli") + " " + words;
  }

  /** A bus of its own, and NetworkManager with no file of this machine. */
  private void configured(Unpacked debian) throws Exception {
    Files.writeString(
        directory.resolve("bus.conf"),
        """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
          "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>system</type><listen>unix:path=DIRECTORY/bus</listen><auth>EXTERNAL</auth>
          <policy context="default">
            <allow user="*"/><allow own="*"/><allow send_destination="*"/>
            <allow receive_sender="*"/><allow send_type="signal"/>
            <allow send_requested_reply="false" send_type="method_return"/>
            <allow send_requested_reply="false" send_type="error"/>
            <allow receive_requested_reply="false" receive_type="method_return"/>
            <allow receive_requested_reply="false" receive_type="error"/>
          </policy>
        </busconfig>
        """
            .replace("DIRECTORY", directory.toString()));
    Files.createDirectory(directory.resolve("conf.d"));
    Files.createDirectory(directory.resolve("connections"));
    Files.writeString(
        directory.resolve("NetworkManager.conf"),
        "[main]\nplugins=keyfile\nauth-polkit=false\ndns=none\nhostname-mode=none\n"
            + "no-auto-default=*\n[keyfile]\npath="
            + directory.resolve("connections")
            + "\n");
    debian.start(
        "bus",
        debian.command("/usr/bin/dbus-daemon")
            + " --nofork --nopidfile --config-file="
            + directory.resolve("bus.conf"));
    debian.until("test -S " + directory.resolve("bus"));
  }

  @Test
  void noPingIsLost() throws Exception {
    ImportRun run = new ImportRun(directory);
    String unused =
        Sh.run(
            "set -e; ip netns add router; ip link add eth1 type veth peer name eth0 netns router;"
                + " ip -n router link set lo up; ip -n router link set eth0 up;"
                + " ip -n router addr add 192.0.2.1/24 dev eth0;"
                + " ip -n router addr add 203.0.113.1/32 dev lo");
    try (Unpacked debian = Unpacked.of(directory, root)) {
      debian.alone();
      configured(debian);
      Process manager = networkManager(debian);
      for (String words : CONNECTIONS) {
        unused = Sh.run(nmcli(debian, words));
      }
      debian.until("ip route show default | grep -q 'dev linux-br0 proto static'");
      String yaml = run.imported("nmstate", run.write("state.yml", STATE).toString());
      assertFalse(yaml.contains("#"), yaml);
      run.planIsEmpty();
      try (Pings toHost = Pings.start("router", "192.0.2.10");
          Pings byRoute = Pings.start("router", "-I 203.0.113.1 192.0.2.10")) {
        String said = run.run(ExitCode.DONE, "apply", directory.resolve("imported.yaml"), "--yes");
        assertTrue(said.contains("Nothing to do"), said);
        Files.writeString(directory.resolve("conf.d/plumbline.conf"), UNMANAGED);
        Unpacked.stop(manager);
        run.planIsEmpty();
        manager = networkManager(debian);
        String devices = Sh.run(nmcli(debian, "-t -f DEVICE,STATE device"));
        assertTrue(devices.contains("eth1:unmanaged"), devices);
        assertTrue(devices.contains("linux-br0:unmanaged"), devices);
        unused = Sh.run(nmcli(debian, "connection delete eth1 linux-br0"));
        run.planIsEmpty();
        // From here on it is plumbline's.
        Path more =
            run.write("more.yaml", yaml.replace("192.0.2.10/24]", "192.0.2.10/24, 192.0.2.11/24]"));
        said = run.run(ExitCode.DONE, "apply", more, "--yes");
        assertTrue(said.contains("Applied"), said);
        Sh.ping("router", "192.0.2.11");
        for (Pings pings : List.of(toHost, byRoute)) {
          assertEquals(0, pings.lost(), () -> pings + "\n" + yaml);
        }
        System.err.println("NetworkManager to plumbline: " + toHost + "; " + byRoute);
      }
    }
  }
}
