// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.range;

import dev.plumbline.reconciler.source.HostPath;
import dev.plumbline.spec.RepositoryFile;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.source.FileSource;
import dev.plumbline.spec.value.Position;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a tree are hosts' files, and whose: those at a place where {@code plumbline.yaml}
 * sends a host. A host's labels are its agent's affair, so a place is believed whatever labels it
 * asks for.
 */
public final class HostFiles {
  private static final String HOST = "{host}";
  private static final String MACHINE_ID = "{machine-id}";

  private HostFiles() {}

  /**
   * Finds them.
   *
   * @param template of the path, as of {@code --path}; null: as {@code plumbline.yaml} says
   * @return the hosts' names by path; the empty name for a file that is not of one host alone
   */
  public static SortedMap<String, String> of(
      FileSource files, Collection<String> paths, @Nullable String template, Problems problems) {
    SortedMap<String, String> found = new TreeMap<>();
    List<RepositoryFile.Entry> entries = entries(files, template, problems);
    for (String path : paths) {
      for (int i = 0; i < entries.size() && !found.containsKey(path); i++) {
        String host = host(entries.get(i), path);
        if (host != null && !isElsewhere(host, entries.subList(0, i))) {
          found.put(path, host);
        }
      }
    }
    return found;
  }

  /** Whether a host surely takes an earlier entry, none of which led here. */
  private static boolean isElsewhere(String host, List<RepositoryFile.Entry> earlier) {
    RepositoryFile.Identity name = new RepositoryFile.Identity(host, null, Map.of());
    return !host.isEmpty() && earlier.stream().anyMatch(entry -> entry.matches(name));
  }

  private static List<RepositoryFile.Entry> entries(
      FileSource files, @Nullable String template, Problems problems) {
    if (template != null) {
      return List.of(any(template));
    }
    try {
      RepositoryFile file = RepositoryFile.load(files, RepositoryFile.NAME, problems);
      if (file == null) {
        return List.of();
      }
      return file.hostsPosition() == null ? List.of(any(HostPath.USUAL)) : file.hosts();
    } catch (NoSuchFileException e) {
      return List.of(any(HostPath.USUAL));
    } catch (IOException e) {
      problems.add(
          Problem.error(
              Position.ofFile(RepositoryFile.NAME), "", "cannot be read: " + e.getMessage()));
      return List.of();
    }
  }

  private static RepositoryFile.Entry any(String template) {
    return new RepositoryFile.Entry(
        null, null, Map.of(), Map.of(), template, Position.ofFile(RepositoryFile.NAME));
  }

  /** The host of a path by an entry; empty: none alone; null: the entry does not lead there. */
  private static @Nullable String host(RepositoryFile.Entry entry, String path) {
    String exact = entry.host() == null || entry.host().matches(".*[*?].*") ? "" : entry.host();
    String regex =
        Pattern.quote(normal(entry.path()))
            .replaceFirst(Pattern.quote(HOST), "\\\\E(?<host>[^/]+)\\\\Q")
            .replace(HOST, "\\E\\k<host>\\Q")
            .replace(MACHINE_ID, "\\E[0-9a-f]{32}\\Q");
    Matcher matcher = Pattern.compile(regex).matcher(path);
    if (!matcher.matches()) {
      return null;
    }
    if (!regex.contains("?<host>")) {
      return exact;
    }
    String host = matcher.group("host");
    return entry.matches(new RepositoryFile.Identity(host, entry.machineId(), entry.wanted()))
        ? host
        : null;
  }

  /** Without {@code ./} and doubled slashes, as trees name paths. */
  private static String normal(String path) {
    return Path.of(path).normalize().toString();
  }
}
