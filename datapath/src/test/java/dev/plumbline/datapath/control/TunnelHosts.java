// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hosts in namespaces {@code h1}, {@code h2}, … with the underlay addresses 192.0.2.N and
 * 2001:db8::N on {@code u0}, joined by a bridge of the kernel in the test's own namespace; on each
 * a guest {@code gN}, 10.0.0.N and fd00::N, whose host half is {@code vN}, and, if asked for, a
 * switch.
 */
final class TunnelHosts implements AutoCloseable {
  private final Path directory;
  private final Map<Integer, Switch> switches = new TreeMap<>();
  private final Map<Integer, Integer> idleMillis = new TreeMap<>();

  TunnelHosts(Path directory, int count) {
    this.directory = directory;
    Sh.run("ip link add underlay type bridge && ip link set underlay up");
    for (int n = 1; n <= count; n++) {
      host(n);
    }
  }

  private static void host(int n) {
    Sh.run("ip netns add h" + n + " && ip -n h" + n + " link set lo up");
    Sh.run("ip link add uh" + n + " type veth peer name u0 netns h" + n);
    Sh.run("ip link set uh" + n + " master underlay up && ip -n h" + n + " link set u0 up");
    Sh.run("ip -n h" + n + " addr add 192.0.2." + n + "/24 dev u0");
    Sh.run("ip -n h" + n + " addr add 2001:db8::" + n + "/64 dev u0 nodad");
    Sh.run("ip netns add g" + n);
    Sh.run(
        "ip -n h"
            + n
            + " link add v"
            + n
            + " type veth peer name eth0 netns g"
            + n
            + " && "
            + "ip -n h"
            + n
            + " link set v"
            + n
            + " up && ip -n g"
            + n
            + " link set eth0 up");
    Sh.run("ip -n g" + n + " addr add 10.0.0." + n + "/24 dev eth0");
    Sh.run("ip -n g" + n + " addr add fd00::" + n + "/64 dev eth0 nodad");
  }

  /** Starts the host's switch, with its guest and what else is said as ports. */
  Switch open(int n, Map<String, PortConfig> others) throws Exception {
    Switch opened = restart(n);
    opened.configure(config(n, others));
    return opened;
  }

  /** Starts the host's switch, which forwards as one before it did until it is configured. */
  Switch restart(int n) throws Exception {
    SwitchOptions options = SwitchOptions.in(directory.resolve("h" + n)).tap("plumb" + n);
    SwitchOptions with =
        new SwitchOptions(
            options.directory(),
            options.tap(),
            options.flowLimit(),
            idleMillis.getOrDefault(n, options.idleMillis()),
            options.ebpf(),
            options.repaired(),
            options.expiry());
    Switch opened;
    try (NetNamespace host = NetNamespace.named("h" + n)) {
      opened = host.run(() -> Switch.open(with));
    }
    switches.put(n, opened);
    return opened;
  }

  /** Before it is started: after how long without a packet its flows go. */
  void idleMillis(int n, int millis) {
    idleMillis.put(n, millis);
  }

  static SwitchConfig config(int n, Map<String, PortConfig> others) {
    Map<String, PortConfig> ports = new TreeMap<>(others);
    ports.putIfAbsent("v" + n, new DevicePort("v" + n, PortVlan.TRUNK_ALL));
    return new SwitchConfig(Map.of("br0", new BridgeConfig(ports, MacTableConfig.DEFAULT, false)));
  }

  Switch at(int n) {
    return switches.get(n);
  }

  /** Ends the process's part of a switch, as the end of the process would. */
  void leave(int n) throws IOException {
    switches.remove(n).close();
  }

  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** A tunnel from the host's default address, nothing special. */
  static TunnelPort tunnel(TunnelType type, long key, String... remotes) {
    return new TunnelPort(
        type,
        null,
        Arrays.stream(remotes).map(TunnelHosts::address).toList(),
        key,
        switch (type) {
          case VXLAN -> 4789;
          case GENEVE -> 6081;
          case GRE -> 0;
        },
        64,
        0,
        false,
        false,
        PortVlan.TRUNK_ALL);
  }

  /** The guest's port with all its frames in one VLAN. */
  static PortConfig guest(int n, int vlan) {
    return new DevicePort("v" + n, PortVlan.access(vlan));
  }

  /** A tunnel that carries one VLAN, without its tag. */
  static TunnelPort access(TunnelPort of, int vlan) {
    return with(of, of.local(), of.checksum(), PortVlan.access(vlan));
  }

  /** A tunnel with another source address. */
  static TunnelPort from(TunnelPort of, String local) {
    return with(of, address(local), of.checksum(), of.vlan());
  }

  /** A tunnel whose packets have checksums, or not. */
  static TunnelPort summed(TunnelPort of, boolean checksum) {
    return with(of, of.local(), checksum, of.vlan());
  }

  private static TunnelPort with(
      TunnelPort of, @Nullable InetAddress local, boolean checksum, PortVlan vlan) {
    return new TunnelPort(
        of.type(),
        local,
        of.remotes(),
        of.key(),
        of.udpPort(),
        of.ttl(),
        of.tos(),
        of.dontFragment(),
        checksum,
        vlan);
  }

  /** What a switch says of a port; of its first remote. */
  SwitchStatus.Port port(int n, String name) throws IOException {
    return at(n).status().ports().stream()
        .filter(port -> port.port().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Frames that a switch has sent by all its tunnels. */
  long sentByTunnels(int n) throws IOException {
    return at(n).status().ports().stream()
        .filter(port -> port.kind().equals("tunnel"))
        .mapToLong(SwitchStatus.Port::txPackets)
        .sum();
  }

  /** Pings, patiently: the first packet waits for the JVM. */
  static String ping(String namespace, String to, String options) {
    return Sh.run("ip netns exec " + namespace + " ping -q -c 3 -i 0.2 -W 5 " + options + " " + to);
  }

  static void pingLost(String namespace, String to, String options) {
    Sh.run("! ip netns exec " + namespace + " ping -q -c 2 -i 0.2 -W 1 " + options + " " + to);
  }

  /** Sends some megabytes by TCP and compares their sums. */
  static void transfer(String from, String to, String address) throws Exception {
    byte[] data = new byte[4_000_000];
    new Random(1).nextBytes(data);
    try (NetNamespace sender = NetNamespace.named(from);
        NetNamespace receiver = NetNamespace.named(to);
        ServerSocket server = receiver.run(() -> new ServerSocket(5201, 1, address(address)))) {
      server.setSoTimeout(30_000);
      CompletableFuture<byte[]> received =
          CompletableFuture.supplyAsync(
              () -> {
                try (Socket one = server.accept()) {
                  one.setSoTimeout(30_000);
                  return one.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new UncheckedIOException(from + " to " + address, e);
                }
              });
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                try (Socket one = sender.run(() -> new Socket(address, 5201))) {
                  one.getOutputStream().write(data);
                } catch (Exception e) {
                  throw new AssertionError(from + " to " + address, e);
                }
              });
      assertArrayEquals(data, received.get(30, TimeUnit.SECONDS));
      sent.get(5, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() throws IOException {
    for (Switch one : switches.values()) {
      one.remove();
    }
  }
}
