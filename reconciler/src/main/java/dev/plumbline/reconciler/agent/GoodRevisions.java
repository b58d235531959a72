// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.StateFile;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The revisions that this host was brought to last, each with the host's files as they were, in the
 * directory {@code good} of the state directory: so that one can be applied before the network is
 * there, and whatever has become of the clone. Safe for any thread.
 */
final class GoodRevisions {
  /** How many are kept. */
  static final int KEPT = 5;

  private final Path directory;
  private final List<Path> damaged = new ArrayList<>();

  GoodRevisions(Path stateDirectory) {
    directory = stateDirectory.resolve("good");
  }

  /**
   * One of them.
   *
   * @param number the greater, the later
   * @param committed when the commit was made
   * @param file path of the host's file
   * @param files contents by path, of that file and all that it includes
   */
  record Entry(
      long number,
      String id,
      String content,
      String label,
      Instant committed,
      String file,
      SortedMap<String, String> files) {

    /** As the loader wants them. */
    Map<String, byte[]> bytes() {
      Map<String, byte[]> bytes = new LinkedHashMap<>();
      files.forEach((path, text) -> bytes.put(path, text.getBytes(StandardCharsets.UTF_8)));
      return bytes;
    }

    private String text() {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("revision", id);
      tree.put("content", content);
      tree.put("label", label);
      tree.put("committed", committed.toString());
      tree.put("file", file);
      tree.put("files", files);
      return JsonTree.line(tree) + "\n";
    }
  }

  /** All that can be read, the last first. One that is damaged is passed over. */
  synchronized List<Entry> list() throws IOException {
    damaged.clear();
    List<Entry> entries = new ArrayList<>();
    for (Path path : paths()) {
      try {
        Entry entry = read(path);
        if (!entry.files().isEmpty()) {
          entries.add(entry);
        }
      } catch (IOException | RuntimeException e) {
        damaged.add(path);
      }
    }
    entries.sort(Comparator.comparingLong(Entry::number).reversed());
    return entries;
  }

  /** What {@link #list} passed over last. */
  synchronized List<Path> damaged() {
    return List.copyOf(damaged);
  }

  private List<Path> paths() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().matches(".*/[0-9]{1,18}\\.json")).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static Entry read(Path path) throws IOException {
    Node node = Node.of(JsonTree.read(Files.readString(path)));
    SortedMap<String, String> files = new TreeMap<>();
    node.node("files").map().forEach((key, text) -> files.put(String.valueOf(key), "" + text));
    String name = String.valueOf(path.getFileName());
    return new Entry(
        Long.parseLong(name.substring(0, name.indexOf('.'))),
        node.text("revision"),
        node.text("content"),
        node.text("label"),
        Instant.parse(node.text("committed")),
        node.text("file"),
        files);
  }

  /**
   * Remembers one as the last. One with the same content takes the place of the one before: going
   * back to that would change nothing.
   */
  synchronized void keep(
      String id,
      String content,
      String label,
      Instant committed,
      String file,
      SortedMap<String, String> files)
      throws IOException {
    List<Entry> known = list();
    if (!known.isEmpty() && known.get(0).id().equals(id)) {
      return;
    }
    boolean same = !known.isEmpty() && known.get(0).content().equals(content);
    long number = known.isEmpty() ? 1 : known.get(0).number() + (same ? 0 : 1);
    Entry entry = new Entry(number, id, content, label, committed, file, files);
    StateFile.replace(directory.resolve(number + ".json"), entry.text());
    for (int i = KEPT - 1; i < known.size(); i++) {
      if (known.get(i).number() != number) {
        Files.deleteIfExists(directory.resolve(known.get(i).number() + ".json"));
      }
    }
  }
}
