// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import dev.plumbline.netlink.namespace.NetNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A switch under test, on a host of its own, with a port for each guest and one for the host. */
abstract class Contender {
  /** Addresses that each bridge may learn: more than any scenario has flows. */
  static final int MAC_TABLE = 16_384;

  private static final double TICKS = 100; // USER_HZ
  private static final Set<String> SERVERS = Set.of("sh", "iperf3", "sleep");

  final String name;
  final int number;
  final Path directory;
  private final Map<String, Overlay> overlays = new HashMap<>();

  /**
   * Not yet started.
   *
   * @param name also of each guest's device for it, at most 10 bytes
   * @param number 1 to 99, of its network 10.number.0.0/24
   * @param directory for what it writes
   */
  Contender(String name, int number, Path directory) {
    this.name = name;
    this.number = number;
    this.directory = directory;
  }

  /** Makes the host, the guests' devices and the switch. */
  final void open() throws Exception {
    shell("ip netns add " + host());
    inHost("ip link set lo up");
    for (String guest : Guests.NAMES) {
      inHost("ip link add v" + guest + " type veth peer name " + name + " netns " + guest);
      inHost("ip link set v" + guest + " up");
      String there = "ip -n " + guest + " ";
      shell(there + "addr add " + address(guest).getHostAddress() + "/24 dev " + name);
      shell(there + "link set " + name + " up");
    }
    start();
    inHost("ip addr add " + address("host").getHostAddress() + "/24 dev br0");
    inHost("ip link set br0 up");
  }

  /** Makes the switch with ports va, vb, vc and an internal port br0. */
  abstract void start() throws Exception;

  /** Ends its process without notice; false if it has none. */
  boolean kill() throws Exception {
    return false;
  }

  /** Starts its process again. */
  void restart() throws Exception {
    throw new UnsupportedOperationException(name);
  }

  /** Whether there is another version, whose tables are laid out differently. */
  boolean hasUpgrade() {
    return false;
  }

  /** Ends its process without notice, and starts one of the other version. */
  void upgrade() throws Exception {
    throw new UnsupportedOperationException(name);
  }

  /**
   * Two hosts with this switch, joined by a tunnel, of which the first guest finds servers at the
   * second; null: it has none of that kind.
   *
   * @param tunnel {@code vxlan} or {@code gre}
   */
  final @Nullable Overlay overlay(String tunnel) throws Exception {
    Overlay overlay = overlays.get(tunnel);
    if (overlay == null) {
      overlay = newOverlay(tunnel);
      if (overlay != null) {
        overlays.put(tunnel, overlay);
      }
    }
    return overlay;
  }

  /** Makes it for {@link #overlay}. */
  @Nullable Overlay newOverlay(String tunnel) throws Exception {
    return null;
  }

  /**
   * Gives its bridge the flows of a file, each a line as ovs-ofctl has it; false: it has none.
   *
   * @param first whether there is none yet but the one that is NORMAL; else all are replaced
   */
  boolean flows(Path file, boolean first) throws Exception {
    return false;
  }

  /**
   * Lets TCP and the floods' UDP begin connections, and answers pass, and no other IP; or all.
   *
   * @return false: it cannot
   */
  boolean filter(boolean isOn) throws Exception {
    Path file = directory.resolve(isOn ? "filter" : "no-filter");
    List<String> all = List.of("priority=0 actions=NORMAL");
    List<String> filtered =
        List.of(
            "priority=9,ip actions=ct(table=1)",
            "table=1,priority=9,ct_state=+est+trk actions=NORMAL",
            "table=1,priority=8,ct_state=+new+trk,tcp actions=ct(commit),NORMAL",
            "table=1,priority=8,ct_state=+new+trk,udp,tp_dst=9 actions=ct(commit),NORMAL",
            "priority=0 actions=NORMAL");
    Files.write(file, isOn ? filtered : all);
    return flows(file, isOn);
  }

  /** Bytes that it needs for what it has learnt; -1: cannot be told. */
  long memory() throws Exception {
    return -1;
  }

  /** CPU seconds that its processes have used, user's and system's: proc(5), fields 14 and 15. */
  final double cpuSeconds() throws Exception {
    double ticks = 0;
    for (String pid : shell("ip netns pids " + host()).split("\\s+", -1)) {
      if (!pid.isEmpty() && !SERVERS.contains(name(pid))) {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        ticks += Long.parseLong(words[11]) + Long.parseLong(words[12]);
      }
    }
    return ticks / TICKS;
  }

  private static String name(String pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
  }

  /** Whether it decides about a flow's first packet elsewhere than about the others. */
  boolean hasUpcalls() {
    return true;
  }

  /** Something to say after a scenario; empty: nothing. */
  String remark() throws Exception {
    return "";
  }

  final String host() {
    return "h-" + name;
  }

  final InetAddress address(String guest) throws IOException {
    int last = guest.equals("host") ? 254 : Guests.NAMES.indexOf(guest) + 1;
    return InetAddress.getByAddress(new byte[] {10, (byte) number, 0, (byte) last});
  }

  final String inHost(String command) throws Exception {
    return shell("ip netns exec " + host() + " " + command);
  }

  static String shell(String command) throws Exception {
    return output(new ProcessBuilder("sh", "-c", command), 60);
  }

  /** Runs to the end; standard output. */
  static String output(ProcessBuilder builder, int seconds) throws Exception {
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", builder.command()) + ": " + text.strip());
    }
    return text;
  }

  static <T> T in(String namespace, Callable<T> call) throws Exception {
    try (NetNamespace there = NetNamespace.named(namespace)) {
      return there.run(call);
    }
  }

  static void waitFor(Callable<Boolean> condition, String what) throws Exception {
    for (int i = 0; i < 200; i++) {
      if (condition.call()) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IOException(what + ": not after 20 s");
  }

  /** Ends what was started. */
  void stop() throws Exception {
    end(host());
    for (Overlay overlay : overlays.values()) {
      end(overlay.host(1));
      end(overlay.host(2));
      overlay.close();
    }
    overlays.clear();
  }

  private static void end(String namespace) throws Exception {
    List<String> left = List.of(shell("ip netns pids " + namespace).split("\\s+", -1));
    for (String pid : left) {
      if (!pid.isEmpty()) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }
}
