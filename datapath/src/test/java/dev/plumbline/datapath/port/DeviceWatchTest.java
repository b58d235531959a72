// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@KernelTest
class DeviceWatchTest {
  private DeviceWatch watch;

  @BeforeEach
  void open() throws IOException {
    Sh.run("ip link add v0 address 02:00:00:00:00:0a type veth peer name v1");
    watch = DeviceWatch.open();
  }

  @AfterEach
  void close() {
    watch.close();
  }

  private Device device(String name) {
    Device device = watch.device(name);
    assertNotNull(device, name);
    return device;
  }

  /** Polls until it is so: carrier is told of by the kernel in its own time. */
  private List<DeviceChange> pollUntil(BooleanSupplier condition) throws Exception {
    List<DeviceChange> all = new ArrayList<>();
    long deadline = System.nanoTime() + 30_000_000_000L;
    do {
      all.addAll(watch.poll());
      if (condition.getAsBoolean()) {
        return all;
      }
      Thread.sleep(5);
    } while (System.nanoTime() < deadline);
    throw new AssertionError("not so after 30 s; changes were " + all);
  }

  @Test
  void theFirstPollTellsWhatIsThere() throws IOException {
    List<DeviceChange> changes = watch.poll();
    assertEquals(3, changes.size(), changes.toString()); // lo, v0, v1
    assertTrue(changes.stream().allMatch(change -> change.before() == null));
    Device v0 = device("v0");
    assertEquals("veth", v0.kind());
    assertEquals(1500, v0.mtu());
    assertEquals(0x02000000000aL, v0.mac());
    assertFalse(v0.isUp());
    assertFalse(v0.hasCarrier());
    assertFalse(v0.hasPeerElsewhere());
    assertEquals(v0, watch.device(v0.ifindex()));
    assertEquals(List.of(), watch.poll());
  }

  @Test
  void settingsAndCarrierAreFollowed() throws Exception {
    watch.poll();
    Sh.run("ip link set v0 mtu 1400 address 02:00:00:00:00:0b");
    List<DeviceChange> changes = watch.poll();
    assertEquals(1, changes.size(), changes.toString());
    assertEquals(1400, device("v0").mtu());
    assertEquals(0x02000000000bL, device("v0").mac());
    assertFalse(changes.get(0).isOtherDevice());
    Sh.run("ip link set v0 up; ip link set v1 up");
    pollUntil(() -> device("v0").hasCarrier() && device("v1").hasCarrier());
    Sh.run("ip link set v1 down");
    pollUntil(() -> device("v0").isUp() && !device("v0").hasCarrier());
  }

  @Test
  void aPeerThatMovesElsewhereIsNoticed() throws Exception {
    Sh.run("ip netns add n; ip link set v0 up; ip link set v1 up");
    watch.poll();
    assertFalse(device("v0").hasPeerElsewhere());
    Sh.run("ip link set v1 netns n; ip -n n link set v1 up");
    pollUntil(() -> device("v0").hasPeerElsewhere() && device("v0").hasCarrier());
    assertNull(watch.device("v1"));
    Sh.run("ip -n n link set v1 netns $$; ip link set v1 up");
    pollUntil(() -> !device("v0").hasPeerElsewhere() && device("v0").hasCarrier());
  }

  @Test
  void aDeviceThatIsMadeAnewIsAnotherOne() throws IOException {
    watch.poll();
    int before = device("v0").ifindex();
    Sh.run("ip link delete v0; ip link add v0 type veth peer name v1");
    List<DeviceChange> changes = watch.poll();
    assertEquals(2, changes.size(), changes.toString());
    assertTrue(changes.stream().allMatch(DeviceChange::isOtherDevice));
    assertNotEquals(before, device("v0").ifindex());
    assertNull(watch.device(before));
  }

  @Test
  void renamesAreFollowedEvenWhenTheyCross() throws IOException {
    watch.poll();
    int v0 = device("v0").ifindex();
    int v1 = device("v1").ifindex();
    Sh.run("ip link set v0 name x; ip link set v1 name v0; ip link set x name v1");
    List<DeviceChange> changes = watch.poll();
    assertEquals(2, changes.size(), changes.toString());
    assertEquals(v1, device("v0").ifindex());
    assertEquals(v0, device("v1").ifindex());
    assertNull(watch.device("x"));
  }

  @Test
  void leavingABridgeIsNotTheEndOfADevice() throws IOException {
    Sh.run("ip link add name br9 type bridge; ip link set v0 master br9");
    watch.poll();
    assertEquals(device("br9").ifindex(), device("v0").master());
    Sh.run("ip link set v0 nomaster");
    watch.poll();
    assertEquals(0, device("v0").master());
    Sh.run("ip link delete v0");
    watch.poll();
    assertNull(watch.device("v0"));
  }

  @Test
  void lostEventsAreMadeUpForByReadingAgain() throws IOException {
    watch.poll();
    assertEquals(1, watch.readings());
    watch.receiveBufferBytes(4096);
    Sh.run(
        "for i in $(seq 60); do ip link set v0 mtu $((1300 + i)); done"
            + "; ip link delete v0; ip link add w0 type veth peer name w1");
    List<DeviceChange> changes = watch.poll();
    assertTrue(watch.readings() > 1, "no events were lost");
    assertNull(watch.device("v0"));
    assertNotNull(watch.device("w0"));
    assertEquals(4, changes.size(), changes.toString());
    assertEquals(List.of(), watch.poll());
  }

  @Test
  void aClaimIsUndoneToWhatWasBefore() throws IOException {
    Sh.run("ip link set v1 up promisc on");
    watch.poll();
    DeviceClaim v0 = watch.claim(device("v0"));
    DeviceClaim v1 = watch.claim(device("v1"));
    watch.poll();
    assertTrue(device("v0").isUp() && device("v0").isPromiscuous());
    watch.release(v0);
    watch.release(v1);
    watch.poll();
    assertFalse(device("v0").isUp() || device("v0").isPromiscuous());
    assertTrue(device("v1").isUp() && device("v1").isPromiscuous());
    Sh.run("ip link delete v0");
    watch.release(v0);
  }
}
