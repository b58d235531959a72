// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.BpfFs;
import dev.plumbline.datapath.bpf.BpfObject;
import dev.plumbline.datapath.bpf.Hook;
import dev.plumbline.datapath.bpf.Hooks;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.port.PacketPort;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fast path's own programs with nothing in their flow tables: every frame comes up, and what is
 * done with it is what its slot says.
 */
@KernelTest
@RequiresEbpf
class InjectorTest {
  private static final int INGRESS_PORT = 1;
  private static final int EGRESS_DEVICE = 1;
  private static final int NEEDS_CHECKSUM = 1; // VIRTIO_NET_HDR_F_NEEDS_CSUM
  private static final int GSO_TCPV4 = 1; // VIRTIO_NET_HDR_GSO_TCPV4
  private static final int TCP_CHECKSUM_OFFSET = 16;

  @TempDir Path temporary;
  private BpfFs pins;
  private Hooks hooks;
  private BpfObject object;
  private UpcallTap tap;
  private UpcallQueues queues;
  private Injector injector;
  private SlotTable slots;
  private final UpcallBatch batch = new UpcallBatch(64);
  private final ActionList actions = new ActionList();

  @BeforeEach
  void prepare() throws IOException {
    Sh.run(
        "for n in 1 2; do ip netns add n$n"
            + "; ip link add p$n type veth peer name e0 address 02:00:00:00:00:0$n netns n$n"
            + "; ip netns exec n$n sysctl -qw net.ipv6.conf.e0.disable_ipv6=1"
            + "; sysctl -qw net.ipv6.conf.p$n.disable_ipv6=1"
            + "; ip link set p$n up; ip -n n$n link set e0 up"
            + "; ip -n n$n address add 192.0.2.$n/24 dev e0; done"
            + "; ip -n n1 neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev e0"
            + "; ip -n n2 neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev e0");
    pins = BpfFs.mount(temporary.resolve("bpf"));
    hooks = Hooks.open(pins);
    object = BpfObject.resource(BpfObject.class, "switch.bpf.o").load();
    tap = UpcallTap.open("up0", 8);
    queues = new UpcallQueues(tap, 8);
    injector = Injector.open(tap.ifindex());
    slots = new SlotTable(object.map("slots").mapValues().buffer());
    hooks.attach(Hook.egress(tap.ifindex()), object.program("hidden_egress"));
    put("the_settings_map", 0, value -> value.putInt(0, tap.ifindex()).putInt(4, tap.ifindex()));
    put("bridges", 1, value -> value.putInt(0, 1));
    try (RouteSocket socket = RouteSocket.open()) {
      for (int port = 1; port <= 2; port++) {
        int ifindex = socket.index("p" + port);
        short number = (short) port;
        put(
            "ingresses",
            ifindex,
            value -> value.putShort(0, number).putShort(2, (short) 1).put(4, (byte) INGRESS_PORT));
        put("egresses", port, value -> value.putInt(0, ifindex).put(4, (byte) EGRESS_DEVICE));
        hooks.attach(Hook.ingress(ifindex), object.program("port_ingress"));
      }
    }
  }

  @AfterEach
  void end() throws IOException {
    if (pins == null) {
      return; // skipped
    }
    injector.close();
    queues.close();
    tap.close();
    object.close();
    hooks.close();
    pins.unmount();
  }

  private interface Filling {
    void fill(ByteBuffer value);
  }

  private void put(String map, int index, Filling filling) throws IOException {
    Memory key = Memory.allocate(4);
    key.buffer().putInt(0, index);
    Memory value = Memory.allocate(object.map(map).valueBytes());
    filling.fill(value.buffer());
    object.map(map).update(key, 0, value, 0, 0);
  }

  /** What frames that came up were like. */
  private static final class Seen {
    int frames;
    int segmented;
    int longest;
  }

  /** Sends each frame of a round on by the other port. */
  private void forward(Seen seen) throws IOException {
    int n = queues.poll(20, batch);
    for (int i = 0; i < n; i++) {
      UpcallPrefix prefix = batch.prefix(i);
      actions.clear();
      actions.output(3 - prefix.inPort());
      slots.write(i, key(prefix.inPort()), prefix.vlanTci(), prefix.vlanTpid(), 0, 0, actions);
      look(i, seen);
      assertTrue(injector.add(batch, i, i));
    }
    assertEquals(n, injector.flush(), () -> injector.queue().errors().toString());
  }

