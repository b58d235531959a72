// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.value.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stanzas of interfaces(5), with those of the files that it names. */
final class InterfacesFile {
  private static final int FILES = 256;

  /** A line within a stanza; {@code key} as it is compared: with dashes. */
  record Option(Position at, String key, String value) {
    @Override
    public String toString() {
      return key + " " + value;
    }
  }

  /** {@code iface eth0 inet static}, and what follows. */
  record Stanza(Position at, String name, String family, String method, List<Option> options) {}

  private final Draft draft;
  private final Set<Path> read = new HashSet<>();
  final List<Stanza> stanzas = new ArrayList<>();

  /** Names of {@code auto} and {@code allow-…}, patterns among them. */
  final Set<String> started = new LinkedHashSet<>();

  InterfacesFile(Draft draft) {
    this.draft = draft;
  }

  void read(SourceText source) {
    List<Option> options = null; // of the stanza that goes on
    String[] lines = new String(source.content(), StandardCharsets.UTF_8).split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      int first = i;
      String line = lines[i].replace("\r", "");
      boolean comment = line.stripLeading().startsWith("#");
      while (!comment && line.endsWith("\\") && i + 1 < lines.length) {
        line = line.substring(0, line.length() - 1) + " " + lines[++i].replace("\r", "");
      }
      String text = line.strip();
      if (comment || text.isEmpty()) {
        continue;
      }
      Position at =
          new Position(source.name(), first + 1, line.length() - line.stripLeading().length() + 1);
      String[] words = text.split("\\s+", 2);
      String rest = words.length > 1 ? words[1] : "";
      String word = words[0];
      if (word.equals("iface")) {
        options = iface(at, rest);
      } else if (word.equals("auto") || word.startsWith("allow-")) {
        options = null;
        allow(at, word, rest);
      } else if (word.equals("source") || word.equals("source-directory")) {
        options = null;
        include(at, source, rest, word.equals("source"));
      } else if (word.equals("no-scripts")
          || word.equals("no-auto-down")
          || word.equals("rename")
          || word.equals("template")) {
        options = null;
        draft.comment("", at, "`" + text + "` is not taken over");
      } else if (word.equals("mapping")) {
        draft.comment("", at, "`" + text + "` is not taken over: the file has no mappings");
        options = new ArrayList<>(); // its lines go with it
      } else if (options == null) {
        draft.error(
            at, "`" + word + "` stands in no stanza", "`iface NAME FAMILY METHOD` before it");
      } else {
        options.add(new Option(at, word.replace('_', '-'), rest.strip()));
      }
    }
  }

  private @Nullable List<Option> iface(Position at, String rest) {
    String[] words = rest.split("\\s+", -1);
    List<Option> options = new ArrayList<>();
    if (rest.isEmpty()) {
      draft.error(at, "`iface` without a name", "`iface NAME FAMILY METHOD`");
      return options;
    }
    String family = words.length > 1 ? words[1] : "inherits";
    String method = words.length > 2 ? words[2] : "";
    if (family.equals("inherits") || (words.length > 3 && words[3].equals("inherits"))) {
      draft.comment(
          "",
          at,
          "`iface " + rest + "`: what it inherits is not looked up; write it out, or add it");
    } else if (words.length != 3) {
      draft.error(at, "`iface " + rest + "` is no stanza", "`iface NAME FAMILY METHOD`");
    }
    stanzas.add(new Stanza(at, words[0], family, method, options));
    return options;
  }

  private void allow(Position at, String word, String names) {
    for (String name : names.split("\\s+", -1)) {
      if (name.contains("/")) {
        draft.comment(
            "",
            at,
            "`"
                + word
                + " "
                + name
                + "` is for devices that are there when it is read; name each under `interfaces`");
      } else if (!name.isEmpty()) {
        started.add(name);
      }
    }
  }

  private void include(Position at, SourceText from, String pattern, boolean files) {
    Path parent = Path.of(from.name()).toAbsolutePath().getParent();
    Path path = parent == null ? Path.of(pattern) : parent.resolve(pattern);
    Path directory = files ? path.getParent() : path;
    Path last = path.getFileName();
    if (directory == null || last == null || !Files.isDirectory(directory)) {
      draft.comment("", at, "`" + pattern + "` leads to no directory: nothing is read there");
      return;
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(directory, files ? last.toString() : "*")) {
      for (Path entry : entries) {
        boolean named = files || String.valueOf(entry.getFileName()).matches("[A-Za-z0-9_-]+");
        if (named && Files.isRegularFile(entry)) {
          found.add(entry);
        }
      }
    } catch (IOException e) {
      draft.error(at, "cannot read " + directory + ": " + e.getMessage(), null);
    }
    found.sort(null);
    for (Path file : found) {
      if (read.size() >= FILES) {
        draft.error(at, "more than " + FILES + " files are named", "fewer");
        return;
      }
      if (read.add(file.normalize())) {
        try {
          read(new SourceText(file.normalize().toString(), Files.readAllBytes(file)));
        } catch (IOException e) {
          draft.error(at, "cannot read " + file + ": " + e.getMessage(), null);
        }
      }
    }
  }
}
