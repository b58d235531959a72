// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.reconciler.render.JsonTree;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request and its answer, after which the connection ends. */
final class ApiExchange extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final String PREFIX = "/v1/";
  private static final Set<String> POSTS = Set.of("apply", "sync", "pause", "resume");

  private final ApiHandler handler;

  ApiExchange(ApiHandler handler) {
    this.handler = handler;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext channel, FullHttpRequest request) {
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    boolean known = uri.path().startsWith(PREFIX);
    String path = known ? uri.path().substring(PREFIX.length()) : "";
    boolean posted = request.method().equals(HttpMethod.POST);
    if (POSTS.contains(path) != posted || !(posted || request.method().equals(HttpMethod.GET))) {
      answer(channel, HttpResponseStatus.METHOD_NOT_ALLOWED, problem("not with this method"));
    } else if (path.equals("apply")) {
      String plan = request.content().toString(StandardCharsets.UTF_8);
      begin(channel);
      handler.apply(plan, tree -> line(channel, tree), () -> end(channel));
    } else if (path.equals("events") && uri.parameters().containsKey("follow")) {
      begin(channel);
      Runnable end = handler.follow(tree -> line(channel, tree));
      var unused = channel.channel().closeFuture().addListener(closed -> end.run());
    } else {
      answer(channel, path, posted, uri);
    }
  }

  private void answer(
      ChannelHandlerContext channel, String path, boolean posted, QueryStringDecoder uri) {
    try {
      Object tree =
          posted
              ? handler.post(path, time(parameter(uri, "seconds")))
              : handler.get(path, parameter(uri, "bridge"));
      if (tree == null) {
        answer(channel, HttpResponseStatus.NOT_FOUND, problem("there is no /v1/" + path));
      } else {
        answer(channel, HttpResponseStatus.OK, tree);
      }
    } catch (NumberFormatException e) {
      answer(channel, HttpResponseStatus.BAD_REQUEST, problem("seconds is no whole number from 1"));
    } catch (IOException e) {
      answer(
          channel, HttpResponseStatus.SERVICE_UNAVAILABLE, problem(String.valueOf(e.getMessage())));
    }
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

  private static Object problem(String sentence) {
    return Map.of("problem", sentence);
  }

  /** The length is not known: the answer ends with the connection. */
  private static void begin(ChannelHandlerContext channel) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/x-ndjson")
        .set(HttpHeaderNames.CONNECTION, "close");
    var unused = channel.writeAndFlush(head);
  }

  private static void line(ChannelHandlerContext channel, Object tree) {
    String line = JsonTree.line(tree) + "\n";
    var unused =
        channel.writeAndFlush(
            new DefaultHttpContent(Unpooled.copiedBuffer(line, StandardCharsets.UTF_8)));
  }

  private static void end(ChannelHandlerContext channel) {
    var unused =
        channel
            .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
            .addListener(ChannelFutureListener.CLOSE);
  }

  private static void answer(
      ChannelHandlerContext channel, HttpResponseStatus status, Object tree) {
    byte[] body = JsonTree.document(tree).getBytes(StandardCharsets.UTF_8);
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CONNECTION, "close");
    var unused = channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
    // The client hung up, or sent something that is no HTTP: there is nobody to tell.
    var unused = channel.close();
  }
}
