// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@KernelTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ThrowawayHostTest {
  private static Path homeNet;
  private static Path homeMounts;
  private static String homeMountTable;
  private static Path directory;

  @BeforeAll
  static void remember() throws IOException {
    homeNet = link("ns/net");
    homeMounts = link("ns/mnt");
    directory = link("cwd");
    homeMountTable = Files.readString(Path.of("/proc/thread-self/mountinfo"));
  }

  @AfterAll
  static void theThreadAndItsMountsAreBack() throws IOException {
    assertEquals(homeNet, link("ns/net"));
    assertEquals(homeMounts, link("ns/mnt"));
    assertEquals(directory, link("cwd"));
    assertEquals(homeMountTable, Files.readString(Path.of("/proc/thread-self/mountinfo")));
  }

  @Test
  @Order(1)
  void aTestIsOnAHostOfItsOwn() throws IOException {
    assertNotEquals(homeNet, link("ns/net"));
    assertNotEquals(homeMounts, link("ns/mnt"));
    assertEquals("", Sh.run("ip netns list"));
    assertTrue(Sh.run("ip -br link show lo").contains("LOOPBACK,UP"));
    Sh.run("ip netns add left; ip link add left type bridge");
    assertTrue(Files.exists(Path.of("/sys/class/net/left")));
  }

  @Test
  @Order(2)
  void nothingIsLeftOfTheTestBefore() {
    assertEquals("", Sh.run("ip netns list"));
    assertFalse(Files.exists(Path.of("/sys/class/net/left")));
  }

  @Test
  @Order(3)
  void aThreadThatIsLeftBehindKeepsNobodyFromComingBack() throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(200);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.setDaemon(true);
    thread.start();
    assertTrue(thread.isAlive());
  }

  @Test
  @Order(4)
  void aCommandThatFailsTellsWhy() {
    AssertionError e = assertThrows(AssertionError.class, () -> Sh.run("ip link show nosuch"));
    assertTrue(e.getMessage().contains("nosuch"), e.getMessage());
    assertTrue(e.getMessage().startsWith("ip link show nosuch: exit 1"), e.getMessage());
  }

  @Test
  @Order(5)
  @RequiresKind("bridge")
  void aKindThatIsThereIsNoReasonToSkip() {
    Sh.run("ip link add br0 type bridge");
  }

  @Test
  @Order(6)
  void theProbeTellsAKindThatIsThereFromOneThatIsNot() {
    assertTrue(KindCondition.exists("bridge"));
    assertFalse(KindCondition.exists("nosuchkind"));
  }

  private static Path link(String name) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/thread-self", name));
  }
}
