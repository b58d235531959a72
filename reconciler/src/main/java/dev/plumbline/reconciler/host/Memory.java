// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Ownership.Setting;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What plumbline remembers between runs, in the file {@code ownership} of its state directory.
 *
 * <p>One line a fact, its words parted by tabs: {@code setting TYPE NAMESPACE DEVICE KEY FIELD
 * ORIGINAL SET…} or {@code made TYPE NAMESPACE DEVICE KEY}; then {@code end FACTS}, without which
 * the file is not whole. It is replaced as a whole, so that a crash leaves the old one or the new
 * one.
 */
public final class Memory {
  private static final String HEADER = "plumbline ownership 2";

  private final Path file;
  private @Nullable BiConsumer<String, IOException> tolerant;

  /** What could not be written; null: nothing. */
  private @Nullable Ownership unsaved;

  public Memory(Path directory) {
    this.file = directory.resolve("ownership");
  }

  /** From now on what cannot be written is kept in memory, and told. */
  void tolerate(BiConsumer<String, IOException> told) {
    tolerant = told;
  }

  public Ownership load() throws IOException {
    Ownership kept = unsaved;
    if (kept != null) {
      save(kept);
      return kept;
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return Ownership.NONE;
    } catch (CharacterCodingException e) {
      throw new IOException(damaged(1).getMessage(), e);
    }
    SortedMap<ResourceId, SortedMap<String, Setting>> settings = new TreeMap<>();
    SortedSet<ResourceId> made = new TreeSet<>();
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw damaged(1);
    }
    int last = lines.size() - 1;
    if (!lines.get(last).equals(end(last - 1))) {
      throw damaged(last + 1);
    }
    for (int i = 1; i < last; i++) {
      String[] words = lines.get(i).split("\t", -1);
      if (words.length >= 8 && words[0].equals("setting")) {
        settings
            .computeIfAbsent(id(words, i), id -> new TreeMap<>())
            .put(
                words[5],
                new Setting(words[6], new TreeSet<>(List.of(words).subList(7, words.length))));
      } else if (words.length == 5 && words[0].equals("made")) {
        made.add(id(words, i));
      } else {
        throw damaged(i + 1);
      }
    }
    return new Ownership(settings, made);
  }

  /** Writes what could not be written before, if there is any and it can be now. */
  void flush() {
    Ownership kept = unsaved;
    if (kept != null) {
      try {
        save(kept);
      } catch (IOException e) {
        throw new IllegalStateException("what is unsaved is tolerated", e);
      }
    }
  }

  private ResourceId id(String[] words, int line) throws IOException {
    try {
      return new ResourceId(ResourceType.ofLabel(words[1]), words[2], words[3], words[4]);
    } catch (IllegalArgumentException e) {
      throw new IOException(damaged(line + 1).getMessage(), e);
    }
  }

  private static String end(int facts) {
    return "end\t" + facts;
  }

  private IOException damaged(int line) {
    return new IOException(
        file
            + ":"
            + line
            + ": damaged, plumbline did not leave it like this; nothing was changed. Put it back"
            + " from a backup, or move it away to go on without it: what plumbline made it still"
            + " knows by its marks in the kernel, but settings that leave the host's file are then"
            + " not set back");
  }

  public void save(Ownership ownership) throws IOException {
    try {
      write(ownership);
      unsaved = null;
    } catch (IOException e) {
      if (tolerant == null) {
        throw e;
      }
      unsaved = ownership;
      tolerant.accept("remember what plumbline set on this host", e);
    }
  }

  private void write(Ownership ownership) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    ownership
        .settings()
        .forEach(
            (id, fields) ->
                fields.forEach(
                    (field, setting) ->
                        text.append("setting\t")
                            .append(words(id))
                            .append('\t')
                            .append(field)
                            .append('\t')
                            .append(setting.original())
                            .append('\t')
                            .append(String.join("\t", setting.set()))
                            .append('\n')));
    ownership.unmarked().forEach(id -> text.append("made\t").append(words(id)).append('\n'));
    text.append(end((int) text.chars().filter(c -> c == '\n').count() - 1)).append('\n');
    StateFile.put(file, text.toString());
  }

  private static String words(ResourceId id) {
    return id.type().label() + "\t" + id.namespace() + "\t" + id.device() + "\t" + id.key();
  }
}
