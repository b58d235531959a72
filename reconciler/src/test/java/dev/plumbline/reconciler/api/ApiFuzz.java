// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.report.Metrics;
import dev.plumbline.reconciler.report.SecretFile;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that somebody sends to the agent: a request that is whole is answered. How such a target is
 * run: {@code tools/fuzz}.
 */
public final class ApiFuzz {
  private static final int LONGEST_BYTES = 64 << 10;
  private static final Webhook WEBHOOK =
      new Webhook(new SecretFile(secret()), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

  private ApiFuzz() {}

  private static Path secret() {
    try {
      Path file = Files.createTempFile("secret", "");
      file.toFile().deleteOnExit();
      return Files.writeString(file, "secret\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What comes on one connection. */
  public static void fuzzerTestOneInput(byte[] input) {
    Requests requests = new Requests();
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new HttpServerCodec(),
            new HttpObjectAggregator(LONGEST_BYTES),
            requests,
            new ApiExchange(new Somebody(), (at, request, need) -> null, WEBHOOK));
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(input));
      channel.runPendingTasks();
      channel.checkException();
      assertTrue(
          requests.whole == 0 || !channel.outboundMessages().isEmpty(),
          "a request, and no answer to it");
      assertFalse(
          requests.whole > 0 && channel.isOpen() && !requests.mayStay, "answered, and left open");
    } finally {
      var unused = channel.finishAndReleaseAll();
    }
  }

  /** Counts what reaches the exchange and is HTTP. */
  private static final class Requests extends ChannelInboundHandlerAdapter {
    private int whole;
    private boolean mayStay;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof FullHttpRequest request && request.decoderResult().isSuccess()) {
        whole++;
        mayStay |= request.uri().contains("follow");
      }
      var unused = context.fireChannelRead(message);
    }
  }

  /** An agent that has done all it is asked for. */
  private static final class Somebody implements ApiHandler {
    @Override
    public Object trace(String bridge, String packet) {
      return Map.of();
    }

    @Override
    public void changeFlows(
        String bridge,
        List<String> add,
        List<String> delete,
        String by,
        Consumer<Object> answer,
        Runnable end) {
      end.run();
    }

    @Override
    public void plan(Consumer<Object> answer) {
      answer.accept(Map.of());
    }

    @Override
    public void picture(Consumer<String> svg, Consumer<String> problem) {
      problem.accept("no");
    }

    @Override
    public @Nullable Object get(String path, Query query) throws IOException {
      return switch (path) {
        case "status" ->
            Map.of(
                "bridge",
                String.valueOf(query.text("bridge")),
                "drift",
                query.number("drift", 1, 9));
        case "ports" -> throw new IOException("not now");
        default -> null;
      };
    }

    @Override
    public void apply(
        String plan,
        @Nullable Duration confirm,
        boolean skipChecks,
        String by,
        Consumer<Object> answer,
        Runnable end) {
      answer.accept(Map.of("plan", plan, "confirm", String.valueOf(confirm), "by", by));
      end.run();
    }

    @Override
    public void decide(String verb, String by, Consumer<Object> answer, Runnable end) {
      answer.accept(Map.of(verb, by));
      end.run();
    }

    @Override
    public @Nullable Object post(String path, @Nullable Duration time, List<String> objects) {
      return path.equals("pause") ? Map.of("objects", objects) : null;
    }

    @Override
    public Runnable follow(Consumer<Object> answer) {
      answer.accept(Map.of("event", "x"));
      return () -> {};
    }

    @Override
    public Metrics.Page metrics(@Nullable String accept) {
      return new Metrics.Page("text/plain", String.valueOf(accept));
    }

    @Override
    public List<String> ills() {
      return List.of();
    }

    @Override
    public List<String> lacks() {
      return List.of("all");
    }

    @Override
    public @Nullable String pushed(Push push) {
      return push.isPush() ? null : push.toString();
    }

    @Override
    public void unproved(String from) {
      // Nobody writes it down.
    }

    @Override
    public void said(String event, String message) {
      // Nobody writes it down.
    }
  }
}
