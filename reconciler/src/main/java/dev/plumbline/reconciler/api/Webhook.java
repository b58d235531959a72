// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.report.SecretFile;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks, proved as their senders do it, all with one secret:
 *
 * <ul>
 *   <li>GitHub: {@code X-Hub-Signature-256: sha256=HEX}, the HMAC-SHA256 of the body (GitHub docs,
 *       Validating webhook deliveries).
 *   <li>Gitea, and Forgejo by its own name: {@code X-Gitea-Signature: HEX}, the same without the
 *       prefix (Gitea docs, Webhooks).
 *   <li>GitLab: {@code X-Gitlab-Token: SECRET}, the secret itself; or its signing token: {@code
 *       webhook-signature: v1,BASE64 …}, the HMAC-SHA256 of {@code ID.TIME.BODY} with the headers
 *       {@code webhook-id} and {@code webhook-timestamp}, by the key whose base64 follows {@code
 *       whsec_} in the secret (Standard Webhooks). One older than five minutes proves nothing.
 * </ul>
 *
 * <p>Every comparison takes the same time whatever it finds.
 */
final class Webhook {
  private static final String HMAC = "HmacSHA256";
  private static final String GITHUB_PREFIX = "sha256=";
  private static final String STANDARD_PREFIX = "v1,";
  private static final String STANDARD_SECRET = "whsec_";

  /** Standard Webhooks: both ways, for clocks differ. */
  private static final long TOLERANCE_SECONDS = 300;

  private final SecretFile secret;
  private final Clock clock;

  Webhook(SecretFile secret, Clock clock) {
    this.secret = secret;
    this.clock = clock;
  }

  /**
   * What a request tells.
   *
   * @return null if it does not prove that its sender knows the secret
   * @throws IOException if the secret cannot be read
   * @throws IllegalArgumentException if it is proved, and cannot be understood
   */
  @Nullable Push read(HttpHeaders headers, byte[] body) throws IOException {
    if (!isProved(headers, body, secret.read())) {
      return null;
    }
    Map<String, String> events =
        Map.of("X-Gitlab-Event", "GitLab", "X-Gitea-Event", "Gitea", "X-GitHub-Event", "GitHub");
    // Gitea sends GitHub's header as well.
    for (String header : List.of("X-Gitlab-Event", "X-Gitea-Event", "X-GitHub-Event")) {
      String event = headers.get(header);
      if (event != null) {
        return new Push(events.getOrDefault(header, ""), event, ref(headers, body));
      }
    }
    throw new IllegalArgumentException("no X-GitHub-Event, X-Gitea-Event or X-Gitlab-Event");
  }

  private boolean isProved(HttpHeaders headers, byte[] body, String key) {
    byte[] raw = key.getBytes(StandardCharsets.UTF_8);
    String github = headers.get("X-Hub-Signature-256");
    String gitea = headers.get("X-Gitea-Signature", headers.get("X-Forgejo-Signature"));
    String gitlab = headers.get("X-Gitlab-Token");
    String standard = headers.get("webhook-signature");
    if (standard != null) {
      return isStandard(headers, standard, body, key);
    }
    if (github != null) {
      return SecretFile.same(github, GITHUB_PREFIX + hex(raw, body));
    }
    if (gitea != null) {
      return SecretFile.same(gitea, hex(raw, body));
    }
    return gitlab != null && SecretFile.same(gitlab, key);
  }

  private boolean isStandard(HttpHeaders headers, String signatures, byte[] body, String key) {
    String id = headers.get("webhook-id", "");
    String time = headers.get("webhook-timestamp", "");
    byte[] raw;
    try {
      if (Math.abs(clock.instant().getEpochSecond() - Long.parseLong(time)) > TOLERANCE_SECONDS) {
        return false;
      }
      raw =
          key.startsWith(STANDARD_SECRET)
              ? Base64.getDecoder().decode(key.substring(STANDARD_SECRET.length()))
              : key.getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return false; // a time that is no number, or a secret that is no base64, proves nothing
    }
    byte[] head = (id + "." + time + ".").getBytes(StandardCharsets.UTF_8);
    String right = STANDARD_PREFIX + Base64.getEncoder().encodeToString(hmac(raw, head, body));
    // There is one a key while keys are exchanged.
    boolean proved = false;
    for (String signature : signatures.split(" ", -1)) {
      proved |= SecretFile.same(signature, right);
    }
    return proved;
  }

  private static String hex(byte[] key, byte[] body) {
    return HexFormat.of().formatHex(hmac(key, new byte[0], body));
  }

  private static byte[] hmac(byte[] key, byte[] head, byte[] body) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      mac.update(head);
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }

  /** All of them have the branch's or tag's full name as {@code ref}. */
  private static String ref(HttpHeaders headers, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    if (headers.get("Content-Type", "").startsWith("application/x-www-form-urlencoded")) {
      List<String> payload =
          new QueryStringDecoder(text, StandardCharsets.UTF_8, false).parameters().get("payload");
      if (payload == null) {
        throw new IllegalArgumentException("the form has no `payload`");
      }
      text = payload.get(0);
    }
    try {
      return Node.of(JsonTree.read(text)).text("ref");
    } catch (IOException e) {
      throw new IllegalArgumentException("its body is no JSON: " + e.getMessage(), e);
    }
  }
}
