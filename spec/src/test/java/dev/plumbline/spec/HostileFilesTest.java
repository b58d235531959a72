// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileFilesTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  @TempDir Path directory;

  private static String problems(String text) {
    return problems(Map.of("f.yaml", text));
  }

  private static String problems(Map<String, String> files) {
    Loaded loaded =
        assertTimeoutPreemptively(
            BOUND, () -> HostFile.load(MapSource.ofTexts(files), "f.yaml", LoadOptions.defaults()));
    assertTrue(loaded.hasErrors());
    return String.join("\n", loaded.problems().stream().map(p -> p.line()).toList());
  }

  private static void assertStartsWith(String expected, String actual) {
    assertTrue(
        actual.startsWith(expected),
        () ->
            "expected "
                + expected
                + "… and got "
                + actual.substring(0, Math.min(500, actual.length())));
  }

  @Test
  void a_billion_laughs_are_refused() {
    StringBuilder text =
        new StringBuilder("vars:\n  a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 10; i++) {
      text.append("  a").append(i).append(": &a").append(i).append(" [");
      text.append(("*a" + (i - 1) + ", ").repeat(9)).append("]\n");
    }
    assertEquals(
        "f.yaml:7:22: the aliases stand for too many values, expected at most 250000",
        problems(text.toString()));
  }

  @Test
  void many_aliases_are_refused() {
    String text = "a: &a 1\nb: [" + "*a, ".repeat(1_001) + "]\n";
    assertEquals("f.yaml:2:4005: too many aliases, expected at most 1000", problems(text));
  }

  @Test
  void an_alias_in_its_own_anchor_is_refused() {
    assertEquals(
        "f.yaml:1:8: the alias `*a` contains itself, expected no cycles", problems("a: &a [*a]\n"));
  }

  @Test
  void flow_nesting_is_bounded() {
    assertStartsWith(
        "f.yaml:1:35: nested too deeply, expected at most 32 levels",
        problems("b: " + "[".repeat(1_000_000)));
  }

  @Test
  void block_nesting_is_bounded() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      text.append(" ".repeat(i)).append("a:\n");
    }
    assertStartsWith("f.yaml:33:33: nested too deeply", problems(text.toString()));
  }

  @Test
  void nesting_by_aliases_is_bounded() {
    StringBuilder text = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 100; i++) {
      text.append("a" + i + ": &a" + i + " [*a" + (i - 1) + "]\n");
    }
    assertTrue(problems(text.toString()).contains("nested too deeply"));
  }

  @Test
  void a_file_of_a_hundred_megabytes_is_refused_without_being_read_whole() throws IOException {
    Path file = directory.resolve("huge.yaml");
    try (RandomAccessFile huge = new RandomAccessFile(file.toFile(), "rw")) {
      huge.setLength(100 << 20);
    }
    Loaded loaded =
        assertTimeoutPreemptively(BOUND, () -> HostFile.load(file, LoadOptions.defaults()));
    assertEquals(
        file + ": the file is too large, expected at most 16 MiB", loaded.problems().get(0).line());
  }

  @Test
  void many_unknown_keys_give_a_bounded_number_of_problems() {
    StringBuilder text = new StringBuilder("version: 1\n");
    for (int i = 0; i < 20_000; i++) {
      text.append("key").append(i).append(": 1\n");
    }
    Loaded loaded =
        assertTimeoutPreemptively(
            BOUND,
            () ->
                HostFile.load(
                    MapSource.ofTexts(Map.of("f.yaml", text.toString())),
                    "f.yaml",
                    LoadOptions.defaults()));
    assertEquals(1_001, loaded.problems().size());
    assertEquals(
        "f.yaml: warning: there may be more problems, of which no more than these 1000 are reported",
        loaded.problems().get(1_000).line());
  }

  @Test
  void thousands_of_undeclared_ports_are_not_compared_with_thousands_of_names() {
    StringBuilder text = new StringBuilder("version: 1\nveths:\n");
    for (int i = 0; i < 10_000; i++) {
      text.append("  v").append(i).append(": {}\n");
    }
    text.append("bridges:\n");
    for (int i = 0; i < 10_000; i++) {
      text.append("  b" + i + ": {datapath: kernel, ports: {w" + i + ": {}}}\n");
    }
    Loaded loaded =
        assertTimeoutPreemptively(
            Duration.ofSeconds(30),
            () ->
                HostFile.load(
                    MapSource.ofTexts(Map.of("f.yaml", text.toString())),
                    "f.yaml",
                    LoadOptions.defaults()));
    assertEquals(10_000, loaded.orThrow().bridges().size());
  }

  @Test
  void files_that_include_each_other_are_named() {
    assertEquals(
        "b/g.yaml:1:11: include: the files include each other: f.yaml → b/g.yaml → f.yaml",
        problems(
            Map.of(
                "f.yaml",
                "version: 1\ninclude: [b/g.yaml]\n",
                "b/g.yaml",
                "include: [../f.yaml]\n")));
  }

  @Test
  void a_chain_of_includes_is_bounded() {
    Map<String, String> files = new HashMap<>(Map.of("f.yaml", "version: 1\ninclude: [g0.yaml]\n"));
    for (int i = 0; i < 50; i++) {
      files.put("g" + i + ".yaml", "include: [g" + (i + 1) + ".yaml]\n");
    }
    assertStartsWith("g14.yaml:1:11: include: includes are nested too deeply", problems(files));
  }

  @Test
  void includes_that_double_are_bounded() {
    Map<String, String> files = new HashMap<>(Map.of("f.yaml", "version: 1\ninclude: [g0.yaml]\n"));
    for (int i = 0; i < 14; i++) {
      String next = "g" + (i + 1) + ".yaml";
      files.put("g" + i + ".yaml", "include: [" + next + ", " + next + "]\n");
    }
    files.put("g14.yaml", "version: 1\n");
    assertTrue(problems(files).contains("too much is included"));
  }

  @Test
  void variables_that_double_are_bounded() {
    StringBuilder text = new StringBuilder("version: 1\nvars:\n  v0: xxxxxxxxxx\n");
    for (int i = 1; i < 14; i++) {
      text.append("  v" + i + ": \"${vars.v" + (i - 1) + "}${vars.v" + (i - 1) + "}\"\n");
    }
    assertTrue(problems(text.toString()).contains("too long with its variables put in"));
  }

  @Test
  void a_path_out_of_the_repository_is_refused_even_when_the_file_is_there() throws IOException {
    Path outside = Files.writeString(directory.resolve("secret.yaml"), "host: secret\n");
    Path repository = Files.createDirectories(directory.resolve("repo/.git")).getParent();
    Path file =
        Files.writeString(
            repository.resolve("a.yaml"),
            "version: 1\ninclude: [../secret.yaml, " + outside + "]\n");
    Loaded loaded = HostFile.load(file, LoadOptions.defaults());
    assertEquals(2, loaded.problems().size(), loaded.problems()::toString);
    assertTrue(loaded.problems().get(0).message().contains("leads out of the repository"));
    assertTrue(loaded.problems().get(1).message().contains("leads out of the repository"));
    assertEquals(java.util.Set.of("a.yaml"), loaded.files());
  }

  @Test
  void a_link_out_of_the_repository_is_refused() throws IOException {
    Files.writeString(directory.resolve("secret.yaml"), "host: secret\n");
    Path repository = Files.createDirectories(directory.resolve("repo/.git")).getParent();
    Files.createSymbolicLink(repository.resolve("link.yaml"), Path.of("../secret.yaml"));
    Path file =
        Files.writeString(repository.resolve("a.yaml"), "version: 1\ninclude: [link.yaml]\n");
    Loaded loaded = HostFile.load(file, LoadOptions.defaults());
    assertEquals(
        file
            + ":2:11: the included file `"
            + repository.resolve("link.yaml")
            + "` cannot be read: it is a link that leads out of the repository",
        loaded.problems().get(0).line());
  }

  @Test
  void a_pipe_is_refused_and_does_not_block() throws Exception {
    Path pipe = directory.resolve("pipe.yaml");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Loaded loaded =
        assertTimeoutPreemptively(BOUND, () -> HostFile.load(pipe, LoadOptions.defaults()));
    assertEquals(
        pipe + ": the file cannot be read: it is not a regular file",
        loaded.problems().get(0).line());
  }

  @Test
  void standard_input_is_refused_as_what_it_is() {
    // A pipe: its real path, /proc/…/fd/pipe:[1], is that of no file.
    Loaded loaded = HostFile.load(Path.of("/dev/stdin"), LoadOptions.defaults());
    assertEquals(
        "/dev/stdin: the file cannot be read: it is not a regular file",
        loaded.problems().get(0).line());
  }
}
