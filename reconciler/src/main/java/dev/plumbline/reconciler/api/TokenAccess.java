// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.reconciler.report.SecretFile;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * On TCP: nothing is changed, and more than what is open to anybody takes TLS and the right token
 * ({@code Authorization: Bearer TOKEN}, RFC 6750).
 */
final class TokenAccess implements Access {
  private static final String SCHEME = "Bearer ";

  private final @Nullable SecretFile token;

  /**
   * @param token null: nobody may read, since there is no TLS or no token
   */
  TokenAccess(@Nullable SecretFile token) {
    this.token = token;
  }

  @Override
  public @Nullable Refusal refusal(Channel channel, HttpRequest request, Need need)
      throws IOException {
    if (need == Need.OPEN) {
      return null;
    }
    if (need == Need.CHANGE) {
      return new Refusal(
          HttpResponseStatus.FORBIDDEN, "changes are made on the agent's Unix socket alone");
    }
    if (token == null) {
      return new Refusal(
          HttpResponseStatus.FORBIDDEN,
          "only /healthz, /readyz, /metrics and /webhook are here: the rest takes an agent with"
              + " --tls-cert, --tls-key and --api-token-file");
    }
    String given = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    boolean bearer = given.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    return bearer && SecretFile.same(given.substring(SCHEME.length()).strip(), token.read())
        ? null
        : new Refusal(HttpResponseStatus.UNAUTHORIZED, "this takes the agent's token");
  }
}
