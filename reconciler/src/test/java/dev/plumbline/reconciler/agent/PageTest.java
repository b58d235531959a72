// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.render.Schemas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The agent's page and what it asks for, without a browser: {@link PageInBrowserTest} has one. */
@ExtendWith(ThrowawayHost.class)
class PageTest {
  private static final Pattern REFERENCE =
      Pattern.compile("(?:src|href)=\"([^#\"]+)\"|from '\\./([^']+)'");

  @TempDir Path directory;
  private Path run;

  private AgentRun follow(String text) throws IOException {
    Path file = directory.resolve("host.yaml");
    run = directory.resolve("run");
    AgentRun.write(file, text);
    return AgentRun.ofFile(file, directory.resolve("state"));
  }

  private Asked asked(String method, String path, Map<String, String> headers) throws IOException {
    return Asked.unix(run, Asked.request(method, path, headers, ""));
  }

  private Asked askedAs(String host, String path) throws IOException {
    String request =
        new String(Asked.request("GET", path, Map.of(), ""), StandardCharsets.UTF_8)
            .replace("Host: localhost\r\n", host.isEmpty() ? "" : "Host: " + host + "\r\n");
    return Asked.unix(run, request.getBytes(StandardCharsets.UTF_8));
  }

  private Node rows(String query) throws IOException {
    Asked answer = Asked.get(run, "/v1/rows?" + query);
    assertEquals(200, answer.status(), answer.body());
    Schemas.validates("api.schema.json", "rows", answer.body());
    return answer.tree();
  }

  private static List<String> column(Node rows, String name) {
    return rows.nodes("rows").stream().map(row -> row.text(name)).toList();
  }

  @Test
  void thePageIsThereWithAllThatItLoadsAndNothingElseIsLoaded() throws Exception {
    try (AgentRun agent = follow("version: 1\n")) {
      assertTrue(agent.size() > 0);
      Asked page = Asked.get(run, "/");
      assertEquals(200, page.status());
      assertTrue(page.head().contains("text/html; charset=utf-8"), page.head());
      for (String guard :
          List.of(
              "default-src 'none'",
              "frame-ancestors 'none'",
              "require-trusted-types-for 'script'",
              "nosniff",
              "no-store",
              "same-origin")) {
        assertTrue(page.head().contains(guard), guard + " in " + page.head());
      }
      assertFalse(page.head().contains("unsafe"), page.head());
      assertFalse(page.body().matches("(?s).*<script[^>]*>[^<].*"), "a script in the page itself");
      assertFalse(page.body().matches("(?s).* on[a-z]+=.*"), "a handler in the page itself");
      loads("/", page.body());
      for (String nothing :
          List.of("/nothing.js", "/../page.js", "/%2e%2e/PageFiles.class", "/Page.js", "/page/")) {
        assertEquals(404, Asked.get(run, nothing).status(), nothing);
      }
    }
  }

  /** All that it names is there, and so is what that names. */
  private void loads(String from, String text) throws IOException {
    Matcher reference = REFERENCE.matcher(text);
    while (reference.find()) {
      String name = reference.group(1) == null ? reference.group(2) : reference.group(1);
      assertFalse(name.contains("//"), from + " loads " + name);
      if (name.startsWith("/v1/")) {
        continue; // asked for when somebody follows the link
      }
      Asked file = Asked.get(run, "/" + name);
      assertEquals(200, file.status(), from + " loads " + name);
      if (name.endsWith(".js")) {
        assertFalse(file.body().contains("innerHTML"), name);
        assertTrue(file.head().contains("text/javascript"), file.head());
        loads(name, file.body());
      }
    }
  }

  @Test
  void aNameThatIsNotThisMachinesOwnIsRefused() throws Exception {
    try (AgentRun agent = follow("version: 1\n")) {
      assertTrue(agent.size() > 0);
      for (String host :
          List.of("", "localhost:8080", "LOCALHOST", "a.localhost", "127.0.0.1:1", "[::1]:8080")) {
        assertEquals(200, askedAs(host, "/v1/status").status(), host);
      }
      for (String host :
          List.of("evil.example:8080", "localhost.evil.example", "agent", "10.0.0.1", "x")) {
        for (String path : List.of("/", "/v1/status", "/metrics")) {
          Asked refused = askedAs(host, path);
          assertEquals(403, refused.status(), host + path);
          assertTrue(refused.tree().text("problem").contains("localhost"), refused.body());
        }
      }
    }
  }

