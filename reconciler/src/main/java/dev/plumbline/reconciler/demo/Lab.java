// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.jspecify.annotations.Nullable;

/** All that the demo makes. {@link #close} may be called from any thread and at any time. */
final class Lab implements AutoCloseable {
  private static final int REMOVE_SECONDS = 30;

  private final Path directory = Files.createTempDirectory("plumbline-demo-");
  private final List<LabHost> hosts = new ArrayList<>();
  private @Nullable LabRepository repository;
  private boolean ended;
  private boolean closed;

  Lab() throws IOException {}

  Path directory() {
    return directory;
  }

  LabHost alpha() {
    return hosts.get(0);
  }

  LabHost beta() {
    return hosts.get(1);
  }

  LabRepository repository() {
    return Objects.requireNonNull(repository, "makeHosts comes first");
  }

  /** Makes both hosts, the cable and the repository. */
  void makeHosts(Story story)
      throws IOException, DemoException, InterruptedException, GitAPIException {
    for (String name : List.of("alpha", "beta")) {
      add(LabHost.start(name, story));
    }
    story.say("alpha and beta are the processes " + alpha().pid() + " and " + beta().pid() + ".");
    // From this process's own process namespace, in which both hosts have numbers; the network
    // namespace is alpha's.
    String command =
        "nsenter --net --target "
            + alpha().pid()
            + " ip link add underlay0 type veth peer name underlay0 netns "
            + beta().pid();
    story.command("", command);
    Shell.Result cable = Shell.run(List.of(command.split(" ")));
    if (!cable.ok()) {
      throw new DemoException("cannot lay the cable between the hosts: " + cable.output().strip());
    }
    for (LabHost host : hosts) {
      Shell.Result links = host.run("ip -brief link");
      story.output(host.name(), links.output());
    }
    repository = LabRepository.create(directory.resolve("hosts"));
  }

  private synchronized void add(LabHost host) throws IOException {
    if (ended) {
      host.close();
      throw new IOException("the demo was interrupted");
    }
    hosts.add(host);
  }

  /** Whether any process of the lab is still there. */
  boolean isAlive() {
    return hosts.stream().anyMatch(LabHost::isAlive);
  }

  /** Ends the hosts, those included that are only about to be made. */
  synchronized void endHosts() {
    ended = true;
    hosts.forEach(LabHost::close);
  }

  /** Ends the hosts and removes the files; a second time does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    endHosts();
    if (repository != null) {
      repository.close();
    }
    // JGit measures the file system's clock with files of its own, on a thread of its own.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(REMOVE_SECONDS);
    while (!removed() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** False if something is left: the story's last step looks for it, too, and says so. */
  private boolean removed() {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
      return true;
    } catch (IOException | UncheckedIOException e) {
      return !Files.exists(directory);
    }
  }
}
