// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import dev.plumbline.reconciler.render.JsonTree;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Posts events as JSON to a URL ({@code schemas/notification.schema.json}), from a thread of its
 * own: whoever says something never waits for it.
 *
 * <p>A burst is one post: after a post, or a first event, a second passes before the next one. What
 * the server does not take is tried again, a second later, then two, up to five minutes; meanwhile
 * the newest events are kept, older ones are dropped and counted. A server that says that the post
 * itself is wrong (400, 413, 422) does not get it again.
 */
public final class Notifier implements AutoCloseable {
  /** Events that wait. */
  static final int QUEUE = 1_000;

  /** Events of one post. */
  static final int POST = 100;

  private static final long FOLD_MILLIS = 1_000;
  private static final long LONGEST_RETRY_MILLIS = 300_000;
  private static final long PATIENCE_MILLIS = 2_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Set<Integer> HOPELESS = Set.of(400, 413, 422);

  private final NotifyOptions options;
  private final String host;
  private final BiConsumer<String, String> log;
  private final Thread thread;
  private final Deque<Event> queue = new ArrayDeque<>();
  private boolean closed;
  private long sent;
  private long failed;
  private long dropped;

  /** Of the dropped ones those that no post has told of. */
  private long untold;

  private Notifier(NotifyOptions options, String host, BiConsumer<String, String> log) {
    this.options = options;
    this.host = host;
    this.log = log;
    this.thread = new Thread(this::run, "notify");
    thread.setDaemon(true);
  }

  /**
   * Starts one, in the namespaces of the calling thread.
   *
   * @param host the host's name
   * @param log takes an event's name and its message
   */
  public static Notifier start(NotifyOptions options, String host, BiConsumer<String, String> log) {
    Notifier notifier = new Notifier(options, host, log);
    notifier.thread.start();
    return notifier;
  }

  /** Takes an event if it is to be told of; does not wait. */
  public void take(Event event) {
    Subject subject = Subject.of(event);
    if (subject == null || !options.about().contains(subject)) {
      return;
    }
    synchronized (queue) {
      queue.addLast(event);
      if (queue.size() > QUEUE) {
        queue.removeFirst();
        drop(1);
      }
      queue.notifyAll();
    }
  }

  private void drop(int events) {
    dropped += events;
    untold += events;
  }

  /** How it goes, as a tree for JSON. */
  public Map<String, Object> tree() {
    synchronized (queue) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("queued", queue.size());
      tree.put("sent", sent);
      tree.put("failed", failed);
      tree.put("dropped", dropped);
      return tree;
    }
  }

  private void run() {
    try {
      HttpClient client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(TIMEOUT)
              .build();
      while (awaitEvents()) {
        Thread.sleep(FOLD_MILLIS);
        post(client);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private boolean awaitEvents() throws InterruptedException {
    synchronized (queue) {
      while (queue.isEmpty() && !closed) {
        queue.wait();
      }
      return !closed;
    }
  }

  /** Posts the oldest ones until that is done with. */
  private void post(HttpClient client) throws InterruptedException {
    long retry = FOLD_MILLIS;
    String said = "";
    while (true) {
      List<Event> events;
      long told;
      synchronized (queue) {
        events = queue.stream().limit(POST).toList();
        told = untold;
      }
      String problem;
      boolean hopeless = false;
      try {
        int status = send(client, events, told);
        problem = status / 100 == 2 ? "" : "it answers " + status;
        hopeless = HOPELESS.contains(status);
      } catch (IOException e) {
        problem = e.getMessage() == null ? e.toString() : e.getMessage();
      }
      done(events, told, problem.isEmpty(), hopeless);
      if (problem.isEmpty()) {
        if (!said.isEmpty()) {
          log.accept("notify-recovered", options.url() + ": is told again");
        }
        return;
      }
      if (!problem.equals(said)) {
        said = problem;
        log.accept("notify-failed", options.url() + ": cannot be told: " + problem);
      }
      if (hopeless) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(retry);
      retry = Math.min(LONGEST_RETRY_MILLIS, retry * 2);
    }
  }

  private void done(List<Event> events, long told, boolean well, boolean hopeless) {
    synchronized (queue) {
      if (well || hopeless) {
        // Some may have been dropped meanwhile.
        long last = events.get(events.size() - 1).number();
        while (!queue.isEmpty() && queue.getFirst().number() <= last) {
          queue.removeFirst();
        }
      }
      if (well) {
        sent += events.size();
        untold -= told;
      } else {
        failed++;
        if (hopeless) {
          drop(events.size());
        }
      }
    }
  }

  private int send(HttpClient client, List<Event> events, long told)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(options.url())
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .header("User-Agent", "plumbline")
            .POST(HttpRequest.BodyPublishers.ofString(body(events, told)));
    if (options.tokenFile() != null) {
      request.header("Authorization", "Bearer " + new SecretFile(options.tokenFile()).read());
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private String body(List<Event> events, long told) {
    List<Object> trees = new ArrayList<>();
    for (Event event : events) {
      Map<String, Object> tree = event.tree();
      Subject subject = Subject.of(event);
      tree.put("about", subject == null ? "" : subject.label());
      trees.add(tree);
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("version", 1);
    tree.put("host", host);
    tree.put("sent", Instant.now().toString());
    tree.put("dropped", told);
    tree.put("events", trees);
    return JsonTree.document(tree);
  }

  /** Ends the thread; what was not told yet is not told any more. */
  @Override
  public void close() {
    synchronized (queue) {
      closed = true;
      queue.notifyAll();
    }
    thread.interrupt();
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
