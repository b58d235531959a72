// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.rollout;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.report.SecretFile;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A URL: GET gives {@code {"statuses": [STATUS, …]}} of all hosts, PUT of {@code URL/HOST} takes
 * this host's.
 */
public final class UrlBoard implements StatusBoard {
  /** Bytes that are read of an answer. */
  private static final int LARGEST = 16 << 20;

  private static final int HOSTS = 20_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration MOST = Duration.ofMinutes(1);

  private final URI uri;
  private final @Nullable Path token;
  private final Duration most;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private Map<String, String> unreadable = Map.of();

  /**
   * @param url http: or https:
   * @param token file with a token in its first line, read each time; null: none is sent
   * @throws IllegalArgumentException if the URL is none
   */
  public UrlBoard(String url, @Nullable Path token) {
    this(url, token, MOST);
  }

  /** With another time that one request may take in all. */
  UrlBoard(String url, @Nullable Path token, Duration most) {
    this.uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    String scheme = String.valueOf(uri.getScheme());
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
      throw new IllegalArgumentException("`" + url + "` is no http: or https: URL");
    }
    this.token = token;
    this.most = most;
  }

  @Override
  public List<HostStatus> read() throws IOException {
    HttpResponse<byte[]> answer = send(request(uri).GET().build());
    if (answer.statusCode() != 200) {
      throw new IOException(uri + " answers " + answer.statusCode());
    }
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    Map<String, String> left = new TreeMap<>();
    Map<String, HostStatus> all = new LinkedHashMap<>(); // one that is named twice counts once
    List<Node> nodes = Node.of(JsonTree.read(text)).nodes("statuses");
    for (Node node : nodes.subList(0, Math.min(HOSTS, nodes.size()))) {
      try {
        HostStatus status = HostStatus.of(null, node);
        all.put(status.host(), status);
      } catch (IOException e) {
        left.put(node.text("host"), String.valueOf(e.getMessage()));
      }
    }
    unreadable = left;
    return List.copyOf(all.values());
  }

  @Override
  public Map<String, String> unreadable() {
    return unreadable;
  }

  @Override
  public void tell(HostStatus status) throws IOException {
    URI its = URI.create(uri + "/" + URLEncoder.encode(status.host(), StandardCharsets.UTF_8));
    HttpRequest put =
        request(its)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(status.text()))
            .build();
    HttpResponse<byte[]> answer = send(put);
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(its + " answers " + answer.statusCode());
    }
  }

  private HttpRequest.Builder request(URI to) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(to).timeout(PATIENCE);
    if (token != null) {
      String secret = new SecretFile(token).read();
      try {
        request.header("Authorization", "Bearer " + secret);
      } catch (IllegalArgumentException e) {
        // Its message has the secret in it.
        throw new IOException(token + ": its first line cannot be a token");
      }
    }
    return request;
  }

  /** A request's own timeout is over when the headers are there; this one is for the body, too. */
  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, headers -> new LimitedBody(LARGEST));
    try {
      return answer.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      boolean unused = answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (TimeoutException e) {
      boolean unused = answer.cancel(true);
      throw new IOException(request.uri() + ": took longer than " + Gate.shown(most.toMillis()), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          request.uri() + ": " + (cause.getMessage() == null ? cause : cause.getMessage()), cause);
    }
  }

  @Override
  public void close() {
    // The client has nothing that is to be closed.
  }
}
