// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.agent.Agent;
import dev.plumbline.reconciler.agent.AgentLog;
import dev.plumbline.reconciler.agent.AgentOptions;
import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.report.Event;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitHttpServer;
import dev.plumbline.reconciler.source.GitRef;
import dev.plumbline.reconciler.systemd.ServiceManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Agents of one process, each over a model kernel of its own, that follow one repository, which git
 * serves over http. All but their kernels is as it is on hosts: clone, gate, loop, socket, state
 * directory.
 *
 * <p>A hundredth of the hosts are canaries, a tenth the second wave; these tell how they are.
 */
final class SimulatedFleet implements AutoCloseable {
  static final String WAVES =
      """
      version: 1
      hosts: [{path: any.yaml}]
      rollout:
        waves:
          - {name: canary, match: {host: "canary-*"}, soak: 2s}
          - {name: second, match: {host: "second-*"}, soak: 2s, healthy: 95%}
      """;
  static final String AT_ONCE = "version: 1\nhosts: [{path: any.yaml}]\n";

  /** A host of it. */
  record Member(String name, ModelKernel kernel, Path run) {}

  private final Path directory;
  private final Duration interval;
  private final GitHttpServer server;
  private final @Nullable StatusServer statuses;
  private final List<Member> members = new ArrayList<>();
  private final List<Agent> agents = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, Map<String, Long>> appliedNanos = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Long>> stoppedNanos = new ConcurrentHashMap<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();

  /**
   * @param statusesAtUrl whether hosts tell how they are at a URL, not in references
   */
  SimulatedFleet(Path directory, int hosts, Duration interval, boolean statusesAtUrl)
      throws IOException {
    statuses = statusesAtUrl ? new StatusServer() : null;
    this.directory = directory;
    this.interval = interval;
    Sh.run("git init -q --bare -b main " + bare());
    Sh.run("git -C " + bare() + " config http.receivepack true");
    Sh.run("git -C " + bare() + " config gc.auto 0");
    Sh.run("git init -q -b main " + work());
    server = new GitHttpServer(directory, "", 8);
    int canaries = Math.max(1, hosts / 100);
    int second = Math.max(2, hosts / 10);
    for (int i = 0; i < hosts; i++) {
      String wave = i < canaries ? "canary" : i < canaries + second ? "second" : "rest";
      String name = String.format("%s-%04d", wave, i);
      members.add(
          new Member(
              name,
              ModelKernel.withCards(name, List.of("eth0")),
              directory.resolve("hosts").resolve(name + ".run")));
    }
  }

  private Path bare() {
    return directory.resolve("hosts.git");
  }

  private Path work() {
    return directory.resolve("work");
  }

  GitHttpServer server() {
    return server;
  }

  /** Requests for statuses at the URL. */
  int statusRequests() {
    return statuses == null ? 0 : statuses.requests();
  }

  List<Member> members() {
    return members;
  }

  List<Member> members(String wave) {
    return members.stream().filter(each -> each.name().startsWith(wave + "-")).toList();
  }

  List<String> failures() {
    return failures;
  }

  /** Commits that all hosts have a bridge of that name and no other; the commit's full name. */
  String commit(String repositoryFile, String bridge) throws IOException {
    Files.writeString(work().resolve("plumbline.yaml"), repositoryFile);
    Files.writeString(
        work().resolve("any.yaml"),
        "{version: 1, bridges: {" + bridge + ": {datapath: kernel}}}\n");
    return Sh.run(
            "cd "
                + work()
                + " && export HOME="
                + directory
                + " GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org"
                + " GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org && git add -A"
                + " && git commit -q -m "
                + bridge
                + " && git push -q "
                + bare()
                + " main && git rev-parse HEAD")
        .strip();
  }

  /** Starts all, a few milliseconds apart, so that they do not ask at one moment for ever. */
  void start(long apartMillis) throws InterruptedException {
    for (Member member : members) {
      Thread thread = new Thread(() -> run(member), "agent-" + member.name());
      thread.start();
      threads.add(thread);
      Thread.sleep(apartMillis);
    }
  }

  private void run(Member member) {
    AgentOptions options =
        new AgentOptions(
            new AgentOptions.Git(
                "http://127.0.0.1:" + server.port() + "/hosts.git",
                new GitRef.Branch("main"),
                GitAccess.USUAL,
                null,
                null,
                Map.of(),
                false,
                new AgentOptions.Board(
                    !member.name().startsWith("rest"),
                    statuses == null ? null : statuses.url(),
                    null)),
            member.name(),
            interval,
            member.run().resolveSibling(member.name()),
            member.run());
    AgentLog log = new AgentLog(event -> take(member.name(), event));
    try (Agent agent = Agent.open(options, () -> member.kernel(), ServiceManager.NONE, log)) {
      agents.add(agent);
      agent.run();
    } catch (IOException | RuntimeException e) {
      failures.add(member.name() + ": " + e);
    }
  }

  private void take(String host, Event event) {
    long now = System.nanoTime();
    String revision = String.valueOf(event.properties().get("revision"));
    switch (event.event()) {
      case "applied" ->
          appliedNanos.computeIfAbsent(revision, key -> new ConcurrentHashMap<>()).put(host, now);
      case "rollout-stopped" ->
          stoppedNanos.computeIfAbsent(revision, key -> new ConcurrentHashMap<>()).put(host, now);
      default -> {}
    }
  }

  /** When each host had applied a commit, and found it so; {@code System.nanoTime}. */
  Map<String, Long> applied(String commit) {
    return new LinkedHashMap<>(appliedNanos.getOrDefault(commit, Map.of()));
  }

  /** When each host said that the commit was stopped before it. */
  Map<String, Long> stopped(String commit) {
    return new LinkedHashMap<>(stoppedNanos.getOrDefault(commit, Map.of()));
  }

  /** Hosts that have the bridge. */
  long having(String bridge) {
    return members.stream()
        .filter(each -> each.kernel().state().has(ResourceId.deviceIn("", bridge)))
        .count();
  }

  /** Has all fetch now, as a webhook does. */
  void hurryAll() throws IOException {
    for (Member member : members) {
      AgentClient client = AgentClient.find(member.run());
      if (client == null) {
        throw new IOException(member.name() + " does not listen");
      }
      Object unused = client.post("sync");
    }
  }

  void await(String what, Duration limit, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("never came true: " + what + "; " + failures);
      }
      Thread.sleep(50);
    }
  }

  @Override
  public void close() {
    agents.forEach(Agent::stop);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    server.close();
    if (statuses != null) {
      statuses.close();
    }
  }
}
