// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.spec.value.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The host that a running agent fetches from. */
final class RepositoryHost {
  /** A URL with a host, or {@code user@host:path} (git-fetch(1)). */
  private static final Pattern HOST =
      Pattern.compile(
          "^(?:[a-z+]+://(?:[^/@ ]*@)?(?<url>\\[[^\\]]+\\]|[^/: ]+)"
              + "|(?:[^/@ ]+@)(?<scp>\\[[^\\]]+\\]|[^/: ]+):)");

  /** No plan waits longer for a name server. */
  private static final long PATIENCE_SECONDS = 2;

  private RepositoryHost() {}

  /** Its addresses; none without an agent, for a repository on this host, or a name not known. */
  static List<IpAddress> addresses(@Nullable AgentClient agent) throws IOException {
    if (agent == null) {
      return List.of();
    }
    String host = host(Node.of(agent.get("status")).node("fetch").text("from"));
    return host == null ? List.of() : resolved(host);
  }

  /** The host in what an agent says that it fetches from; null for none. */
  static @Nullable String host(String from) {
    Matcher matcher = HOST.matcher(from);
    if (!matcher.find()) {
      return null;
    }
    String host = matcher.group("url") == null ? matcher.group("scp") : matcher.group("url");
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static List<IpAddress> resolved(String host) {
    CompletableFuture<List<IpAddress>> answer = new CompletableFuture<>();
    Thread thread = new Thread(() -> resolve(host, answer), "resolve");
    thread.setDaemon(true);
    thread.start();
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (ExecutionException | TimeoutException e) {
      return List.of(); // nobody who does not know the name reaches it either
    }
  }

  private static void resolve(String host, CompletableFuture<List<IpAddress>> answer) {
    try {
      answer.complete(Stream.of(InetAddress.getAllByName(host)).map(IpAddress::of).toList());
    } catch (UnknownHostException e) {
      answer.completeExceptionally(e);
    }
  }
}
