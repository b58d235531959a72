// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the switch's process while a flow runs, and another process that takes over.
 * On a throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class KillTest {
  /** A process takes longer to start where there is one CPU. */
  private static final int PINGS = Runtime.getRuntime().availableProcessors() == 1 ? 8_000 : 2_000;

  @TempDir Path directory;

  @Test
  void noPacketOfAnEstablishedFlowIsLost() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    SwitchProcess first = SwitchProcess.start(directory, "va", "vb");
    SwitchProcess second = null;
    try {
      Sh.ping("a", "10.0.0.2");
      keepNeighbour("a", "10.0.0.2", "b");
      keepNeighbour("b", "10.0.0.1", "a");
      // 2 ms apart for some seconds, as long as a kill and a start take.
      Process ping =
          new ProcessBuilder(
                  ("ip netns exec a ping -q -c " + PINGS + " -i 0.002 -W 1 10.0.0.2")
                      .split(" ", -1))
              .start();
      Thread.sleep(700);
      first.kill();
      Thread.sleep(300);
      second = SwitchProcess.start(directory, "va", "vb");
      String summary = "";
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(ping.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
          summary = line.contains("received") ? line : summary;
        }
      }
      assertEquals(
          PINGS + " packets transmitted, " + PINGS + " received, 0% packet loss",
          summary.replaceAll(", time.*", ""));
    } finally {
      first.kill();
      if (second != null) {
        second.kill();
      }
    }

    try (Switch third = Switch.open(SwitchOptions.in(directory))) {
      third.configure(Guests.bridgeOf("a", PortVlan.TRUNK_ALL, "b", PortVlan.TRUNK_ALL));
      long counted =
          third.flows("br0").stream()
              .filter(flow -> flow.match().contains("0x0800"))
              .mapToLong(SwitchStatus.CachedFlow::packets)
              .sum();
      // Pings that were tried before the flow was there may be among them.
      long sent = icmp("a", "IcmpOutEchos") + icmp("b", "IcmpOutEchoReps");
      assertTrue(
          counted >= 2L * PINGS && counted <= sent,
          counted + " of " + sent + ": each packet there and back, over both processes");
      third.remove();
    }
  }

  private static long icmp(String guest, String counter) {
    String command = "ip netns exec " + guest + " nstat -asz " + counter;
    return Long.parseLong(Sh.run(command + " | awk 'END {print $2}'").strip());
  }

  /**
   * Neighbours probe each other every now and then. A probe is a new flow and waits for the second
   * process; where that takes three seconds, the neighbour is given up.
   */
  private static void keepNeighbour(String guest, String address, String other) {
    String mac = Sh.run("ip netns exec " + other + " cat /sys/class/net/eth0/address").strip();
    Sh.run(
        String.join(
            " ",
            "ip -n",
            guest,
            "neighbour replace",
            address,
            "dev eth0 lladdr",
            mac,
            "nud permanent"));
  }
}
