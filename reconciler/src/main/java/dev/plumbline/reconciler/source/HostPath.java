// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import dev.plumbline.spec.RepositoryFile;
import dev.plumbline.spec.Rollout;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.source.FileSource;
import dev.plumbline.spec.value.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a host's file is in its repository.
 *
 * @param template in which {@code {host}} and {@code {machine-id}} stand for the host's own; null:
 *     as the repository's {@code plumbline.yaml} says, or {@link #USUAL} if it says nothing
 */
public record HostPath(@Nullable String template, RepositoryFile.Identity identity) {
  /** Where a host's file is if nothing else is said. */
  public static final String USUAL = "hosts/{host}.yaml";

  private static final Path MACHINE_ID = Path.of("/etc/machine-id");

  /**
   * @throws IllegalArgumentException if the path leads out of the repository, or needs what the
   *     host does not have
   */
  public HostPath {
    String unused = filled(template == null ? USUAL : template, identity);
  }

  /** Who this machine is, under a name, by {@code /etc/machine-id}. */
  public static RepositoryFile.Identity identity(String host, Map<String, String> labels)
      throws IOException {
    String machineId = null;
    try {
      String text = Files.readString(MACHINE_ID).strip();
      machineId = text.matches("[0-9a-f]{32}") ? text : null; // else "uninitialized", machine-id(5)
    } catch (NoSuchFileException e) {
      machineId = null;
    }
    return new RepositoryFile.Identity(host, machineId, labels);
  }

  /**
   * What a repository says of this host.
   *
   * @param path of its file; null: it cannot be told
   * @param labels those that its agent was given, and more
   * @param rollout in which order hosts take a commit; null: all at once
   */
  public record Found(
      @Nullable String path, Map<String, String> labels, @Nullable Rollout rollout) {}

  /** What a repository as it is says of the host; null, and problems, if it cannot be told. */
  public @Nullable Found in(FileSource files, Problems problems) {
    String given = template == null ? null : filled(template, identity);
    try {
      RepositoryFile file = RepositoryFile.load(files, RepositoryFile.NAME, problems);
      if (file == null) {
        return null;
      }
      String path = given;
      if (path == null && file.hostsPosition() == null) {
        path = filled(USUAL, identity);
      }
      if (path == null) {
        RepositoryFile.Entry entry = file.entry(identity, problems);
        path = entry == null ? null : of(entry, problems);
      }
      return new Found(path, file.labels(identity), file.rollout());
    } catch (NoSuchFileException e) {
      String path = given == null ? filled(USUAL, identity) : given;
      return new Found(path, identity.labels(), null);
    } catch (IOException e) {
      problems.add(
          Problem.error(
              Position.ofFile(RepositoryFile.NAME), "", "cannot be read: " + e.getMessage()));
      return null;
    }
  }

  private @Nullable String of(RepositoryFile.Entry entry, Problems problems) {
    try {
      return filled(entry.path(), identity);
    } catch (IllegalArgumentException e) {
      problems.add(Problem.error(entry.pathPosition(), "hosts", String.valueOf(e.getMessage())));
      return null;
    }
  }

  private static String filled(String template, RepositoryFile.Identity identity) {
    String path = identity.fill(template);
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..") && parts.pollLast() == null) {
        throw new IllegalArgumentException("the path " + path + " leads out of the repository");
      }
      if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
        parts.addLast(part);
      }
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("the path `" + template + "` names no file");
    }
    return String.join("/", parts);
  }

  /** As it may be shown before a repository is there. */
  @Override
  public String toString() {
    return template == null
        ? filled(USUAL, identity) + " or as " + RepositoryFile.NAME + " says"
        : filled(template, identity);
  }
}
