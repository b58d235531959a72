// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bonds and their members get other names, and are down or up as the file says. */
@KernelTest
@RequiresKind({"bond", "dummy"})
class BondNamesTest {
  private static final String APART =
      """
      dummies: {d0: {}, d1: {}}
      bonds:
        b0: {mode: active-backup, members: [%s]%s}
        b1: {mode: active-backup, members: []}
      """;
  private static final String EXCHANGED =
      """
      dummies: {d0: {device: d1}, d1: {device: d0}}
      bonds:
        b0: {device: b1, mode: active-backup, members: [d1, d0], primary: d1}
        b1: {device: b0, mode: active-backup, members: []}
      """;

  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  private static String primary(String bond) {
    return Sh.run("cat /sys/class/net/" + bond + "/bonding/primary").strip();
  }

  @Test
  void aBondPrefersNobodyWhoComesBackUnderTheNameOfTheOneItPreferred() throws IOException {
    var unused = host.applied(APART.formatted("d0, d1", ", primary: d0"));
    Sh.run("ip link del d0");
    unused = host.applied(APART.formatted("d0, d1", ""));
    assertEquals("", primary("b0"));
  }

  @Test
  void bondsAndMembersExchangeTheirNamesAndPreferWhomTheFileSays() throws IOException {
    var unused = host.applied(APART.formatted("d0", ", primary: d0"));
    assertEquals("d0", primary("b0"));
    unused = host.applied(EXCHANGED);
    assertEquals("d0", primary("b1")); // which is dummies.d1
    unused = host.applied(APART.formatted("d0, d1", ", primary: d1"));
    assertEquals("d1", primary("b0"));
  }

  @Test
  void whoWasRenamedByHandLeavesItsBondWithTheNextFile() throws IOException {
    for (String renamed : new String[] {"d0", "b1"}) {
      var unused = host.applied(EXCHANGED);
      // Down and up: before Linux 6.2 no device that is up gets another name.
      Sh.run("ip link set " + renamed + " down && ip link set " + renamed + " name z up");
      unused = host.applied(APART.formatted("", ""));
      for (String device : new String[] {"d0", "d1"}) {
        String shown = Sh.run("ip link show " + device);
        assertTrue(!shown.contains("master"), shown);
      }
    }
  }

  @Test
  void aMemberThatIsToBeDownIsSetDownAgain() throws IOException {
    String file = "dummies: {d0: {up: false}}\nbonds: {b0: {mode: balance-rr, members: [%s]}}\n";
    var unused = host.applied(file.formatted(""));
    unused = host.applied(file.formatted("d0"));
    String shown = Sh.run("ip link show d0");
    assertTrue(shown.contains("master b0") && shown.contains("state DOWN"), shown);
  }
}