  @Test
  void aBrowserChangesNothingAndOtherPagesReadNothing() throws Exception {
    try (AgentRun agent = follow("version: 1\n")) {
      assertTrue(agent.size() > 0);
      List<Map<String, String>> browsers =
          List.of(
              Map.of("Origin", "https://evil.example"),
              Map.of("Origin", "null"),
              Map.of("Origin", "http://localhost:8080"),
              Map.of("Sec-Fetch-Site", "same-origin"),
              Map.of(
                  "Sec-Fetch-Site", "cross-site",
                  "Sec-Fetch-Mode", "navigate",
                  "Sec-Fetch-Dest", "document"));
      for (Map<String, String> browser : browsers) {
        for (String path : List.of("pause", "resume", "sync", "apply", "change-flows?bridge=br0")) {
          Asked refused = asked("POST", "/v1/" + path, browser);
          assertEquals(403, refused.status(), browser + path);
          assertTrue(refused.tree().text("problem").contains("change nothing"), refused.body());
        }
      }
      assertEquals(List.of(), agent.events("paused"));
      assertEquals(List.of(), agent.events("asked"));

      for (String site : List.of("cross-site", "same-site")) {
        assertEquals(403, asked("GET", "/v1/status", Map.of("Sec-Fetch-Site", site)).status());
        Map<String, String> framed =
            Map.of(
                "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe");
        assertEquals(403, asked("GET", "/", framed).status());
        Map<String, String> led =
            Map.of(
                "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document");
        assertEquals(200, asked("GET", "/", led).status());
      }
      assertEquals(
          200, asked("GET", "/v1/status", Map.of("Sec-Fetch-Site", "same-origin")).status());
      assertEquals(200, asked("POST", "/v1/pause", Map.of()).status());
      assertEquals(1, agent.events("paused").size());
    }
  }

