// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What is remembered, when it is damaged or when somebody else writes it, too. On a throwaway host,
 * but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class MemoryTest {
  private static final String NETWORK =
      """
      namespaces: {web: {}}
      veths: {vm: {peer: {device: eth0, namespace: web}}}
      bridges: {br: {datapath: kernel, ports: {vm: {}}, addresses: [10.0.0.1/24]}}
      interfaces: {f: {mtu: 1300}, g: {mtu: 1320}}
      routes: [{to: 10.9.0.0/16, via: 10.0.0.9}]
      """;

  private TestHost host;
  private Path file;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
    file = host.state.resolve("ownership");
    Sh.run("ip link add f type veth peer name g");
    host.applied(NETWORK);
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  @Test
  void aFileThatWasCutAnywhereIsNoticedAndNothingIsTouched() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    // Without its last newline the file still says all that it said.
    for (int length = 0; length < whole.length - 1; length++) {
      Files.write(file, Arrays.copyOf(whole, length));

      IOException refused = assertThrows(IOException.class, () -> host.plan(""), "at " + length);

      String said = refused.getMessage();
      assertTrue(said.startsWith(file + ":"), said);
      assertTrue(said.contains("damaged") && said.contains("move it away"), said);
      assertThrows(IOException.class, () -> Host.open(host.state).close());
    }
    Files.write(file, whole);
    assertEquals(0, host.plan(NETWORK).changes().size(), "nothing was touched");
    host.applied("");
    assertTrue(Sh.run("ip link show f").contains("mtu 1500"));
  }

  @Test
  void aFileOfOtherBytesIsNoticed() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (byte wrong : new byte[] {0, '\n', '\t', (byte) 0xff}) {
      byte[] spoilt = whole.clone();
      Arrays.fill(spoilt, 10, 40, wrong);
      Files.write(file, spoilt);

      IOException refused = assertThrows(IOException.class, () -> host.plan(""));

      assertTrue(refused.getMessage().contains("damaged"), refused.getMessage());
    }
  }

  @Test
  void withoutItWhatWasMadeIsKnownByItsMarksAndGoes() throws IOException {
    Files.move(file, host.state.resolve("ownership.damaged"));
    host.restart();
    assertEquals(0, host.plan(NETWORK).changes().size(), "nothing is lost");

    host.applied("");

    assertEquals("g@f f@g", TestHost.devices());
    assertEquals("", Sh.run("ip netns list").strip());
    assertEquals("", Sh.run("ip route show proto 112").strip());
    assertTrue(Sh.run("ip link show f").contains("mtu 1300"), "as the message says: not set back");
  }

  @Test
  void aPlanThatAnotherProcessHasOvertakenIsRefused() throws IOException {
    Goal goal = TestHost.goal(NETWORK + "rules: [{from: 10.3.0.0/16, table: 5, priority: 500}]\n");
    LiveState live = host.host.read(goal);
    Plan plan = host.host.plan(goal, live);
    try (Host other = Host.open(host.state)) {
      Goal empty = TestHost.goal("");
      LiveState now = other.read(empty);
      other.apply(empty, now, other.plan(empty, now), Progress.silent());
    }

    BusyException refused =
        assertThrows(
            BusyException.class, () -> host.host.apply(goal, live, plan, Progress.silent()));

    long pid = ProcessHandle.current().pid();
    assertTrue(refused.getMessage().startsWith("process " + pid + " has applied with"));
    assertFalse(Sh.run("ip rule").contains("10.3.0.0"), "nothing was changed");
    host.applied(NETWORK);
  }
}
