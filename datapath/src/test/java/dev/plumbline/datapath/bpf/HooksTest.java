// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.traffic.BpfFilter;
import dev.plumbline.netlink.traffic.Clsact;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@KernelTest
class HooksTest {
  private static final int DEVICE = 77;
  private static final int PEER = 78;

  @TempDir Path temporary;
  private BpfFs pins;

  @BeforeEach
  void prepare() throws IOException {
    pins = BpfFs.mount(temporary.resolve("bpf"));
    makeDevices();
  }

  @AfterEach
  void unmount() throws IOException {
    pins.unmount();
  }

  private static void makeDevices() {
    Sh.run(
        "ip link add v0 index 77 type veth peer name v1 index 78"
            + "; ip link set v0 up; ip link set v1 up; ip addr add 192.0.2.1/24 dev v0"
            + "; ip neigh replace 192.0.2.2 lladdr 02:00:00:00:00:02 dev v0"
            // Before it has its carrier nothing is sent.
            + "; for i in $(seq 600); do"
            + " ip -br link show v0 | grep -q ' UP ' && exit 0; sleep 0.05; done; exit 1");
  }

  /** Some frames out of v0, into v1. */
  private static void send(int frames) {
    Sh.run("ping -q -c " + frames + " -i 0.002 -W 0.01 192.0.2.2 > /dev/null; true");
  }

  private Hooks hooks(String mechanism) throws IOException {
    if (mechanism.equals("clsact")) {
      return new ClsactHooks();
    }
    if (!TcxHooks.supported()) {
      String reason = "kernel has no tcx (Linux 6.6): test with tcx skipped here";
      System.err.println(reason);
      Assumptions.abort(reason);
    }
    return new TcxHooks(pins);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void programSeesTheFramesOfItsHook(String mechanism) throws IOException {
    try (Hooks hooks = hooks(mechanism);
        BpfObject object = Fixture.passing()) {
      assertEquals(mechanism, hooks.mechanism());
      hooks.attach(Hook.egress(DEVICE), object.program("count"));
      hooks.attach(Hook.ingress(PEER), object.program("count"));
      send(5);
      assertTrue(Fixture.counted(object, DEVICE) >= 5, "out");
      assertTrue(Fixture.counted(object, PEER) >= 5, "in");
      assertTrue(hooks.detach(Hook.egress(DEVICE)));
      assertFalse(hooks.detach(Hook.egress(DEVICE)));
      long before = Fixture.counted(object, DEVICE);
      send(5);
      assertEquals(before, Fixture.counted(object, DEVICE));
      assertTrue(hooks.detach(Hook.ingress(PEER)));
      assertEquals(List.of(), hooks.list());
      assertEquals("", Sh.run("tc qdisc show dev v0 | grep clsact || true"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void whatSomebodyTakesOffIsNoticedAndCanBePutBack(String mechanism) throws IOException {
    try (Hooks hooks = hooks(mechanism);
        BpfObject object = Fixture.passing()) {
      Hook hook = Hook.ingress(PEER);
      assertFalse(hooks.isAttached(hook));
      hooks.attach(hook, object.program("count"));
      assertTrue(hooks.isAttached(hook));
      Sh.run(
          mechanism.equals("tcx")
              ? "rm " + pins.pin("tcx-" + PEER + "-ingress")
              : "tc filter delete dev v1 ingress");
      assertFalse(hooks.isAttached(hook));
      hooks.attach(hook, object.program("count"));
      assertTrue(hooks.isAttached(hook));
      send(5);
      assertTrue(Fixture.counted(object, PEER) >= 5);
      assertTrue(hooks.detach(hook));
      assertFalse(hooks.isAttached(hook));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void staysWithoutUsAndIsFoundAndReplacedByTheNextOne(String mechanism)
      throws IOException, InterruptedException {
    int first;
    try (Hooks hooks = hooks(mechanism);
        BpfObject object = Fixture.passing()) {
      hooks.attach(Hook.ingress(PEER), object.program("count"));
      hooks.attach(Hook.egress(PEER), object.program("count"));
      first = object.program("count").id();
    }
    try (Hooks hooks = hooks(mechanism);
        BpfObject object = Fixture.passing()) {
      assertEquals(
          List.of(
              new Attachment(Hook.ingress(PEER), first), new Attachment(Hook.egress(PEER), first)),
          sorted(hooks.list()));
      try (BpfProgram running = BpfProgram.byId(first)) {
        assertEquals("count", running.name());
      }
      hooks.attach(Hook.ingress(PEER), object.program("count_twice"));
      assertEquals(
          new Attachment(Hook.ingress(PEER), object.program("count_twice").id()),
          sorted(hooks.list()).get(0));
      send(5);
      long counted = Fixture.counted(object, PEER);
      assertTrue(counted >= 10 && counted % 2 == 0, "" + counted);
      hooks.detach(Hook.ingress(PEER));
      hooks.detach(Hook.egress(PEER));
    }
    assertTrue(isGone(first), "nobody holds it any more");
  }

  /** The kernel frees a filter's program some time after the filter. */
  private static boolean isGone(int program) throws IOException, InterruptedException {
    for (int attempt = 0; attempt < 500; attempt++) {
      try {
        BpfProgram.byId(program).close();
        Thread.sleep(10);
      } catch (ErrnoException e) {
        return e.errno() == Errno.ENOENT;
      }
    }
    return false;
  }

  private static List<Attachment> sorted(List<Attachment> all) {
    return all.stream().sorted(Comparator.comparing(one -> one.hook().direction())).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void deviceThatGoesAndComesBackIsAttachedAnew(String mechanism) throws IOException {
    try (Hooks hooks = hooks(mechanism);
        BpfObject object = Fixture.passing()) {
      hooks.attach(Hook.ingress(PEER), object.program("count"));
      Sh.run("ip link del v0");
      makeDevices();
      hooks.attach(Hook.ingress(PEER), object.program("count"));
      send(3);
      assertTrue(Fixture.counted(object, PEER) >= 3);
      Sh.run("ip link del v0");
      assertFalse(hooks.detach(Hook.ingress(PEER)) && hooks.list().isEmpty(), "it had gone");
      assertEquals(List.of(), hooks.list());
      assertEquals(List.of(), pins.pins(), "nothing is left");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void othersOnTheSameHookAreLeftAlone(String mechanism) throws IOException {
    try (Hooks hooks = hooks(mechanism);
        BpfObject object = Fixture.passing()) {
      try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
        socket.request(Clsact.add(PEER));
        BpfFilter other = new BpfFilter(PEER, Clsact.INGRESS, 5, 1, "other", 0);
        socket.request(other.put(object.program("count_twice").fd()));
      }
      hooks.attach(Hook.ingress(PEER), object.program("count"));
      assertEquals(1, hooks.list().size());
      assertTrue(hooks.detach(Hook.ingress(PEER)));
      String left = Sh.run("tc filter show dev v1 ingress");
      assertTrue(left.contains("other"), left);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void absentDeviceIsTheKernelsError(String mechanism) throws IOException {
    try (Hooks hooks = hooks(mechanism);
        BpfObject object = Fixture.passing()) {
      IOException e =
          assertThrows(
              IOException.class, () -> hooks.attach(Hook.ingress(4711), object.program("count")));
      int errno =
          e instanceof ErrnoException failure ? failure.errno() : ((NetlinkException) e).errno();
      assertEquals(Errno.ENODEV, errno, e.getMessage());
      assertTrue(e.getMessage().contains("4711"), e.getMessage());
      assertFalse(hooks.detach(Hook.ingress(4711)));
    }
  }
}
