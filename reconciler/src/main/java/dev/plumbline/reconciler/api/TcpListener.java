// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.reconciler.report.SecretFile;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The agent's TCP end: health, metrics and webhooks for anybody, and over TLS what else may be read
 * for who has the token.
 *
 * <p>The address may be one that the agent itself gives to the host, later; and somebody else may
 * have the port for a while. Both are said once and tried again, and keep the agent from nothing.
 */
final class TcpListener {
  /** A push of GitHub with 2,048 commits has two. */
  private static final int LONGEST_BYTES = 4 << 20;

  /** Anybody may connect: no more than these at a time, and none for long before it has asked. */
  private static final int CONNECTIONS = 32;

  private static final int REQUEST_SECONDS = 20;

  /** Who asks and does not read is left after that. */
  private static final int ANSWER_SECONDS = 20;

  private static final long FIRST_RETRY_MILLIS = 250;
  private static final long LONGEST_RETRY_MILLIS = 5_000;

  private final EventLoopGroup group;
  private final InetSocketAddress address;
  private final ApiHandler handler;
  private final Access access;
  private final @Nullable Webhook webhook;
  private final @Nullable TlsFiles tls;
  private int connections;
  private String said = "";

  TcpListener(EventLoopGroup group, ApiOptions options, ApiHandler handler) {
    this.group = group;
    this.address = Objects.requireNonNull(options.listen());
    this.handler = handler;
    Path token = options.tokenFile();
    this.access = new TokenAccess(token == null ? null : new SecretFile(token));
    Path secret = options.webhookSecretFile();
    this.webhook = secret == null ? null : new Webhook(new SecretFile(secret), Clock.systemUTC());
    Path certificate = options.certificate();
    Path key = options.key();
    this.tls =
        certificate == null || key == null ? null : new TlsFiles(certificate, key, handler::said);
  }

  void start() {
    bind(FIRST_RETRY_MILLIS);
  }

  private void bind(long retryMillis) {
    var unused =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, ApiServer.UNREAD)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                })
            .bind(address)
            .addListener((ChannelFuture bound) -> bound(bound, retryMillis));
  }

  private void bound(ChannelFuture bound, long retryMillis) {
    if (bound.isSuccess()) {
      handler.said(
          "listening",
          "listening on " + (tls == null ? "http:/" : "https:/") + bound.channel().localAddress());
      if (tls != null) {
        SslContext unused = tls.current(); // says at once what is wrong with the files
      }
      return;
    }
    if (group.isShuttingDown()) {
      return;
    }
    String why = String.valueOf(bound.cause().getMessage());
    if (!why.equals(said)) {
      said = why;
      handler.said("listen-failed", "cannot listen on " + address + " yet, trying on: " + why);
    }
    var unused =
        group.schedule(
            () -> bind(Math.min(LONGEST_RETRY_MILLIS, retryMillis * 2)),
            retryMillis,
            TimeUnit.MILLISECONDS);
  }

  /** The group has one thread: nothing else counts connections. */
  private void accept(Channel channel) {
    SslContext context = tls == null ? null : tls.current();
    if (connections >= CONNECTIONS || (tls != null && context == null)) {
      var unused = channel.close();
      return;
    }
    connections++;
    var unused = channel.closeFuture().addListener(closed -> connections--);
    channel
        .pipeline()
        .addLast(new ReadTimeoutHandler(REQUEST_SECONDS))
        .addLast(new WriteTimeoutHandler(ANSWER_SECONDS));
    if (context != null) {
      channel.pipeline().addLast(context.newHandler(channel.alloc()));
    }
    channel
        .pipeline()
        .addLast(new HttpServerCodec())
        .addLast(new HttpObjectAggregator(LONGEST_BYTES))
        .addLast(new ApiExchange(handler, access, webhook));
  }
}
