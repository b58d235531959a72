// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Who may ask what; for the server's thread. */
interface Access {
  /** What a request asks for. */
  enum Need {
    /** What anybody may know who can reach the agent: health, metrics, and webhooks. */
    OPEN,
    READ,
    CHANGE
  }

  /** Why a request is not answered. */
  record Refusal(HttpResponseStatus status, String problem) {}

  /**
   * Judges a request.
   *
   * @return null: it is answered
   * @throws IOException if it cannot be told
   */
  @Nullable Refusal refusal(Channel channel, HttpRequest request, Need need) throws IOException;
}
