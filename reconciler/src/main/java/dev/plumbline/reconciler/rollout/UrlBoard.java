// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.rollout;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.report.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  private final URI uri;
  private final @Nullable Path token;
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
    this.uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    String scheme = String.valueOf(uri.getScheme());
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
      throw new IllegalArgumentException("`" + url + "` is no http: or https: URL");
    }
    this.token = token;
  }

  @Override
  public List<HostStatus> read() throws IOException {
    HttpResponse<InputStream> answer = send(request(uri).GET().build());
    String text;
    try (InputStream body = answer.body()) {
      byte[] bytes = body.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException(uri + " answers more than " + (LARGEST >> 20) + " MiB");
      }
      text = new String(bytes, StandardCharsets.UTF_8);
    }
    if (answer.statusCode() != 200) {
      throw new IOException(uri + " answers " + answer.statusCode());
    }
    Map<String, String> left = new TreeMap<>();
    List<HostStatus> all = new ArrayList<>();
    List<Node> nodes = Node.of(JsonTree.read(text)).nodes("statuses");
    for (Node node : nodes.subList(0, Math.min(HOSTS, nodes.size()))) {
      try {
        all.add(HostStatus.of(null, node));
      } catch (IOException e) {
        left.put(node.text("host"), String.valueOf(e.getMessage()));
      }
    }
    unreadable = left;
    return all;
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
    HttpResponse<InputStream> answer = send(put);
    answer.body().close();
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(its + " answers " + answer.statusCode());
    }
  }

  private HttpRequest.Builder request(URI to) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(to).timeout(PATIENCE);
    if (token != null) {
      request.header("Authorization", "Bearer " + new SecretFile(token).read());
    }
    return request;
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      throw new IOException(
          request.uri() + ": " + (e.getMessage() == null ? e : e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    // The client has nothing that is to be closed.
  }
}
