// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what hosts put at a URL, and gives all of it to whoever asks. */
final class StatusServer implements AutoCloseable {
  private static final String PATH = "/fleet";

  private final Map<String, String> kept = new ConcurrentSkipListMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpServer server;

  StatusServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(threads);
    server.createContext(PATH, this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (exchange.getRequestMethod().equals("PUT")) {
        kept.put(
            exchange.getRequestURI().getPath(), new String(body, StandardCharsets.UTF_8).strip());
        exchange.sendResponseHeaders(204, -1);
      } else {
        String all = "{\"statuses\": [" + String.join(",", kept.values()) + "]}";
        byte[] bytes = all.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
  }

  int requests() {
    return requests.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
