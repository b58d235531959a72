// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.reconciler.report.Metrics;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request and its answer, after which the connection ends. */
final class ApiExchange extends SimpleChannelInboundHandler<FullHttpRequest> {
  /** More than fit into the longest line: beyond its own limit Netty drops them without a word. */
  private static final int MOST_PARAMETERS = 1 << 20;

  private static final String PREFIX = "/v1/";

  /** The longest time to confirm, here as on the command line. */
  private static final Duration LONGEST_CONFIRM = Duration.ofDays(1);

  private static final Set<String> POSTS =
      Set.of(
          "/v1/apply",
          "/v1/confirm",
          "/v1/rollback",
          "/v1/sync",
          "/v1/skip-waves",
          "/v1/pause",
          "/v1/resume",
          "/v1/change-flows",
          "/webhook");
  private static final Set<String> OPEN = Set.of("/healthz", "/readyz", "/metrics", "/webhook");

  private final ApiHandler handler;
  private final Access access;
  private final @Nullable Webhook webhook;

  /**
   * @param webhook null: webhooks are not taken here
   */
  ApiExchange(ApiHandler handler, Access access, @Nullable Webhook webhook) {
    this.handler = handler;
    this.access = access;
    this.webhook = webhook;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext channel, FullHttpRequest request) {
    if (channel.pipeline().get(ReadTimeoutHandler.class) != null) {
      // All is read; a follower reads for hours and writes nothing.
      channel.pipeline().remove(ReadTimeoutHandler.class);
    }
    try {
      answer(new Answer(channel), request);
    } catch (IOException e) {
      new Answer(channel)
          .problem(HttpResponseStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  private void answer(Answer answer, FullHttpRequest request) throws IOException {
    if (request.decoderResult().isFailure()) {
      answer.problem(
          HttpResponseStatus.BAD_REQUEST,
          "the request cannot be read: " + request.decoderResult().cause().getMessage());
      return;
    }
    QueryStringDecoder uri =
        new QueryStringDecoder(request.uri(), StandardCharsets.UTF_8, true, MOST_PARAMETERS);
    if (!isUnderstood(uri)) {
      answer.problem(HttpResponseStatus.BAD_REQUEST, "a % in the path is followed by no number");
      return;
    }
    String path = uri.path();
    boolean posted = request.method().equals(HttpMethod.POST);
    Access.Need need =
        OPEN.contains(path) ? Access.Need.OPEN : posted ? Access.Need.CHANGE : Access.Need.READ;
    Access.Refusal refusal = access.refusal(answer.channel(), request, need);
    if (refusal != null) {
      answer.problem(refusal.status(), refusal.problem());
    } else if (POSTS.contains(path) != posted
        || !(posted || request.method().equals(HttpMethod.GET))) {
      answer.problem(HttpResponseStatus.METHOD_NOT_ALLOWED, "not with this method");
    } else if (path.equals("/webhook")) {
      hook(answer, request);
    } else if (OPEN.contains(path)) {
      open(answer, path, request.headers().get(HttpHeaderNames.ACCEPT));
    } else if (path.equals("/v1/apply")) {
      String plan = request.content().toString(StandardCharsets.UTF_8);
      Duration confirm;
      try {
        confirm = time(parameter(uri, "seconds"));
      } catch (NumberFormatException e) {
        answer.problem(HttpResponseStatus.BAD_REQUEST, "seconds is no whole number from 1");
        return;
      }
      if (confirm != null && confirm.compareTo(LONGEST_CONFIRM) > 0) {
        answer.problem(
            HttpResponseStatus.BAD_REQUEST,
            "seconds is at most " + LONGEST_CONFIRM.toSeconds() + " here");
        return;
      }
      String checks = parameter(uri, "checks");
      if (checks != null && !checks.equals("skip")) {
        answer.problem(HttpResponseStatus.BAD_REQUEST, "checks can be `skip` alone");
        return;
      }
      answer.begin();
      handler.apply(plan, confirm, checks != null, by(uri), answer::line, answer::end);
    } else if (path.equals("/v1/confirm") || path.equals("/v1/rollback")) {
      answer.begin();
      handler.decide(path.substring(PREFIX.length()), by(uri), answer::line, answer::end);
    } else if (path.equals("/v1/change-flows")) {
      answer.begin();
      handler.changeFlows(
          required(uri, "bridge"),
          uri.parameters().getOrDefault("add", List.of()),
          uri.parameters().getOrDefault("delete", List.of()),
          by(uri),
          answer::line,
          answer::end);
    } else if (path.equals("/v1/trace")) {
      try {
        answer.tree(
            HttpResponseStatus.OK, handler.trace(required(uri, "bridge"), required(uri, "packet")));
      } catch (IllegalArgumentException e) {
        answer.problem(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
      }
    } else if (path.equals("/v1/plan")) {
      handler.plan(tree -> answer.tree(HttpResponseStatus.OK, tree));
    } else if (path.equals("/v1/picture")) {
      handler.picture(
          answer::picture,
          problem -> answer.problem(HttpResponseStatus.SERVICE_UNAVAILABLE, problem));
    } else if (path.equals("/v1/events") && uri.parameters().containsKey("follow")) {
      answer.begin();
      answer.onClose(handler.follow(answer::line));
    } else if (path.startsWith(PREFIX)) {
      answer(answer, path, posted, uri);
    } else {
      file(answer, path);
    }
  }

  private static void file(Answer answer, String path) throws IOException {
    PageFiles.PageFile file = PageFiles.at(path);
    if (file == null) {
      answer.problem(HttpResponseStatus.NOT_FOUND, "there is no " + path);
    } else {
      answer.text(HttpResponseStatus.OK, file.type(), file.text());
    }
  }

  /** Both are decoded when they are asked for. */
  private static boolean isUnderstood(QueryStringDecoder uri) {
    try {
      return uri.path() != null && uri.parameters() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void open(Answer answer, String path, @Nullable String accept) throws IOException {
    switch (path) {
      case "/metrics" -> {
        Metrics.Page page = handler.metrics(accept);
        answer.text(HttpResponseStatus.OK, page.type(), page.text());
      }
      case "/healthz" -> state(answer, "alive", handler.ills());
      default -> state(answer, "ready", handler.lacks());
    }
  }

  private static void state(Answer answer, String word, List<String> reasons) {
    answer.tree(
        reasons.isEmpty() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
        Map.of(word, reasons.isEmpty(), "reasons", reasons));
  }

  private void hook(Answer answer, FullHttpRequest request) throws IOException {
    if (webhook == null) {
      answer.problem(
          HttpResponseStatus.NOT_FOUND,
          "no webhook is taken here: it takes --listen and --webhook-secret-file");
      return;
    }
    Push push;
    try {
      push = webhook.read(request.headers(), ByteBufUtil.getBytes(request.content()));
    } catch (IllegalArgumentException e) {
      answer.problem(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
      return;
    }
    if (push == null) {
      handler.unproved(String.valueOf(answer.channel().remoteAddress()));
      answer.problem(HttpResponseStatus.UNAUTHORIZED, "the signature is absent or wrong");
      return;
    }
    String ignored = handler.pushed(push);
    answer.tree(
        HttpResponseStatus.ACCEPTED,
        ignored == null ? Map.of("accepted", true) : Map.of("accepted", false, "because", ignored));
  }

  private void answer(Answer answer, String path, boolean posted, QueryStringDecoder uri)
      throws IOException {
    String name = path.substring(PREFIX.length());
    try {
      Object tree =
          posted
              ? handler.post(
                  name,
                  time(parameter(uri, "seconds")),
                  uri.parameters().getOrDefault("object", List.of()))
              : handler.get(name, new Query(uri.parameters()));
      if (tree == null) {
        answer.problem(HttpResponseStatus.NOT_FOUND, "there is no " + path);
      } else {
        answer.tree(HttpResponseStatus.OK, tree);
      }
    } catch (NumberFormatException e) {
      answer.problem(HttpResponseStatus.BAD_REQUEST, "seconds is no whole number from 1");
    } catch (IllegalArgumentException e) {
      answer.problem(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  /** Without it there is no object of that name. */
  private static String required(QueryStringDecoder uri, String name) {
    String value = parameter(uri, name);
    return value == null ? "" : value;
  }

  private static String by(QueryStringDecoder uri) {
    String named = parameter(uri, "by");
    return named == null || named.isBlank() ? "somebody" : named.strip();
  }

  private static @Nullable String parameter(QueryStringDecoder uri, String name) {
    List<String> values = uri.parameters().getOrDefault(name, List.of());
    return values.isEmpty() ? null : values.get(0);
  }

  private static @Nullable Duration time(@Nullable String seconds) {
    if (seconds == null) {
      return null;
    }
    int number = Integer.parseInt(seconds);
    if (number < 1) {
      throw new NumberFormatException(seconds);
    }
    return Duration.ofSeconds(number);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
    if (cause instanceof ReadTimeoutException) {
      new Answer(channel).problem(HttpResponseStatus.REQUEST_TIMEOUT, "the request took too long");
      return;
    }
    // The client hung up, or sent something that is no HTTP or no TLS: there is nobody to tell.
    var unused = channel.close();
  }
}
