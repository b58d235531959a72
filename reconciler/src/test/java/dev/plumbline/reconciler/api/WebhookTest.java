// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.report.SecretFile;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures by the examples that their inventors publish. */
class WebhookTest {
  @TempDir Path directory;

  private Push read(String secret, Instant now, String body, String... headers) throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), secret + "\n");
    HttpHeaders all = new DefaultHttpHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], headers[i + 1]);
    }
    return new Webhook(new SecretFile(file), Clock.fixed(now, ZoneOffset.UTC))
        .read(all, body.getBytes(StandardCharsets.UTF_8));
  }

  private Push read(String secret, String body, String... headers) throws IOException {
    return read(secret, Instant.EPOCH, body, headers);
  }

  /** GitHub docs, Validating webhook deliveries, Testing the webhook payload validation. */
  @Test
  void gitHubsOwnExample() throws Exception {
    String secret = "It's a Secret to Everybody";
    String right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    IllegalArgumentException proved =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                read(
                    secret,
                    "Hello, World!",
                    "X-Hub-Signature-256",
                    right,
                    "X-GitHub-Event",
                    "push"));
    assertTrue(proved.getMessage().contains("no JSON"), proved.getMessage());
    assertNull(read(secret, "Hello, World?", "X-Hub-Signature-256", right));
    assertNull(read("other", "Hello, World!", "X-Hub-Signature-256", right));
    assertNull(
        read(secret, "Hello, World!", "X-Hub-Signature-256", right.substring("sha256=".length())));
  }

  /** standard-webhooks, spec/standard-webhooks.md: the example of a signature. */
  @Test
  void standardWebhooksOwnExample() throws Exception {
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    String body = "{\"test\": 2432232314}";
    Instant then = Instant.ofEpochSecond(1614265330);
    String[] headers = {
      "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp", "1614265330",
      "webhook-signature",
          "v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      "X-Gitlab-Event", "Push Hook"
    };
    assertEquals(new Push("GitLab", "Push Hook", ""), read(secret, then, body, headers));
    assertEquals("GitLab", read(secret, then.plusSeconds(299), body, headers).sender());
    assertNull(read(secret, then.plusSeconds(301), body, headers), "a replay of later");
    assertNull(read(secret, then.minusSeconds(301), body, headers));
    assertNull(read(secret, then, body + " ", headers));
    assertNull(read("whsec_no base64", then, body, headers));
    headers[3] = "soon";
    assertNull(read(secret, then, body, headers));
  }

  @Test
  void withoutASignatureNothingIsProved() throws Exception {
    assertNull(read("secret", "{}", "X-GitHub-Event", "push"));
    assertNull(read("secret", "{}", "X-Gitlab-Token", "Secret", "X-Gitlab-Event", "Push Hook"));
    assertNull(read("secret", "{}", "X-Gitea-Signature", "", "X-Gitea-Event", "push"));
    assertNull(read("secret", "{}", "X-Hub-Signature", "sha1=ab", "X-GitHub-Event", "push"));
  }

  @Test
  void aWrongSignatureIsNotMadeGoodByAnotherKindOfProof() throws Exception {
    assertNull(
        read(
            "secret",
            "{}",
            "X-Hub-Signature-256",
            "sha256=00",
            "X-Gitlab-Token",
            "secret",
            "X-Gitlab-Event",
            "Push Hook"));
  }

  @Test
  void aFormIsReadLikeAJsonBody() throws Exception {
    Push push =
        read(
            "secret",
            "payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%7D",
            "X-Gitlab-Token",
            "secret",
            "X-GitHub-Event",
            "push",
            "Content-Type",
            "application/x-www-form-urlencoded");
    assertEquals(new Push("GitHub", "push", "refs/heads/main"), push);
    assertTrue(push.isPush());
    assertFalse(new Push("GitHub", "ping", "").isPush());
  }

  @Test
  void anEmptySecretProvesNothing() {
    IOException none = assertThrows(IOException.class, () -> read("", "{}", "X-Gitlab-Token", ""));
    assertTrue(none.getMessage().contains("has no secret"), none.getMessage());
  }
}
