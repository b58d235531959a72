// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.api.ApiOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who may ask an agent what, and where. On a throwaway host, but not in user-mode Linux too:
 * nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class ListenerTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @TempDir Path directory;

  @BeforeEach
  void loopback() {
    Sh.run("ip link set lo up");
  }

  private AgentRun start(String text, ApiOptions access) throws IOException {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, text);
    return AgentRun.start(
        new AgentOptions(
            new AgentOptions.File(file),
            "alpha",
            Duration.ofSeconds(30),
            directory.resolve("state"),
            directory.resolve("run"),
            access,
            null));
  }

  private static ApiOptions at(InetAddress address, int port) {
    return new ApiOptions(null, new InetSocketAddress(address, port), null, null, null, null);
  }

  private static int port(AgentRun agent) {
    return Integer.parseInt(agent.await("listening on http").replaceAll(".*:", ""));
  }

  @Test
  void healthAndMetricsAreForAnybodyAndNothingElseIs() throws Exception {
    try (AgentRun agent = start("version: 1\nnothing: {}\n", at(LOOPBACK, 0))) {
      int port = port(agent);
      agent.await("is refused");
      Asked alive = Asked.get(port, "/healthz");
      assertEquals(200, alive.status());
      assertTrue(alive.tree().flag("alive"), alive.toString());
      Asked ready = Asked.get(port, "/readyz");
      assertEquals(503, ready.status());
      assertTrue(ready.tree().texts("reasons").contains("no revision was applied yet"));

      AgentRun.write(directory.resolve("host.yaml"), "version: 1\n");
      agent.await("applied ");
      AgentRun.eventually(
          "ready",
          () -> {
            try {
              return Asked.get(port, "/readyz").status() == 200;
            } catch (IOException e) {
              return false;
            }
          });
      assertEquals(1, Asked.get(port, "/metrics").metric("plumbline_in_sync"));

      Asked status = Asked.get(port, "/v1/status");
      assertEquals(403, status.status());
      assertTrue(status.tree().text("problem").contains("--api-token-file"), status.toString());
      Asked pause = Asked.tcp(port, "POST", "/v1/pause", Map.of(), "");
      assertEquals(403, pause.status());
      assertTrue(pause.tree().text("problem").contains("Unix socket alone"), pause.toString());
      Asked hook = Asked.tcp(port, "POST", "/webhook", Map.of(), "{}");
      assertEquals(404, hook.status());
      assertTrue(hook.tree().text("problem").contains("--webhook-secret-file"), hook.toString());
    }
  }

  @Test
  void theAddressMayBeOneThatTheAgentGivesToTheHost() throws Exception {
    InetAddress later = InetAddress.getByAddress(new byte[] {10, 99, 0, 1});
    String file = "version: 1\nbridges: {br0: {datapath: kernel%s}}\n";
    try (AgentRun agent = start(String.format(file, ""), at(later, 9469))) {
      agent.await("cannot listen on .*10.99.0.1:9469 yet, trying on: Cannot assign");
      agent.await("applied ");
      AgentRun.write(
          directory.resolve("host.yaml"), String.format(file, ", addresses: [10.99.0.1/24]"));
      agent.await("listening on http://10.99.0.1:9469");
      try (Socket socket = new Socket(later, 9469)) {
        assertEquals(
            200, Asked.of(socket, Asked.request("GET", "/healthz", Map.of(), "")).status());
      }
    }
  }

  @Test
  void overTlsTheTokenLetsReadAndTheFilesMayBeExchanged() throws Exception {
    TestCertificate first = TestCertificate.make(directory, "first");
    TestCertificate second = TestCertificate.make(directory, "second");
    Path certificate = Files.copy(first.certificate(), directory.resolve("cert.pem"));
    Path key = Files.copy(first.key(), directory.resolve("key.pem"));
    Path token = Files.writeString(directory.resolve("token"), "t0ken\n");
    ApiOptions access =
        new ApiOptions(null, new InetSocketAddress(LOOPBACK, 0), certificate, key, token, null);
    try (AgentRun agent = start("version: 1\n", access)) {
      int port = port(agent);
      agent.await("applied ");
      assertEquals(200, first.ask(port, "/metrics", null).status());
      assertEquals(401, first.ask(port, "/v1/status", null).status());
      assertEquals(401, first.ask(port, "/v1/status", "t0ke").status());
      Asked status = first.ask(port, "/v1/status", "t0ken");
      assertEquals(200, status.status());
      assertEquals("alpha", status.tree().text("host"));

      Files.writeString(token, "other\n");
      assertEquals(401, first.ask(port, "/v1/status", "t0ken").status());
      assertEquals(200, first.ask(port, "/v1/status", "other").status());

      Files.writeString(certificate, "no certificate\n");
      assertEquals(200, first.ask(port, "/healthz", null).status(), "the one before stays");
      agent.await("cannot be used: .*; the one before stays");
      Files.copy(second.key(), key, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      Files.copy(
          second.certificate(), certificate, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertEquals(200, second.ask(port, "/healthz", null).status());

      assertEquals(-1, plain(port), "without TLS there is no answer");
    }
  }

  private static int plain(int port) {
    try {
      return Asked.get(port, "/healthz").status();
    } catch (IOException e) {
      return -1;
    }
  }

  private static String ask(String who, Path run, String method, String path) {
    return Sh.run(
        "setpriv "
            + who
            + " curl -s -o /dev/null -w '%{http_code}' -X "
            + method
            + " --unix-socket "
            + run.resolve("agent.sock")
            + " http://localhost"
            + path
            + " || true");
  }

  /** The test's directory is root's, so the run directory is one that others can reach. */
  private AgentRun startInTmp(Path run, @Nullable String group) throws IOException {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, "version: 1\n");
    return AgentRun.start(
        new AgentOptions(
            new AgentOptions.File(file),
            "alpha",
            Duration.ofSeconds(30),
            directory.resolve("state"),
            run,
            new ApiOptions(group, null, null, null, null, null),
            null));
  }

  @Test
  void rootDoesAllAGroupReadsAndOthersDoNothing() throws Exception {
    Path run = Files.createTempDirectory("plumbline-run");
    String other = "--reuid 65533 --regid 65533 --clear-groups";
    String primary = "--reuid 65533 --regid 4 --clear-groups";
    String member = "--reuid 65533 --regid 65533 --groups 4";
    // Root's own way past the socket's mode is not a way past what the kernel says of the user.
    String capable = other + " --inh-caps +dac_override --ambient-caps +dac_override";
    String group = Sh.run("getent group 4").split(":", 2)[0];
    try {
      try (AgentRun agent = startInTmp(run, group)) {
        agent.await("applied ");
        assertEquals("200", ask("--reuid 0", run, "GET", "/v1/status"));
        assertEquals("200", ask("--reuid 0", run, "POST", "/v1/resume"));
        for (String reader : new String[] {primary, member}) {
          assertEquals("200", ask(reader, run, "GET", "/v1/status"), reader);
          assertEquals("200", ask(reader, run, "GET", "/metrics"), reader);
          assertEquals("403", ask(reader, run, "POST", "/v1/pause"), reader);
        }
        assertEquals("000", ask(other, run, "GET", "/v1/status"), "it cannot even connect");
      }
      try (AgentRun agent = startInTmp(run, null)) {
        agent.await("applied ");
        assertEquals("000", ask(primary, run, "GET", "/v1/status"));
        assertEquals("403", ask(capable, run, "GET", "/v1/status"));
        assertEquals("403", ask(capable, run, "POST", "/v1/pause"));
        assertFalse(Asked.get(run, "/v1/status").tree().node("pause").flag("paused"));
      }
    } finally {
      Sh.run("rm -rf " + run);
    }
  }
}
