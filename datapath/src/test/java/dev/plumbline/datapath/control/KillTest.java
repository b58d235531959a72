// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.testing.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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

  private static final long FROM = 0x02aa_0000_0001L;

  @TempDir Path directory;

  @Test
  void noPacketOfAnEstablishedFlowIsLost() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    SwitchProcess first = SwitchProcess.start(directory, "va", "vb");
    SwitchProcess second = null;
    try {
      Sh.ping("a", "10.0.0.2");
      Guests.keepNeighbour("a", "10.0.0.2", "b");
      Guests.keepNeighbour("b", "10.0.0.1", "a");
      // 2 ms apart for some seconds, as long as a kill and a start take.
      Process ping =
          new ProcessBuilder(
                  ("ip netns exec a ping -q -c " + PINGS + " -i 0.002 -W 1 10.0.0.2")
                      .split(" ", -1))
              .start();
      // What was learnt before the pings is on record, then.
      FileTime before = saved();
      eventually("it saves", () -> !saved().equals(before));
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

    try (Switch third = Switch.open(SwitchProcess.options(directory))) {
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

  /** Each frame that was sent while one process was killed and another took over is counted. */
  @Test
  void flowsGoOnCounting() throws Exception {
    String into = "priority=5,in_port=va actions=resubmit(,1)";
    String out = "table=1,priority=5,udp actions=output:vb";
    String[] bridge = {"va", "vb", into, out};
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    Burst.quiet("a");
    Burst.quiet("b");
    int index = Burst.ifindex("a");
    long to = Burst.mac("b");
    AtomicBoolean goesOn = new AtomicBoolean(true);
    AtomicLong sent = new AtomicLong();
    Thread sender =
        new Thread(
            () -> {
              try (NetNamespace a = NetNamespace.named("a")) {
                while (goesOn.get()) {
                  sent.addAndGet(a.run(() -> Burst.send(index, to, FROM, 3)));
                  Thread.sleep(1);
                }
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    SwitchProcess first = SwitchProcess.start(directory, bridge);
    SwitchProcess second = null;
    try {
      // Those that come up before there is a megaflow must not be on their way when it is killed.
      try (NetNamespace a = NetNamespace.named("a")) {
        sent.addAndGet(a.run(() -> Burst.send(index, to, FROM, 5)));
      }
      eventually("all are there", () -> received("b") >= sent.get());
      sender.start();
      eventually("it is sent", () -> sent.get() > 100);
      first.kill();
      long atKill = sent.get();
      eventually("more is sent", () -> sent.get() > atKill + 100);
      second = SwitchProcess.start(directory, bridge);
      long atStart = sent.get();
      eventually("more is sent", () -> sent.get() > atStart + 100);
      goesOn.set(false);
      sender.join();
      // If it decided anew, some were on their way up.
      eventually("all are there", () -> received("b") >= sent.get());
    } finally {
      goesOn.set(false);
      sender.join();
      first.kill();
      if (second != null) {
        second.kill();
      }
    }

    try (Switch third = Switch.open(SwitchProcess.options(directory))) {
      third.configure(SwitchProcess.config(List.of(bridge)));
      SwitchStatus status = third.status();
      String lost = status.upcallsLost() + " lost, " + status.drops();
      long end = System.nanoTime() + 30_000_000_000L;
      while (System.nanoTime() < end
          && third.decided("br0").stream().anyMatch(flow -> flow.packets() < sent.get())) {
        Thread.sleep(10);
      }
      for (SwitchStatus.DecidedFlow flow : third.decided("br0")) {
        assertEquals(sent.get(), flow.packets(), () -> flow + " " + lost);
        assertEquals(flow.packets() * Burst.FRAME_BYTES, flow.bytes());
        assertTrue(flow.idleMillis() <= flow.durationMillis(), flow::toString);
      }
      third.remove();
    }
  }

  /** When a process last said what it knows. */
  private FileTime saved() throws IOException {
    return Files.getLastModifiedTime(directory.resolve("switch.state"));
  }

  private static long received(String guest) {
    String counter = "/sys/class/net/eth0/statistics/rx_packets";
    return Long.parseLong(Sh.run("ip netns exec " + guest + " cat " + counter).strip());
  }

  private static long icmp(String guest, String counter) {
    String command = "ip netns exec " + guest + " nstat -asz " + counter;
    return Long.parseLong(Sh.run(command + " | awk 'END {print $2}'").strip());
  }
}