  @Test
  void rowsAreFilteredSortedAndCountedByTheAgent() throws Exception {
    StringBuilder flows = new StringBuilder();
    for (int i = 0; i < 250; i++) {
      flows.append("      - {priority: ").append(i + 1).append(", match: {tcp: true, tcpDst: ");
      flows.append(1000 + i).append("}, actions: [drop]}\n");
    }
    String text =
        "version: 1\nbridges:\n  br0:\n    flows:\n"
            + flows
            + "  br1: {}\n"
            + "internalPorts:\n  mgmt0: {bridge: br0}\n  mgmt1: {bridge: br1}\n"
            + "patches: {p0: {bridges: [br0, br1]}}\n";
    try (AgentRun agent = follow(text)) {
      assertTrue(agent.size() > 0);
      Node page = rows("of=decided&bridge=br0&sort=priority&descending&offset=10&limit=5");
      assertEquals(250, page.number("total"));
      assertEquals(250, page.number("matched"));
      assertEquals(List.of("240", "239", "238", "237", "236"), column(page, "priority"));
      assertEquals(100, rows("of=decided").nodes("rows").size());
      Node found = rows("of=decided&contains=TP_DST%3D1007%20");
      assertEquals(250, found.number("total"));
      assertEquals(1, found.number("matched"), found.toString());
      assertEquals(List.of("8"), column(found, "priority"));
      assertEquals(0, rows("of=decided&bridge=br1").number("total"));
      assertEquals(0, rows("of=decided&offset=1000").nodes("rows").size());

      Node ports = rows("of=ports&sort=port&descending");
      assertEquals(List.of("p0", "mgmt1", "p0", "mgmt0"), column(ports, "port"));
      assertEquals(List.of("mgmt0"), column(rows("of=ports&contains=MGMT0"), "port"));
      assertEquals(2, rows("of=ports&bridge=br1").number("total"));
      rows("of=cached");
      rows("of=addresses");

      Map<String, String> mistakes =
          Map.of(
              "of=flaws", "of is one of ports, decided, cached and addresses, and not `flaws`",
              "of=ports&sort=mood", "and not `mood`",
              "of=ports&limit=1001", "limit is no whole number from 0 to 1000",
              "of=ports&offset=-1", "offset is no whole number from 0 to",
              "", "of is one of");
      for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
        Asked answer = Asked.get(run, "/v1/rows?" + mistake.getKey());
        assertEquals(400, answer.status(), answer.body());
        assertTrue(answer.tree().text("problem").contains(mistake.getValue()), answer.body());
      }
      assertEquals(
          List.of("br0", "br1"),
          Asked.get(run, "/v1/status").tree().node("switch").texts("bridges"));
    }
  }

  @Test
  void portsOfTheKernelsBridgesAreCountedToo() throws Exception {
    String text =
        """
        version: 1
        namespaces: {guest: {}}
        veths:
          vm1: {peer: {device: eth0, namespace: guest, addresses: [10.7.0.2/24]}}
          vm2: {peer: {device: eth1, namespace: guest}}
        bridges:
          kb0: {datapath: kernel, addresses: [10.7.0.1/24], ports: {vm1: {}}}
          br0: {ports: {vm2: {}}}
        """;
    try (AgentRun agent = follow(text)) {
      assertTrue(agent.size() > 0);
      Sh.run("ping -q -c 3 -i 0.2 -W 5 10.7.0.2");
      Node page = rows("of=ports");
      assertEquals(List.of("vm2", "vm1"), column(page, "port"));
      assertEquals(List.of("device", "kernel"), column(page, "type"));
      assertEquals(List.of("br0", "kb0"), page.texts("bridges"));
      Node kernel = page.nodes("rows").get(1);
      assertEquals("veth", kernel.text("kind"));
      Node part = kernel.nodes("parts").get(0);
      assertTrue(part.flag("up"), part.toString());
      for (String way : List.of("rx", "tx")) {
        assertTrue(part.number(way + "Packets") >= 3, part.toString());
        assertTrue(part.number(way + "Bytes") >= 3 * 98, part.toString());
      }
      assertEquals(List.of("vm1"), column(rows("of=ports&bridge=kb0"), "port"));
      assertEquals(List.of("vm1"), column(rows("of=ports&contains=veth"), "port"));
      assertEquals(1, rows("of=ports&contains=veth").number("matched"));
      assertEquals(List.of(), rows("of=decided&bridge=kb0").nodes("rows"));
    }
  }

  @Test
  void withoutASwitchThereAreNoRows() throws Exception {
    try (AgentRun agent = follow("version: 1\n")) {
      assertTrue(agent.size() > 0);
      for (String of : List.of("ports", "decided", "cached", "addresses")) {
        assertEquals(0, rows("of=" + of).number("total"));
      }
    }
  }

  private Node plan() throws IOException {
    Asked answer = Asked.get(run, "/v1/plan");
    assertEquals(200, answer.status(), answer.body());
    Schemas.validates("api.schema.json", "foreseen", answer.body());
    if (answer.tree().map().get("plan") instanceof Map<?, ?> plan) {
      Schemas.validates("plan.schema.json", JsonTree.document(plan));
    }
    return answer.tree();
  }

  private static List<String> changes(Node foreseen) {
    return foreseen.node("plan").nodes("changes").stream()
        .map(change -> change.text("action") + " " + change.text("address"))
        .toList();
  }

  /** A plan that is younger than a second is given again. */
  private void awaitPlan(List<String> wanted) throws InterruptedException {
    AgentRun.eventually(
        "the plan has " + wanted,
        () -> {
          try {
            return changes(plan()).equals(wanted);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void thePlanIsForTheRevisionThatIsNotAppliedAndChangesNothing() throws Exception {
    Path file = directory.resolve("host.yaml");
    try (AgentRun agent = follow("version: 1\nbridges: {br0: {datapath: kernel}}\n")) {
      Node kept = plan();
      assertTrue(kept.flag("applied"), kept.toString());
      assertEquals(List.of(), changes(kept));

      asked("POST", "/v1/pause", Map.of());
      AgentRun.write(
          file, "version: 1\nbridges: {br0: {datapath: kernel}, br1: {datapath: kernel}}\n");
      awaitPlan(List.of("create bridges.br1"));
      assertFalse(plan().flag("applied"));
      Sh.run("ip link del br0");
      awaitPlan(List.of("create bridges.br0", "create bridges.br1"));
      assertFalse(Sh.run("ip -br link").contains("br1"));

      int since = agent.size();
      asked("POST", "/v1/resume", Map.of());
      agent.await(since, "applied ");
      Sh.run("ip link show br1");
      awaitPlan(List.of());

      since = agent.size();
      AgentRun.write(file, "version: 1\nbridgets: {}\n");
      agent.await(since, "is refused");
      AgentRun.eventually(
          "what cannot be read is not planned for",
          () -> {
            try {
              Node mistaken = plan();
              return mistaken.map().get("plan") == null
                  && mistaken.texts("problems").get(0).contains("host.yaml:2:1");
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });

      // A plan reads the host: what it saw must not be missed by whoever follows events.
      since = agent.size();
      Sh.run("ip link del br1");
      plan();
      agent.await(since, "drift: ");
      Sh.run("ip link show br1");
    }
  }

  @Test
  void thePictureIsOfThisHostAndRunsNothing() throws Exception {
    try (AgentRun agent = follow("version: 1\nbridges: {br-seen: {datapath: kernel}}\n")) {
      assertTrue(agent.size() > 0);
      Asked picture = Asked.get(run, "/v1/picture");
      assertEquals(200, picture.status(), picture.body());
      assertTrue(picture.head().contains("image/svg+xml"), picture.head());
      assertTrue(picture.head().contains("sandbox"), picture.head());
      assertFalse(picture.head().contains("script-src"), picture.head());
      assertTrue(picture.body().contains("br-seen"), picture.body());
      assertEquals(picture.body(), Asked.get(run, "/v1/picture").body(), "the same for a while");
    }
  }

  @Test
  void asMuchDriftAsIsAskedFor() throws Exception {
    try (AgentRun agent = follow("version: 1\nbridges: {br0: {datapath: kernel}}\n")) {
      for (int i = 0; i < 3; i++) {
        int since = agent.size();
        Sh.run("ip link del br0");
        agent.await(since, "drift: ");
      }
      assertEquals(2, Asked.get(run, "/v1/status?drift=2").tree().nodes("drift").size());
      assertEquals(0, Asked.get(run, "/v1/status?drift=0").tree().nodes("drift").size());
      Asked all = Asked.get(run, "/v1/status");
      assertTrue(all.tree().nodes("drift").size() >= 3, all.body());
      assertEquals(400, Asked.get(run, "/v1/status?drift=all").status());
    }
  }
}
