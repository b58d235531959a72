// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortFilter;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.packet.Frames;
import dev.plumbline.datapath.testing.Eventually;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand connections at once through a filter, with and without eBPF. */
@ExtendWith(ThrowawayHost.class)
class ManyConnectionsTest {
  private static final int CONNECTIONS = 10_000;
  private static final int FIRST = 20_000;
  private static final int PORT = 53;
  private static final int UNASKED = 200;

  /** Bytes of an answer that no other has as many of. */
  private static final int MARKED = 24;

  @TempDir Path directory;

  @Test
  void tenThousandAreAnsweredAndNothingElseIs() throws Exception {
    answered(SwitchOptions.in(directory));
  }

  @Test
  void soTheyAreWithoutEbpf() throws Exception {
    answered(SwitchOptions.in(directory).withoutEbpf());
  }

  private static void answered(SwitchOptions options) throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    // Its own stack is not to answer what comes back: it knows nothing of it.
    Sh.run("ip -n a addr flush dev eth0");
    Sh.run("ip -n b neigh add 10.0.0.1 lladdr " + mac("a") + " dev eth0");
    try (Switch running = Switch.open(options)) {
      running.configure(config());
      try (NetNamespace b = NetNamespace.named("b");
          DatagramSocket server = b.run(() -> new DatagramSocket(PORT));
          Wire guest = Wire.of("a", "eth0");
          Wire outside = Wire.of("b", "eth0")) {
        new Thread(() -> echo(server), "echo").start(); // until its socket is closed
        everyOneIsAnswered(guest);
        Eventually.eventually(
            "all of them are there", () -> running.call(Engine::connections) == CONNECTIONS);
        whatNobodyAskedForIsRefused(outside, guest);
        everyOneIsAnswered(guest);
        assertEquals(CONNECTIONS, running.call(Engine::connections));
        assertNull(running.failure());
        String drops = running.status().drops().toString();
        assertFalse(drops.contains("no room"), drops);
      }
      running.remove();
    }
  }

  private static String mac(String guest) {
    return Sh.run("ip netns exec " + guest + " cat /sys/class/net/eth0/address").strip();
  }

  private static SwitchConfig config() {
    Map<String, PortConfig> ports = new LinkedHashMap<>();
    ports.put("va", new DevicePort("va", PortVlan.access(5)));
    ports.put("vb", new DevicePort("vb", PortVlan.access(5)));
    BridgeConfig bridge = Guests.oneBridge(ports).bridges().get("br0");
    PortFilter filter = new PortFilter(List.of("established"), List.of("udp 53"));
    return new SwitchConfig(Map.of("br0", bridge.withFilters(Map.of("va", filter))));
  }

  private static void echo(DatagramSocket server) {
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    try {
      while (true) {
        server.receive(packet);
        server.send(packet);
      }
    } catch (SocketException e) {
      // closed: it is over
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends for each of them until each has its answer; some are lost on the way. */
  private static void everyOneIsAnswered(Wire guest) throws Exception {
    byte[] toMac = Frames.hex(mac("b"));
    byte[] fromMac = Frames.hex(mac("a"));
    BitSet answered = new BitSet(CONNECTIONS);
    long end = System.nanoTime() + 120_000_000_000L;
    while (answered.cardinality() < CONNECTIONS && System.nanoTime() < end) {
      int sent = 0;
      for (int i = answered.nextClearBit(0); i < CONNECTIONS; i = answered.nextClearBit(i + 1)) {
        guest.send(question(toMac, fromMac, i));
        if (++sent % 64 == 0) {
          takeAnswers(guest, answered, 1);
        }
      }
      takeAnswers(guest, answered, 200);
    }
    assertEquals(CONNECTIONS, answered.cardinality());
  }

  /** From another port, or to one that asked nothing; behind that comes what was asked for. */
  private static void whatNobodyAskedForIsRefused(Wire outside, Wire guest) throws Exception {
    byte[] toMac = Frames.hex(mac("a"));
    byte[] fromMac = Frames.hex(mac("b"));
    for (int i = 0; i < UNASKED; i++) {
      outside.send(answer(toMac, fromMac, PORT, FIRST + CONNECTIONS + i, new byte[8]));
      outside.send(answer(toMac, fromMac, PORT + 1, FIRST + i, new byte[8]));
    }
    long end = System.nanoTime() + 30_000_000_000L;
    boolean hasCome = false;
    while (!hasCome && System.nanoTime() < end) {
      outside.send(answer(toMac, fromMac, PORT, FIRST, new byte[MARKED]));
      for (byte[] frame = guest.receive(200); frame != null; frame = guest.receive(1)) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        if (frame.length >= 42 && bytes.getShort(12) == 0x0800 && frame[23] == 17) {
          int to = bytes.getShort(36) & 0xffff;
          assertEquals(PORT, bytes.getShort(34), "the port that the answer to " + to + " is from");
          assertTrue(to < FIRST + CONNECTIONS, "nobody asked from port " + to);
          hasCome |= bytes.getShort(38) == 8 + MARKED;
        }
      }
    }
    assertTrue(hasCome, "what was asked for did not come");
  }

  private static byte[] answer(byte[] toMac, byte[] fromMac, int from, int to, byte[] data) {
    byte[] a = {10, 0, 0, 1};
    byte[] b = {10, 0, 0, 2};
    byte[] udp = Frames.summed(b, a, 17, 6, Frames.udp(from, to, data));
    byte[] packet = Frames.ipv4(b, a, 17, 0, 64, to, 0, 0, udp);
    return Frames.ethernet(toMac, fromMac, new int[0], 0x0800, packet);
  }

  private static byte[] question(byte[] toMac, byte[] fromMac, int index) {
    byte[] a = {10, 0, 0, 1};
    byte[] b = {10, 0, 0, 2};
    byte[] udp = Frames.summed(a, b, 17, 6, Frames.udp(FIRST + index, PORT, new byte[8]));
    byte[] packet = Frames.ipv4(a, b, 17, 0, 64, index, 0, 0, udp);
    return Frames.ethernet(toMac, fromMac, new int[0], 0x0800, packet);
  }

  private static void takeAnswers(Wire guest, BitSet answered, int patience) throws Exception {
    for (byte[] frame = guest.receive(patience); frame != null; frame = guest.receive(patience)) {
      ByteBuffer bytes = ByteBuffer.wrap(frame);
      boolean isAnswer =
          frame.length >= 42
              && bytes.getShort(12) == 0x0800
              && frame[23] == 17
              && bytes.getShort(34) == PORT;
      if (isAnswer) {
        answered.set((bytes.getShort(36) & 0xffff) - FIRST);
      }
    }
  }
}
