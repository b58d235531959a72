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
import java.util.List;
import java.util.Map;

/** One request and its answer, after which the connection ends. */
final class ApiExchange extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final String PREFIX = "/v1/";

  private final ApiHandler handler;

  ApiExchange(ApiHandler handler) {
    this.handler = handler;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext channel, FullHttpRequest request) {
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    boolean known = uri.path().startsWith(PREFIX);
    String path = known ? uri.path().substring(PREFIX.length()) : "";
    boolean apply = path.equals("apply");
    if (apply && request.method().equals(HttpMethod.POST)) {
      apply(channel, request.content().toString(StandardCharsets.UTF_8));
    } else if (apply || !request.method().equals(HttpMethod.GET)) {
      answer(channel, HttpResponseStatus.METHOD_NOT_ALLOWED, problem("not with this method"));
    } else {
      get(channel, path, uri.parameters().getOrDefault("bridge", List.of()));
    }
  }

  private void get(ChannelHandlerContext channel, String path, List<String> bridges) {
    try {
      Object tree = handler.get(path, bridges.isEmpty() ? null : bridges.get(0));
      if (tree == null) {
        answer(channel, HttpResponseStatus.NOT_FOUND, problem("there is no /v1/" + path));
      } else {
        answer(channel, HttpResponseStatus.OK, tree);
      }
    } catch (IOException e) {
      answer(
          channel, HttpResponseStatus.SERVICE_UNAVAILABLE, problem(String.valueOf(e.getMessage())));
    }
  }

  private static Object problem(String sentence) {
    return Map.of("problem", sentence);
  }

  /** The length is not known: the answer ends with the connection. */
  private void apply(ChannelHandlerContext channel, String plan) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/x-ndjson")
        .set(HttpHeaderNames.CONNECTION, "close");
    var unusedHead = channel.writeAndFlush(head);
    handler.apply(
        plan,
        tree -> {
          String line = JsonTree.line(tree) + "\n";
          var unused =
              channel.writeAndFlush(
                  new DefaultHttpContent(Unpooled.copiedBuffer(line, StandardCharsets.UTF_8)));
        },
        () -> {
          var unused =
              channel
                  .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
                  .addListener(ChannelFutureListener.CLOSE);
        });
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
