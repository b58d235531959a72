// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitHttpServer;
import dev.plumbline.reconciler.source.GitRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Agents over model kernels that follow one repository, which git serves over http. */
final class FleetRun implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final Path directory;
  private final GitHttpServer server;
  private final Map<String, AgentRun> agents = new LinkedHashMap<>();
  private final Map<String, ModelKernel> kernels = new LinkedHashMap<>();

  FleetRun(Path directory) throws IOException {
    this.directory = directory;
    Sh.run("git init -q --bare -b main " + bare());
    git("config http.receivepack true");
    Sh.run("git init -q -b main " + work());
    server = new GitHttpServer(directory, "");
  }

  private Path bare() {
    return directory.resolve("hosts.git");
  }

  private Path work() {
    return directory.resolve("work");
  }

  /** In the served repository. */
  String git(String arguments) {
    return Sh.run("git -C " + bare() + " -c safe.directory='*' " + arguments).strip();
  }

  void write(String path, String text) throws IOException {
    AgentRun.write(work().resolve(path), text);
  }

  /** Commits what was written; returns the commit's full name. */
  String commit(String message) {
    return Sh.run(
            "cd "
                + work()
                + " && export HOME="
                + directory
                + " GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org"
                + " GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org && git add -A"
                + " && git commit -q --allow-empty -m '"
                + message
                + "' && git push -q -f "
                + bare()
                + " main && git rev-parse HEAD")
        .strip();
  }

  AgentRun start(String host, Map<String, String> labels) throws IOException {
    AgentOptions.Git from =
        new AgentOptions.Git(
            "http://127.0.0.1:" + server.port() + "/hosts.git",
            new GitRef.Branch("main"),
            GitAccess.USUAL,
            null,
            null,
            labels,
            false,
            new AgentOptions.Board(true, null, null));
    ModelKernel kernel =
        kernels.computeIfAbsent(host, name -> ModelKernel.withCards(name, List.of("eth0")));
    AgentRun run =
        AgentRun.start(
            new AgentOptions(from, host, INTERVAL, directory.resolve(host + ".state"), run(host)),
            () -> kernel);
    agents.put(host, run);
    return run;
  }

  Path run(String host) {
    return directory.resolve(host + ".run");
  }

  ModelKernel kernel(String host) {
    return kernels.get(host);
  }

  AgentRun agent(String host) {
    return agents.get(host);
  }

  /** Waits until the host has told others something that has this in it. */
  void awaitTold(String host, String what) throws Exception {
    AgentRun.eventually(
        host + " tells " + what,
        () -> git("cat-file blob refs/plumbline/status/" + host).contains(what));
  }

  void stop(String host) {
    agents.remove(host).close();
  }

  @Override
  public void close() {
    agents.values().forEach(AgentRun::close);
    server.close();
  }
}