  private void look(int index, Seen seen) {
    ByteBuffer buffer = batch.buffer();
    int vnet = batch.vnetOffset(index);
    seen.frames++;
    seen.longest = Math.max(seen.longest, batch.frameLength(index));
    if (buffer.get(vnet + 1) == GSO_TCPV4) {
      seen.segmented++;
      assertEquals(NEEDS_CHECKSUM, buffer.get(vnet) & NEEDS_CHECKSUM);
      // Offsets count from the frame: Ethernet and IPv4 without options are before TCP.
      assertEquals(14 + 20, buffer.getShort(vnet + 6));
      assertEquals(TCP_CHECKSUM_OFFSET, buffer.getShort(vnet + 8));
      assertTrue(batch.frameLength(index) > buffer.getShort(vnet + 4));
    }
  }

  @Test
  void tcpPassesThroughJavaInLargeFramesWithoutChecksums() throws Exception {
    try (NetNamespace from = NetNamespace.named("n1");
        NetNamespace to = NetNamespace.named("n2")) {
      Transfer transfer = Transfer.start(from, to, "192.0.2.2", 20_000_000);
      Seen seen = new Seen();
      while (!transfer.isOver()) {
        forward(seen);
      }
      assertTrue(transfer.isWhole());
      assertTrue(seen.segmented > 100, seen.segmented + " of " + seen.frames);
      assertTrue(seen.longest > 10_000, "the longest frame had " + seen.longest);
      // The receiver has them whole too: far fewer than 20 MB in frames of 1,514 bytes.
      String statistics = Sh.run("ip -n n2 -s -o link show e0").replaceAll("\\s+", " ");
      long packets =
          Long.parseLong(
              statistics.replaceAll(".*RX: bytes packets [^\\\\]*\\\\ \\d+ (\\d+) .*", "$1"));
      assertTrue(packets < 20_000_000 / 1448 / 2, packets + " frames received");
      assertEquals(
          "",
          Sh.run(
              "ip netns exec n2 nstat -az TcpInCsumErrors | grep -v '#' | grep -v ' 0 ' || true"));
    }
  }

  @Test
  void aTagBesideTheFrameIsPutBack() throws Exception {
    UpcallBatch received = new UpcallBatch(8);
    try (NetNamespace to = NetNamespace.named("n2");
        NetNamespace from = NetNamespace.named("n1")) {
      SendQueue sender = from.run(() -> sender("e0"));
      Memory frame = Memory.allocate(128);
      byte[] tag = {(byte) 0x81, 0, 0, 0x64, 0x08, 0x01};
      frame.buffer().put(22, tag);
      try (PacketPort port = to.run(() -> PacketPort.open(index("e0"), 5))) {
        assertTrue(sender.add(frame, 0, 10, 64));
        assertEquals(1, sender.flush(), sender.errors().toString());
        Seen seen = new Seen();
        for (int i = 0; i < 50 && received.size() == 0; i++) {
          forward(seen);
          received.clear();
          port.receive(received);
        }
        assertEquals(1, received.size());
        assertEquals(0x1064, received.prefix(0).vlanTci());
        assertEquals(0x8100, received.prefix(0).vlanTpid());
        assertEquals(60, received.frameLength(0), "without its tag");
      }
    }
  }

  private static int index(String name) throws IOException {
    try (RouteSocket socket = RouteSocket.open()) {
      return socket.index(name);
    }
  }

  private static SendQueue sender(String name) throws IOException {
    return new SendQueue(PacketSocket.sending(index(name)), 4);
  }

  @Test
  void whatCannotBeSentIsCountedByItsReasonAndTheRestIsSent() throws IOException {
    actions.output(1);
    slots.write(0, key(2), 0, 0, 0, 0, actions);
    actions.clear();
    slots.write(1, key(2), 0, 0, 0, 0, actions);
    Memory frame = Memory.allocate(80_000);
    frame.buffer().put(1, (byte) 77); // no such way to cut
    assertTrue(injector.add(frame, 20, 40, 70_000, 0)); // longer than the MTU
    assertTrue(injector.add(frame, 0, 40, 60, 0)); // with the senseless header
    assertTrue(injector.add(frame, 20, 40, 60, 1)); // dropped: its slot has no actions
    assertTrue(injector.add(frame, 20, 40, 60, 0));
    assertEquals(1, injector.flush());
    assertEquals("EINVAL 1, EMSGSIZE 1, ENOBUFS 1", injector.queue().errors().toString());
    Sh.run("ip link set up0 down");
    assertTrue(injector.add(frame, 20, 40, 60, 0));
    assertEquals(0, injector.flush());
    assertEquals(
        "EINVAL 1, EMSGSIZE 1, ENETDOWN 1, ENOBUFS 1", injector.queue().errors().toString());
    assertEquals(1, injector.queue().sentFrames());
    assertEquals(60, injector.queue().sentBytes());
  }

  private static FlowKey key(int port) {
    FlowKey key = new FlowKey();
    key.inPort(port);
    return key;
  }
}
