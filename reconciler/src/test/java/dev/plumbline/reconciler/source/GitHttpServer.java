// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** {@code git http-backend} behind Java's own web server, for whoever has the password. */
public final class GitHttpServer implements AutoCloseable {
  /** What its threads are called. */
  public static final String THREADS = "git-http";

  private final HttpServer server;
  private final Path root;
  private final ExecutorService pool;
  private final AtomicLong sent = new AtomicLong();
  private volatile String password;
  private volatile Runnable before = () -> {};

  /** What becomes of an answer, headers and all, before it is sent. */
  volatile UnaryOperator<byte[]> spoil = UnaryOperator.identity();

  /** What was asked for, in order: the method and the URI. */
  final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  public GitHttpServer(Path root, String password) throws IOException {
    this(root, password, 1);
  }

  /** One that answers so many at a time. */
  public GitHttpServer(Path root, String password, int threads) throws IOException {
    this.root = root;
    this.password = password;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    pool = Executors.newFixedThreadPool(threads, task -> new Thread(task, THREADS));
    server.setExecutor(pool);
    server.createContext("/", this::answer);
    server.start();
  }

  /** How many requests there were. */
  public int requests() {
    return asked.size();
  }

  /** Bytes of the answers, headers not counted. */
  public long sent() {
    return sent.get();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Runs it before every answer. */
  public void before(Runnable task) {
    before = task;
  }

  void password(String other) {
    password = other;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      before.run();
      asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      if (!password.isEmpty() && (given == null || !mayRead(given))) {
        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"hosts\"");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      byte[] output = spoil.apply(run(exchange));
      int end = new String(output, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
      int status = 200;
      for (String line :
          new String(output, 0, end, StandardCharsets.ISO_8859_1).split("\r\n", -1)) {
        String[] header = line.split(": ", 2);
        if (header[0].equals("Status")) {
          status = Integer.parseInt(header[1].substring(0, 3));
        } else {
          exchange.getResponseHeaders().add(header[0], header[1]);
        }
      }
      exchange.sendResponseHeaders(status, 0);
      sent.addAndGet(output.length - end - 4);
      exchange.getResponseBody().write(output, end + 4, output.length - end - 4);
    }
  }

  private boolean mayRead(String given) {
    String decoded =
        new String(
            Base64.getDecoder().decode(given.substring("Basic ".length())), StandardCharsets.UTF_8);
    return decoded.endsWith(":" + password);
  }

  /** As a web server runs a CGI program (RFC 3875). */
  private byte[] run(HttpExchange exchange) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
    Map<String, String> environment = builder.environment();
    environment.put("GIT_PROJECT_ROOT", root.toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("GIT_CONFIG_COUNT", "1");
    environment.put("GIT_CONFIG_KEY_0", "safe.directory");
    environment.put("GIT_CONFIG_VALUE_0", "*");
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    environment.put("PATH_INFO", exchange.getRequestURI().getPath());
    environment.put("QUERY_STRING", String.valueOf(exchange.getRequestURI().getRawQuery()));
    environment.put("REMOTE_ADDR", "127.0.0.1");
    header(exchange, "Content-Type", "CONTENT_TYPE", environment);
    header(exchange, "Content-Encoding", "HTTP_CONTENT_ENCODING", environment);
    header(exchange, "Git-Protocol", "GIT_PROTOCOL", environment);
    byte[] body = exchange.getRequestBody().readAllBytes();
    environment.put("CONTENT_LENGTH", String.valueOf(body.length));
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (OutputStream out = process.getOutputStream()) {
      out.write(body);
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (InputStream in = process.getInputStream()) {
      long unused = in.transferTo(output);
    }
    return output.toByteArray();
  }

  private static void header(
      HttpExchange exchange, String name, String variable, Map<String, String> environment) {
    String value = exchange.getRequestHeaders().getFirst(name);
    if (value != null) {
      environment.put(variable, value);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    pool.shutdown();
  }
}
