// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.reconciler.render.JsonTree;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What goes back for one request, whole or line by line. */
final class Answer {
  private static final String POLICY = "Content-Security-Policy";

  /**
   * For browsers: nothing but the agent's own files and answers is loaded, nothing of a file or an
   * answer is ever run or taken for HTML, and no other page has any of it.
   */
  private static final Map<String, String> GUARDS =
      Map.of(
          POLICY,
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
              + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
              + " require-trusted-types-for 'script'; trusted-types 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Referrer-Policy",
          "no-referrer",
          "Cache-Control",
          "no-store");

  /** A picture has its colours in itself. By itself, too, it runs nothing and asks for nothing. */
  private static final String PICTURE_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

  private final ChannelHandlerContext context;

  Answer(ChannelHandlerContext context) {
    this.context = context;
  }

  Channel channel() {
    return context.channel();
  }

  void problem(HttpResponseStatus status, String sentence) {
    tree(status, Map.of("problem", sentence));
  }

  void tree(HttpResponseStatus status, Object tree) {
    text(status, "application/json", JsonTree.document(tree));
  }

  /** An SVG. */
  void picture(String svg) {
    text(HttpResponseStatus.OK, "image/svg+xml", svg, Map.of(POLICY, PICTURE_POLICY));
  }

  void text(HttpResponseStatus status, String type, String text) {
    text(status, type, text, Map.of());
  }

  private void text(
      HttpResponseStatus status, String type, String text, Map<String, String> instead) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, type)
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CONNECTION, "close");
    GUARDS.forEach(response.headers()::set);
    instead.forEach(response.headers()::set);
    if (status.equals(HttpResponseStatus.UNAUTHORIZED)) {
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    var unused = context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  /** Begins lines: the length is not known, the answer ends with the connection. */
  void begin() {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/x-ndjson")
        .set(HttpHeaderNames.CONNECTION, "close");
    GUARDS.forEach(head.headers()::set);
    var unused = context.writeAndFlush(head);
  }

  /** One more line. A reader who leaves more unread than is kept for him is left. */
  void line(Object tree) {
    if (!context.channel().isWritable()) {
      var unused = context.close();
      return;
    }
    String line = JsonTree.line(tree) + "\n";
    var unused =
        context.writeAndFlush(
            new DefaultHttpContent(Unpooled.copiedBuffer(line, StandardCharsets.UTF_8)));
  }

  void end() {
    var unused =
        context
            .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
            .addListener(ChannelFutureListener.CLOSE);
  }

  /** Runs it when the connection has ended. */
  void onClose(Runnable task) {
    var unused = context.channel().closeFuture().addListener(closed -> task.run());
  }
}
