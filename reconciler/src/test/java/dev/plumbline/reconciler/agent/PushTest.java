// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.api.ApiOptions;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitHttpServer;
import dev.plumbline.reconciler.source.GitRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Semaphore;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a push, by way of a webhook, to the host: Git's own server, an interval of ten minutes. On a
 * throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@Timeout(300)
class PushTest {
  private static final String SECRET = "s3cret";

  @TempDir Path directory;

  private Path work;
  private GitHttpServer server;
  private AgentRun agent;
  private int port;

  @BeforeEach
  void anAgentThatHasAppliedTheFirstCommit() throws Exception {
    Sh.run("ip link set lo up");
    work = directory.resolve("hosts");
    commit("br0");
    server = new GitHttpServer(directory, "");
    AgentOptions.From from =
        new AgentOptions.Git(
            "http://127.0.0.1:" + server.port() + "/hosts",
            new GitRef.Branch("main"),
            GitAccess.USUAL,
            "{host}.yaml");
    Path secret = Files.writeString(directory.resolve("secret"), SECRET + "\n");
    ApiOptions access =
        new ApiOptions(
            null,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            null,
            null,
            secret);
    agent =
        AgentRun.start(
            new AgentOptions(
                from,
                "alpha",
                Duration.ofMinutes(10),
                directory.resolve("state"),
                directory.resolve("run"),
                access,
                null));
    port = Integer.parseInt(agent.await("listening on http").replaceAll(".*:", ""));
    agent.await("applied .*\"br0\"");
    AgentRun.eventually("it sleeps for ten minutes", () -> tries() == 1);
  }

  @AfterEach
  void stop() {
    if (agent != null) {
      agent.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private long tries() {
    return status().node("fetch").number("tries");
  }

  private void commit(String bridge) throws Exception {
    try (Git git = Git.init().setDirectory(work.toFile()).setInitialBranch("main").call()) {
      Files.writeString(
          work.resolve("alpha.yaml"),
          "version: 1\nbridges: {" + bridge + ": {datapath: kernel}}\n");
      git.add().addFilepattern(".").call();
      git.commit().setSign(false).setMessage(bridge).setAuthor("Ann", "a@b").call();
    }
  }

  private static String payload(String name) throws IOException {
    return Files.readString(Path.of("src/test/resources/webhooks").resolve(name));
  }

  private static String hmac(String body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
  }

  private Node status() {
    try {
      return Asked.get(directory.resolve("run"), "/v1/status").tree();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Asked post(String body, Map<String, String> headers) throws IOException {
    return Asked.tcp(port, "POST", "/webhook", headers, body);
  }

  private Asked gitHub(String body) throws Exception {
    return post(
        body,
        Map.of(
            "Content-Type", "application/json",
            "X-GitHub-Event", "push",
            "X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            "X-Hub-Signature-256", "sha256=" + hmac(body)));
  }

  @Test
  void thePushesOfAllThreeServersBringTheCommitAtOnce() throws Exception {
    commit("br1");
    Asked answer = gitHub(payload("github-push.json"));
    assertEquals(202, answer.status(), answer.toString());
    assertTrue(answer.tree().flag("accepted"), answer.toString());
    agent.await("applied .*\"br1\"");
    assertTrue(Sh.run("ip -o link").contains(" br1: "));
    String seconds = Sh.run("git -C " + work + " log -1 --format=%ct").strip();
    String committed = Instant.ofEpochSecond(Long.parseLong(seconds)).toString();
    // Told before the status has it; and the first commit may be of the same second.
    AgentRun.eventually(
        "status says what is applied", () -> status().text("applied").endsWith("\"br1\" by Ann"));
    assertEquals(committed, status().text("committed"));

    commit("br2");
    String gitea = payload("gitea-push.json");
    answer =
        post(
            gitea,
            Map.of(
                "Content-Type", "application/json",
                "X-Gitea-Event", "push",
                "X-GitHub-Event", "push",
                "X-Gitea-Signature", hmac(gitea)));
    assertEquals(202, answer.status(), answer.toString());
    agent.await("webhook of Gitea: refs/heads/main has moved");
    agent.await("applied .*\"br2\"");

    commit("br3");
    answer =
        post(
            payload("gitlab-push.json"),
            Map.of(
                "Content-Type", "application/json",
                "X-Gitlab-Event", "Push Hook",
                "X-Gitlab-Token", SECRET));
    assertEquals(202, answer.status(), answer.toString());
    agent.await("applied .*\"br3\"");
    assertEquals(
        3, Asked.get(port, "/metrics").metric("plumbline_webhooks_total{result=\"accepted\"}"));
  }

  @Test
  void whatIsNotAboutTheBranchIsIgnoredAndWhatProvesNothingIsRefused() throws Exception {
    long before = tries();
    Asked other = gitHub(payload("github-push.json").replace("refs/heads/main", "refs/heads/dev"));
    assertEquals(202, other.status());
    assertFalse(other.tree().flag("accepted"));
    assertEquals(
        "refs/heads/dev is not followed, refs/heads/main is", other.tree().text("because"));
    String ping = "{\"zen\": \"Keep it logically awesome.\"}";
    Asked pinged =
        post(ping, Map.of("X-GitHub-Event", "ping", "X-Hub-Signature-256", "sha256=" + hmac(ping)));
    assertEquals("ping is no push", pinged.tree().text("because"));

    String push = payload("github-push.json");
    for (Map<String, String> headers :
        java.util.List.of(
            Map.of("X-GitHub-Event", "push"),
            Map.of("X-GitHub-Event", "push", "X-Hub-Signature-256", "sha256=" + hmac(push + " ")),
            Map.of("X-Gitlab-Event", "Push Hook", "X-Gitlab-Token", "wrong"))) {
      assertEquals(401, post(push, headers).status());
    }
    assertEquals(400, gitHub("no JSON").status());
    assertEquals(405, Asked.get(port, "/webhook").status());
    assertEquals(
        413, Asked.tcp(port, "POST", "/webhook", Map.of(), "x".repeat((4 << 20) + 1)).status());
    Asked page = Asked.get(port, "/metrics");
    assertEquals(3, page.metric("plumbline_webhooks_total{result=\"refused\"}"));
    assertEquals(2, page.metric("plumbline_webhooks_total{result=\"ignored\"}"));
    assertEquals(1, agent.lines("webhook from .* refused").size(), "said once in a minute");
    assertEquals(before, tries(), "nothing of that makes it fetch");
  }

  @Test
  void aFloodCostsOneFetchAtATimeAndOneMore() throws Exception {
    Semaphore held = new Semaphore(0);
    Semaphore arrived = new Semaphore(0);
    server.before(
        () -> {
          arrived.release();
          held.acquireUninterruptibly();
        });
    long before = tries();
    String push = payload("github-push.json");
    assertEquals(202, gitHub(push).status());
    arrived.acquire();
    for (int i = 0; i < 100; i++) {
      assertEquals(202, gitHub(push).status());
    }
    assertEquals(before, tries(), "the fetch still waits for the server");
    server.before(() -> {});
    held.release(1_000);
    AgentRun.eventually("the one that was held, and one more", () -> tries() == before + 2);
    agent.settle();
    assertEquals(before + 2, tries());
  }
}
