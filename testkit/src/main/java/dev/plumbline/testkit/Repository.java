// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import dev.plumbline.reconciler.desired.FlowChecks;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Cards;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.range.HostFiles;
import dev.plumbline.reconciler.sim.ModelHost;
import dev.plumbline.reconciler.sim.NamedGoal;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.source.DirectorySource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/**
 * The hosts of a working copy: those that {@code plumbline.yaml} sends to a file, or {@code
 * hosts/*.yaml} where there is none. Includes are read as on the hosts themselves.
 */
public final class Repository {
  private final Map<String, List<NamedGoal>> hosts = new TreeMap<>();
  private final Map<String, List<String>> cards = new TreeMap<>();

  private Repository() {}

  /**
   * Reads all hosts' files.
   *
   * @param root the directory that {@code include} may not leave, with {@code plumbline.yaml} in it
   *     if there is one
   * @throws IllegalArgumentException with every mistake as {@code file:line:column: message}, or if
   *     there is no host's file at all
   */
  public static Repository of(Path root) {
    Repository repository = new Repository();
    List<String> mistakes = new ArrayList<>();
    try {
      DirectorySource files = new DirectorySource(root);
      Problems problems = new Problems();
      HostFiles.of(files, paths(root), null, problems)
          .forEach((path, host) -> repository.load(files, path, host, mistakes));
      problems.sorted().stream().filter(Problem::isError).map(Problem::line).forEach(mistakes::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", mistakes));
    }
    if (repository.hosts.isEmpty()) {
      throw new IllegalArgumentException(
          root + ": no host's file, neither by plumbline.yaml nor as hosts/*.yaml");
    }
    return repository;
  }

  private static List<String> paths(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private void load(DirectorySource files, String path, String host, List<String> mistakes) {
    LoadOptions any = FlowChecks.in(LoadOptions.defaults());
    Loaded loaded = HostFile.load(files, path, host.isEmpty() ? any : any.forHost(host));
    loaded.problems().stream().filter(Problem::isError).map(Problem::line).forEach(mistakes::add);
    if (loaded.state() != null) {
      hosts
          .computeIfAbsent(host.isEmpty() ? path : host, name -> new ArrayList<>())
          .add(new NamedGoal(path, Goals.of(loaded.state())));
    }
  }

  /** The hosts' names; for a file that is not of one host alone, its path. */
  public List<String> hosts() {
    return List.copyOf(hosts.keySet());
  }

  /**
   * Says which network cards a host has. Of others it is thought that they have the devices that
   * their files name and none makes.
   *
   * @throws IllegalArgumentException if there is no such host
   */
  public Repository withCards(String host, String... names) {
    if (!hosts.containsKey(host)) {
      throw new IllegalArgumentException(host + " is none of " + hosts.keySet());
    }
    cards.put(host, List.of(names));
    return this;
  }

  /**
   * Each host's file on a host where nothing was applied yet, and again where it was. A host with
   * several files, of which its labels choose one, is there with each of them.
   *
   * @throws IllegalArgumentException with every file that can never be applied, such as one that
   *     needs a card which its host has not got
   */
  public Arbitrary<Situation> situations() {
    List<Situation> situations = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    hosts.forEach(
        (host, files) -> {
          for (NamedGoal file : files) {
            LiveState others = others(host, file);
            problems.addAll(problems(host, others, file));
            situations.add(new Situation(others, NamedGoal.EMPTY, file));
            situations.add(new Situation(others, file, file));
            situations.add(new Situation(others, file, NamedGoal.EMPTY));
          }
        });
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    return Arbitraries.of(situations);
  }

  private static List<String> problems(String host, LiveState others, NamedGoal file) {
    try (ModelHost model = new ModelHost(others)) {
      return model.plan(file.goal()).problems().stream()
          .map(problem -> file.name() + " on " + host + ": " + problem)
          .toList();
    }
  }

  private LiveState others(String host, NamedGoal file) {
    List<String> names = cards.get(host);
    return names == null
        ? Cards.kernel(host, List.of(file.goal())).state()
        : ModelKernel.withCards(host, names).state();
  }
}
