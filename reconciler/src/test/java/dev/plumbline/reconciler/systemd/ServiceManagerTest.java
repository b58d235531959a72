// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceManagerTest {
  private static final String OWN = Long.toString(ProcessHandle.current().pid());

  @TempDir private Path directory;

  @Test
  void withoutAManagerNobodyIsTold() throws Exception {
    try (ServiceManager manager = ServiceManager.of(Map.of("WATCHDOG_USEC", "1000000"))) {
      assertFalse(manager.isThere());
      assertNull(manager.watchdog());
      manager.say("READY=1");
    }
  }

  @Test
  void aManagerAtAPathHearsWhatIsSaid() throws Exception {
    hears(directory.resolve("notify").toString());
  }

  @Test
  void aManagerWithAnAbstractNameHearsWhatIsSaid() throws Exception {
    hears("@plumbline-test-" + UUID.randomUUID());
  }

  private static void hears(String name) throws Exception {
    try (NotifySocket socket = new NotifySocket(name);
        ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", name))) {
      assertTrue(manager.isThere());
      manager.say("READY=1", "STATUS=in-sync; at 3f2c1ab \u201cweb\u201d");
      assertEquals("READY=1", socket.await(line -> true));
      assertEquals("STATUS=in-sync; at 3f2c1ab \u201cweb\u201d", socket.await(line -> true));
      manager.say("STOPPING=1");
      assertEquals("STOPPING=1", socket.await(line -> true));
    }
  }

  @Test
  void aManagerThatDoesNotListenIsNotWaitedFor() throws Exception {
    String name = directory.resolve("notify").toString();
    try (NotifySocket socket = new NotifySocket(name);
        ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", name))) {
      // More than any socket holds: net.unix.max_dgram_qlen is 512 at most here.
      for (int i = 0; i < 5_000; i++) {
        manager.say("STATUS=" + i);
      }
      assertEquals("STATUS=0", socket.await(line -> true));
    }
  }

  @Test
  void aManagerThatIsGoneIsAnError() throws Exception {
    String name = directory.resolve("notify").toString();
    NotifySocket socket = new NotifySocket(name);
    try (ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", name))) {
      socket.close();
      IOException gone = assertThrows(IOException.class, () -> manager.say("READY=1"));
      assertTrue(gone.getMessage().contains("ECONNREFUSED"), gone.getMessage());
    }
    Map<String, String> none = Map.of("NOTIFY_SOCKET", directory.resolve("none").toString());
    assertTrue(
        assertThrows(IOException.class, () -> ServiceManager.of(none))
            .getMessage()
            .contains("cannot be reached"));
    assertThrows(
        IOException.class, () -> ServiceManager.of(Map.of("NOTIFY_SOCKET", "vsock:2:1234")));
  }

  @Test
  void theWatchdogIsOfThisProcessAlone() throws Exception {
    assertEquals(Duration.ofSeconds(3), watchdog("3000000", ""));
    assertEquals(Duration.ofSeconds(3), watchdog("3000000", OWN));
    assertNull(watchdog("3000000", "1"));
    for (String wrong : new String[] {"x", "0", "-1", "99999999999999999999"}) {
      assertThrows(IOException.class, () -> watchdog(wrong, OWN), wrong);
    }
  }

  private Duration watchdog(String micros, String process) throws Exception {
    String name = directory.resolve("w" + UUID.randomUUID()).toString();
    try (NotifySocket socket = new NotifySocket(name);
        ServiceManager manager =
            ServiceManager.of(
                Map.of(
                    "NOTIFY_SOCKET", socket.name(),
                    "WATCHDOG_USEC", micros,
                    "WATCHDOG_PID", process))) {
      return manager.watchdog();
    }
  }
}
