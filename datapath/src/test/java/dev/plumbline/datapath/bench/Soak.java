// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Switch;
import dev.plumbline.datapath.control.SwitchOptions;
import dev.plumbline.datapath.control.SwitchStatus;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Churn under load: {@code datapath/bench/soak}. Guests g0 and g1 stay as they are and ping each
 * other all the time; g2 to g5 are torn about; a bond leads to a Linux bridge in the namespace
 * {@code far}.
 */
final class Soak {
  private static final int STEADY = 2;
  private static final int GUESTS = 6;
  private static final long STEP_MILLIS = 200;
  private static final long REPORT_MILLIS = 10_000;
  private static final long TAKEOVER_MILLIS = 30_000;

  private final Path directory;
  private final Random random;
  private final PortVlan[] vlans = new PortVlan[GUESTS];
  private final boolean[] plugged = new boolean[GUESTS];
  private final List<String> faults = new ArrayList<>();
  private Switch running;
  private boolean[] memberUp = {true, true};
  private long steps;
  private long takeovers;
  private long firstResident;

  private Soak(Path directory, long seed) throws IOException {
    this.directory = directory;
    this.random = new Random(seed);
    this.running = Switch.open(SwitchOptions.in(directory));
  }

  /** Scratch directory, seconds, seed. */
  public static void main(String[] args) throws Exception {
    long seed = Long.parseLong(args[2]);
    System.out.println("seed " + seed);
    Soak soak = new Soak(Path.of(args[0]), seed);
    soak.setUp();
    soak.run(Long.parseLong(args[1]) * 1_000);
    soak.faults.forEach(fault -> System.out.println("FAULT: " + fault));
    System.out.println(soak.faults.isEmpty() ? "no fault" : soak.faults.size() + " faults");
    System.exit(soak.faults.isEmpty() ? 0 : 1);
  }

  private void setUp() throws IOException {
    Sh.run("ip netns add far");
    // What the host and the other switch would send by themselves would be counted.
    String quiet = "sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'";
    Sh.run(quiet);
    Sh.run("ip netns exec far " + quiet);
    Sh.run("ip -n far link add far0 type bridge mcast_snooping 0");
    Sh.run("ip -n far addr add 10.0.0.100/24 dev far0");
    Sh.run("ip -n far link set far0 up");
    for (int i = 1; i <= 2; i++) {
      Sh.run("ip link add eth" + i + " type veth peer name eth" + i + " netns far");
      Sh.run("ip link set eth" + i + " up");
      Sh.run("ip -n far link set eth" + i + " master far0 up");
    }
    for (int i = 0; i < GUESTS; i++) {
      Sh.run("ip netns add g" + i);
      vlans[i] = PortVlan.TRUNK_ALL;
      plug(i);
    }
    configure();
  }

  private void plug(int guest) {
    Sh.run("ip link add v" + guest + " type veth peer name eth0 netns g" + guest);
    Sh.run("ip link set v" + guest + " up");
    Sh.run("ip -n g" + guest + " addr add 10.0.0." + (guest + 1) + "/24 dev eth0");
    Sh.run("ip -n g" + guest + " link set eth0 up");
    plugged[guest] = true;
  }

  private void configure() throws IOException {
    Map<String, PortConfig> ports = new LinkedHashMap<>();
    for (int i = 0; i < GUESTS; i++) {
      ports.put("v" + i, new DevicePort("v" + i, vlans[i]));
    }
    BondMode mode = random.nextInt(4) == 0 ? BondMode.BALANCE_SLB : BondMode.ACTIVE_BACKUP;
    ports.put(
        "bond0", new BondPort(List.of("eth1", "eth2"), mode, null, 0, 0, 1, PortVlan.TRUNK_ALL));
    BridgeConfig bridge = new BridgeConfig(ports, MacTableConfig.DEFAULT, false);
    running.configure(new SwitchConfig(Map.of("br0", bridge)));
  }

  private void run(long millis) throws Exception {
    Sh.run("ip netns exec g0 ping -q -c 3 -i 0.2 10.0.0.2"); // so that the flow is there
    List<Process> load = new ArrayList<>();
    load.add(ping(0, "10.0.0.2", millis));
    for (int i = STEADY; i < GUESTS; i++) {
      load.add(ping(i, "10.0.0." + (i % GUESTS), millis));
      load.add(ping(i, "10.0.0.100", millis));
    }
    long start = now();
    long report = start + REPORT_MILLIS;
    long takeover = start + TAKEOVER_MILLIS;
    while (now() - start < millis) {
      step();
      Thread.sleep(STEP_MILLIS);
      if (now() >= takeover) {
        takeOver();
        takeover = now() + TAKEOVER_MILLIS;
      }
      if (now() >= report) {
        report(now() - start);
        report = now() + REPORT_MILLIS;
      }
    }
    String steady = end(load);
    System.out.println("steady guests: " + steady);
    if (!steady.contains(" 0% packet loss")) {
      faults.add("the steady guests lost packets: " + steady);
    }
    settle();
    count();
    running.remove();
  }

