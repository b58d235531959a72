// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file in which traffic does not go where it says is refused. */
class ReachabilityTest {
  private static final String FILE =
      """
      version: 1
      namespaces: {web: {}, db: {}}
      bridges: {br0: {ports: {eth1: {vlan: {trunk: [10]}}}}}
      internalPorts:
        web0: {bridge: br0, namespace: web, device: eth0, vlan: {access: 10}, addresses: [10.1.0.2/24]}
        db0:  {bridge: br0, namespace: db, device: eth0, vlan: {access: %s}, addresses: [10.1.0.9/24]}
      reachability:
        web-db: {from: web, to: 10.1.0.9, expect: delivered, tcp: 5432}
        web-mgmt: {from: web, to: host, expect: dropped}
        web-out: {from: web, to: 10.1.0.200, expect: leaves}
      interfaces: {lo1: {addresses: [192.168.50.10/24]}}
      """;

  @TempDir private Path directory;
  private final CommandRun run = new CommandRun();

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("host.yaml"), text);
  }

  @Test
  void whatHoldsIsValid() throws IOException {
    assertEquals(
        ExitCode.DONE, run.execute("validate", write(FILE.formatted("10")).toString()), run.out());
    assertEquals("", run.out());
  }

  @Test
  void whatDoesNotHoldIsAnErrorWithItsPlaceAndReason() throws IOException {
    Path file = write(FILE.formatted("11"));
    assertEquals(ExitCode.ERROR, run.execute("validate", file.toString()));
    String out = run.out();
    assertTrue(
        out.startsWith(file + ":8:3: reachability.web-db: what web sends to 10.1.0.9 "), out);
    assertTrue(out.stripTrailing().endsWith(", expected delivered"), out);
    assertEquals(1, out.lines().count(), out);
  }

  @Test
  void aPlanIsRefusedAsWellAndAWayCanStillBeAskedFor() throws IOException {
    Path file = write(FILE.formatted("11").replace("expect: dropped", "expect: delivered"));
    Path live = directory.resolve("live.json");
    Files.writeString(live, "{\"version\": 1, \"host\": \"h\", \"resources\": []}");
    assertEquals(ExitCode.ERROR, run.execute("plan", file.toString(), "--live", live.toString()));
    assertTrue(run.err().contains("reachability.web-db"), run.err());
    assertTrue(
        run.err().contains("no route of web leads to 192.168.50.10, expected delivered"),
        run.err());
    assertEquals(ExitCode.DONE, run.execute("path", file.toString(), "web", "db"), run.err());
  }

  @Test
  void aGuestsAddressIsSaidWithTheExpectation() throws IOException {
    String file =
        """
        version: 1
        bridges: {br0: {ports: {eth0: {}, vnet0: {}}}}
        internalPorts: {m0: {bridge: br0, addresses: [192.0.2.10/24]}}
        reachability:
          guest: {from: vnet0, %sto: 192.0.2.10, expect: delivered}
        """;
    Path said = write(file.formatted("source: 192.0.2.50, "));
    assertEquals(ExitCode.DONE, run.execute("validate", said.toString()), run.out());
    Path silent = write(file.formatted(""));
    assertEquals(ExitCode.ERROR, run.execute("validate", silent.toString()));
    assertTrue(run.out().contains("the address of whoever is behind vnet0"), run.out());
  }

  @Test
  void whoIsNotThereIsAnErrorToo() throws IOException {
    Path file = write(FILE.formatted("10").replace("from: web, to: host", "from: wep, to: host"));
    assertEquals(ExitCode.ERROR, run.execute("validate", file.toString()));
    assertTrue(run.out().contains("reachability.web-mgmt: there is no `wep`"), run.out());
  }
}
