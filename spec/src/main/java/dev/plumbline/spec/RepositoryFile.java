// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import dev.plumbline.spec.problem.NearMiss;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.schema.FileSchema;
import dev.plumbline.spec.source.DirectorySource;
import dev.plumbline.spec.source.FileSource;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.yaml.YamlLimits;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlReader;
import dev.plumbline.spec.yaml.YamlScalar;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A repository's {@code plumbline.yaml}: which hosts take which file, and in which order they take
 * a new commit.
 *
 * @param hosts in the file's order; the first that matches counts
 * @param hostsPosition where they stand; null: the file says nothing of hosts
 * @param rollout null: all hosts take a new commit at once
 */
public record RepositoryFile(
    List<Entry> hosts, @Nullable Position hostsPosition, @Nullable Rollout rollout) {
  /** Where it is in a repository. */
  public static final String NAME = "plumbline.yaml";

  private static final String HOST = "{host}";
  private static final String MACHINE_ID = "{machine-id}";

  public RepositoryFile {
    hosts = List.copyOf(hosts);
  }

  /**
   * Who a host is.
   *
   * @param machineId what {@code /etc/machine-id} says; null: it has none
   * @param labels that its agent was given
   */
  public record Identity(String host, @Nullable String machineId, Map<String, String> labels) {
    public Identity {
      labels = Map.copyOf(labels);
    }

    /**
     * A path with the host's own in the place of {@code {host}} and {@code {machine-id}}.
     *
     * @throws IllegalArgumentException if it has no such, or one that cannot be in a path
     */
    public String fill(String template) {
      if (template.contains(HOST) && (host.isBlank() || host.contains("/"))) {
        throw new IllegalArgumentException("`" + host + "` cannot be a host's name in a path");
      }
      if (!template.contains(MACHINE_ID)) {
        return template.replace(HOST, host);
      }
      if (machineId == null) {
        throw new IllegalArgumentException(
            "the path " + template + " needs /etc/machine-id, and this host has none");
      }
      return template.replace(HOST, host).replace(MACHINE_ID, machineId);
    }

    /** As messages name it. */
    @Override
    public String toString() {
      return "host `"
          + host
          + "`, machine-id "
          + (machineId == null ? "unknown" : machineId)
          + ", "
          + (labels.isEmpty() ? "no labels" : "labels " + new TreeMap<>(labels));
    }
  }

  /**
   * Some hosts and their file.
   *
   * @param host pattern of names; null: any
   * @param machineId null: any
   * @param wanted labels that the agent was given; empty: any
   * @param labels that such a host has besides
   * @param path template of the file's path
   */
  public record Entry(
      @Nullable String host,
      @Nullable String machineId,
      Map<String, String> wanted,
      Map<String, String> labels,
      String path,
      Position pathPosition) {
    public Entry {
      wanted = Map.copyOf(wanted);
      labels = Map.copyOf(labels);
    }

    /** Whether a host is one of these. */
    public boolean matches(Identity identity) {
      return (host == null || Glob.matches(host, identity.host()))
          && (machineId == null || machineId.equals(identity.machineId()))
          && identity.labels().entrySet().containsAll(wanted.entrySet());
    }
  }

  /** The labels of a host: those that its agent was given, and others that its entry has. */
  public Map<String, String> labels(Identity identity) {
    Map<String, String> labels = new TreeMap<>();
    hosts.stream()
        .filter(entry -> entry.matches(identity))
        .findFirst()
        .ifPresent(entry -> labels.putAll(entry.labels()));
    labels.putAll(identity.labels());
    return labels;
  }

  /** The entry of a host; null, and a problem, if none matches. */
  public @Nullable Entry entry(Identity identity, Problems problems) {
    for (Entry entry : hosts) {
      if (entry.matches(identity)) {
        return entry;
      }
    }
    List<String> names = new ArrayList<>();
    hosts.forEach(entry -> names.add(entry.host == null ? "" : entry.host));
    problems.add(
        Problem.error(
                hostsPosition == null ? Position.ofFile(NAME) : hostsPosition,
                "hosts",
                "no entry matches this host (" + identity + ")")
            .suggesting(NearMiss.find(identity.host(), names)));
    return null;
  }

  /**
   * Reads a repository's file; null if it has problems.
   *
   * @param path of it, relative to the source's root
   * @throws NoSuchFileException if there is none
   */
  public static @Nullable RepositoryFile load(FileSource source, String path, Problems problems)
      throws IOException {
    String shown = source.display(path);
    YamlNode node = YamlReader.read(shown, source.read(path, YamlLimits.FILE_BYTES), problems);
    if (node == null) {
      return null;
    }
    if (!(node instanceof YamlMap tree)) {
      problems.add(
          Problem.error(node.position(), "", "the file is " + node.describe())
              .expecting("a map with keys such as `version` and `hosts`"));
      return null;
    }
    FileSchema.REPOSITORY.validate(tree, problems);
    if (problems.hasErrors()) {
      return null;
    }
    List<Entry> hosts = new ArrayList<>();
    if (tree.get("hosts") instanceof YamlList list) {
      list.items().forEach(item -> hosts.add(entry((YamlMap) item)));
    }
    YamlMap.Entry key = tree.entries().get("hosts");
    Rollout rollout = Rollout.read(tree, problems);
    return problems.hasErrors()
        ? null
        : new RepositoryFile(hosts, key == null ? null : key.keyPosition(), rollout);
  }

  private static Entry entry(YamlMap map) {
    YamlMap match =
        map.get("match") instanceof YamlMap given ? given : new YamlMap(map.position(), Map.of());
    // The schema wants it, and a text.
    YamlScalar path = (YamlScalar) Objects.requireNonNull(map.get("path"));
    return new Entry(
        text(match, "host"),
        text(match, "machineId"),
        texts(match, "labels"),
        texts(map, "labels"),
        path.text(),
        path.position());
  }

  static @Nullable String text(YamlMap map, String key) {
    return map.get(key) instanceof YamlScalar scalar ? scalar.text() : null;
  }

  static Map<String, String> texts(YamlMap map, String key) {
    Map<String, String> texts = new TreeMap<>();
    if (map.get(key) instanceof YamlMap child) {
      child
          .entries()
          .forEach((name, entry) -> texts.put(name, ((YamlScalar) entry.value()).text()));
    }
    return texts;
  }

  /** All problems of a repository's file in a work tree, with those of the paths in it. */
  public static List<Problem> check(Path file) {
    Problems problems = new Problems();
    try {
      Path root = Objects.requireNonNull(file.toAbsolutePath().normalize().getParent());
      FileSource source =
          new DirectorySource(root) {
            @Override
            public String display(String path) {
              return file.toString();
            }
          };
      RepositoryFile read = load(source, NAME, problems);
      if (read != null) {
        read.checkPaths(source, problems);
      }
    } catch (NoSuchFileException e) {
      problems.add(Problem.error(Position.ofFile(file.toString()), "", "the file does not exist"));
    } catch (IOException e) {
      problems.add(
          Problem.error(Position.ofFile(file.toString()), "", "cannot be read: " + e.getMessage()));
    }
    return problems.sorted();
  }

  /** Adds a problem for every file that is named outright and that there is not. */
  private void checkPaths(FileSource source, Problems problems) throws IOException {
    for (Entry entry : hosts) {
      if (entry.path.contains(HOST) || entry.path.contains(MACHINE_ID)) {
        continue;
      }
      try {
        byte[] unused = source.read(entry.path, 0);
      } catch (NoSuchFileException e) {
        problems.add(
            Problem.error(
                entry.pathPosition, "hosts", "the file `" + entry.path + "` does not exist"));
      }
    }
  }
}