  private static Process ping(int guest, String to, long millis) throws IOException {
    long count = millis / 20;
    String command = "ip netns exec g" + guest + " ping -q -c " + count + " -i 0.02 -W 1 " + to;
    return new ProcessBuilder(command.split(" ", -1)).redirectErrorStream(true).start();
  }

  /** Ends the load; what the steady guests' ping counted. */
  private static String end(List<Process> load) throws Exception {
    for (Process process : load) {
      // SIGINT: ping says what it counted.
      Sh.run("kill -INT " + process.pid() + " 2> /dev/null || true");
    }
    String output =
        new String(
            load.get(0).getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    for (Process process : load) {
      int unused = process.waitFor();
    }
    return output.lines().filter(line -> line.contains("transmitted")).findFirst().orElse(output);
  }

  private void step() throws Exception {
    steps++;
    int guest = STEADY + random.nextInt(GUESTS - STEADY);
    switch (random.nextInt(6)) {
      case 0 -> {
        if (plugged[guest]) {
          Sh.run("ip link del v" + guest);
          plugged[guest] = false;
        } else {
          plug(guest);
        }
      }
      case 1 -> {
        vlans[guest] =
            random.nextBoolean() ? PortVlan.TRUNK_ALL : PortVlan.access(1 + random.nextInt(4));
        configure();
      }
      case 2 -> {
        if (plugged[guest]) {
          String mac = String.format(Locale.ROOT, "02:00:00:00:00:%02x", random.nextInt(16));
          Sh.run("ip -n g" + guest + " link set eth0 address " + mac);
        }
      }
      case 3 -> {
        int member = random.nextInt(2);
        memberUp[member] ^= true;
        String state = memberUp[member] ? " up" : " down";
        Sh.run("ip -n far link set eth" + (member + 1) + state);
      }
      case 4 -> configure();
      default ->
          Sh.run(
              "ip link set v"
                  + guest
                  + " down 2> /dev/null; ip link set v"
                  + guest
                  + " up 2> /dev/null || true");
    }
    Throwable failure = running.failure();
    if (failure != null) {
      failure.printStackTrace();
      throw new IllegalStateException("the switch has ended after " + steps + " steps", failure);
    }
  }

  private void takeOver() throws IOException {
    running.close();
    running = Switch.open(SwitchOptions.in(directory));
    configure();
    takeovers++;
  }

  private void report(long elapsed) throws IOException {
    System.gc();
    SwitchStatus status = running.status();
    long resident = resident();
    long descriptors = descriptors();
    if (firstResident == 0 && elapsed > 3 * REPORT_MILLIS) {
      firstResident = resident;
    }
    System.out.printf(
        Locale.ROOT,
        "%5d s  steps %d  takeovers %d  flows %d  upcalls %d  lost %d  resident %d MB  descriptors %d  pass %.1f ms%n",
        elapsed / 1_000,
        steps,
        takeovers,
        status.flows(),
        status.upcalls(),
        status.upcallsLost(),
        resident / 1_024,
        descriptors,
        status.passMillis());
    if (firstResident > 0 && resident > firstResident * 3 / 2) {
      faults.add("memory grew from " + firstResident + " to " + resident + " KiB");
    }
    if (descriptors > 400) {
      faults.add(descriptors + " descriptors are open");
    }
  }

  private static long resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }

  private static long descriptors() throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  /** Without traffic no flow may stay: each is idle after ten seconds. */
  private void settle() throws Exception {
    for (int i = 0; i < GUESTS; i++) {
      if (plugged[i]) {
        Sh.run("ip -n g" + i + " link set eth0 down");
      }
    }
    Sh.run("ip -n far link set far0 down");
    Thread.sleep(13_000);
    if (!running.flows(null).isEmpty()) {
      faults.add("flows that nobody uses are still there: " + running.flows(null));
    }
  }

  /** What a steady guest's device has sent its port has received, and the other way round. */
  private void count() throws IOException {
    for (SwitchStatus.Port port : running.status().ports()) {
      int guest = port.port().startsWith("v") ? Integer.parseInt(port.port().substring(1)) : GUESTS;
      if (guest < STEADY) {
        String statistics = "ip netns exec g" + guest + " cat /sys/class/net/eth0/statistics/";
        long sent = Long.parseLong(Sh.run(statistics + "tx_packets").trim());
        long received = Long.parseLong(Sh.run(statistics + "rx_packets").trim());
        System.out.println(
            "g"
                + guest
                + " sent "
                + sent
                + ", port received "
                + port.rxPackets()
                + "; port sent "
                + port.txPackets()
                + ", g"
                + guest
                + " received "
                + received);
        // The guest's first frames may have been sent before there was a port.
        if (port.rxPackets() > sent || sent - port.rxPackets() > 20) {
          faults.add("g" + guest + " sent " + sent + ", its port received " + port.rxPackets());
        }
        if (port.txPackets() != received) {
          faults.add("g" + guest + " received " + received + ", its port sent " + port.txPackets());
        }
      }
    }
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }
}
