// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A web server that is posted notifications. */
public final class ToldServer implements AutoCloseable {
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final HttpServer server;
  private final List<String> bodies = new ArrayList<>();
  private final List<Node> events = new ArrayList<>();
  private final List<Node> taken = new ArrayList<>();
  private int status = 200;
  private String token = "";
  private long dropped;

  public ToldServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/told", this::answer);
    server.start();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/told");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      int now;
      synchronized (this) {
        now = status;
        bodies.add(body);
        Node tree = Node.of(JsonTree.read(body));
        events.addAll(tree.nodes("events"));
        if (now < 300) {
          taken.addAll(tree.nodes("events"));
          dropped += tree.number("dropped");
        }
        token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
      }
      exchange.sendResponseHeaders(now, -1);
    }
  }

  synchronized void answer(int other) {
    status = other;
  }

  public synchronized List<String> bodies() {
    return List.copyOf(bodies);
  }

  synchronized String token() {
    return token;
  }

  /** What the posts that were taken said of others. */
  synchronized long dropped() {
    return dropped;
  }

  private synchronized List<Node> copy(List<Node> list) {
    return List.copyOf(list);
  }

  void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never came true; posted: " + bodies());
      }
      Thread.sleep(5);
    }
  }

  void awaitPosts(int count) throws InterruptedException {
    await(() -> bodies().size() >= count);
  }

  /** The events of all posts, once there are so many. */
  public List<Node> awaitEvents(int count) throws InterruptedException {
    await(() -> copy(events).size() >= count);
    return copy(events);
  }

  /** The events of the posts that were taken, once there are so many. */
  List<Node> awaitTaken(int count) throws InterruptedException {
    await(() -> copy(taken).size() >= count);
    return copy(taken);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
