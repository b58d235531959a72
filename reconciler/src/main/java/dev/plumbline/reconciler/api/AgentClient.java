// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.reconciler.render.JsonTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks the agent of a run directory. */
public final class AgentClient {
  private static final int OK = 200;

  /** An agent that is well begins to answer at once, also while it works. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

  /** An agent that is at work, such as applying, does that first. */
  private static final Duration LONGEST_DECISION = Duration.ofMinutes(5);

  private final Path socket;

  private AgentClient(Path socket) {
    this.socket = socket;
  }

  /** The agent that listens there; null if none does. */
  public static @Nullable AgentClient find(Path runDirectory) throws IOException {
    Path socket = ApiServer.socket(runDirectory);
    if (!Files.exists(socket)) {
      return null;
    }
    try (SocketChannel channel = connect(socket)) {
      return channel.isConnected() ? new AgentClient(socket) : null;
    } catch (ConnectException e) {
      return null; // left by an agent that was killed
    }
  }

  private static SocketChannel connect(Path socket) throws IOException {
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (ConnectException e) {
      throw e;
    } catch (SocketException e) {
      throw new IOException(socket + ": " + e.getMessage(), e);
    }
  }

  /**
   * Asks for a path below {@code /v1/}.
   *
   * @throws IOException with the agent's own words if it cannot answer
   */
  public Object get(String path) throws IOException {
    return ask("GET", path);
  }

  /** As {@link #get}, for what changes something. */
  public Object post(String path) throws IOException {
    return ask("POST", path);
  }

  private Object ask(String method, String path) throws IOException {
    try (SocketChannel channel = connect(socket)) {
      write(channel, head(method, path) + "\r\n");
      return within(LONGEST_SILENCE, channel, () -> answer(channel));
    }
  }

  private static Object answer(SocketChannel channel) throws IOException {
    BufferedReader reader = reader(channel);
    int status = status(reader);
    Object tree = JsonTree.read(reader);
    if (status != OK) {
      Object problem = tree instanceof Map<?, ?> map ? map.get("problem") : null;
      throw new IOException("the agent: " + (problem == null ? "error " + status : problem));
    }
    return tree;
  }

  /** Something that is read from the agent. */
  private interface Reading<T> {
    T read() throws IOException;
  }

  /** Reads with a limit: a blocking read has none of its own, so the channel is closed then. */
  private static <T> T within(Duration limit, SocketChannel channel, Reading<T> reading)
      throws IOException {
    AtomicBoolean late = new AtomicBoolean();
    CompletableFuture<Void> closing =
        CompletableFuture.runAsync(
            () -> {
              late.set(true);
              close(channel);
            },
            CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
    try {
      return reading.read();
    } catch (IOException e) {
      if (!late.get()) {
        throw e; // the agent's own words, or a line that broke
      }
      throw new IOException(
          "the agent has not answered for "
              + limit.toSeconds()
              + " s: it hangs or is stopped; end it, and ask again",
          e);
    } finally {
      boolean unused = closing.cancel(false);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets the agent decide about an apply that waits to be confirmed.
   *
   * @param verb {@code confirm} or {@code rollback}
   * @param by who decides
   * @param answer takes the answer
   */
  public void decide(String verb, String by, Consumer<Object> answer) throws IOException {
    try (SocketChannel channel = connect(socket)) {
      write(channel, head("POST", verb + "?by=" + encoded(by)) + "\r\n");
      BufferedReader reader = within(LONGEST_SILENCE, channel, () -> begun(channel));
      within(
          LONGEST_DECISION,
          channel,
          () -> {
            lines(reader, answer);
            return reader;
          });
    }
  }

  /** A part of a query, as it has to be written. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * Lets the agent apply a saved plan.
   *
   * @param confirm how long it may be confirmed, and is rolled back after; null: it stays
   * @param skipChecks whether the file's checks are not tried
   * @param by who applies
   * @param answer takes what it says, a tree a line, until it is done
   */
  public void apply(
      String plan,
      @Nullable Duration confirm,
      boolean skipChecks,
      String by,
      Consumer<Object> answer)
      throws IOException {
    String query =
        "?by="
            + encoded(by)
            + (confirm == null ? "" : "&seconds=" + confirm.toSeconds())
            + (skipChecks ? "&checks=skip" : "");
    byte[] body = plan.getBytes(StandardCharsets.UTF_8);
    try (SocketChannel channel = connect(socket)) {
      write(
          channel,
          head("POST", "apply" + query) + "Content-Length: " + body.length + "\r\n\r\n" + plan);
      lines(begun(channel), answer);
    }
  }

  /**
   * Puts flows into a bridge and takes others out.
   *
   * @param answer takes the answer
   */
  public void changeFlows(
      String bridge, List<String> add, List<String> delete, String by, Consumer<Object> answer)
      throws IOException {
    StringBuilder query = new StringBuilder("change-flows?by=").append(encoded(by));
    query.append("&bridge=").append(encoded(bridge));
    add.forEach(flow -> query.append("&add=").append(encoded(flow)));
    delete.forEach(flow -> query.append("&delete=").append(encoded(flow)));
    try (SocketChannel channel = connect(socket)) {
      write(channel, head("POST", query.toString()) + "\r\n");
      lines(begun(channel), answer);
    }
  }

  /** Gives what the agent said last, and what it says from now on, a tree each, until it ends. */
  public void follow(Consumer<Object> answer) throws IOException {
    try (SocketChannel channel = connect(socket)) {
      write(channel, head("GET", "events?follow") + "\r\n");
      lines(begun(channel), answer);
    }
  }

  private static String head(String method, String path) {
    return method + " /v1/" + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  }

  private static BufferedReader begun(SocketChannel channel) throws IOException {
    BufferedReader reader = reader(channel);
    int status = status(reader);
    if (status != OK) {
      throw new IOException("the agent: error " + status);
    }
    return reader;
  }

  private static void lines(BufferedReader reader, Consumer<Object> answer) throws IOException {
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      answer.accept(JsonTree.read(line));
    }
  }

  private static void write(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    while (bytes.hasRemaining()) {
      int written = channel.write(bytes);
      assert written > 0;
    }
  }

  private static BufferedReader reader(SocketChannel channel) {
    return new BufferedReader(
        new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
  }

  /** Reads the head up to its empty line. */
  private static int status(BufferedReader reader) throws IOException {
    String first = reader.readLine();
    String[] words = first == null ? new String[0] : first.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.")) {
      throw new IOException("the agent answers with no HTTP");
    }
    String line = first;
    while (line != null && !line.isEmpty()) {
      line = reader.readLine();
    }
    return Integer.parseInt(words[1]);
  }
}
