// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.plumbline.spec.RepositoryFile.Entry;
import dev.plumbline.spec.RepositoryFile.Identity;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which entry of plumbline.yaml is a host's, and what is wrong with the file. */
class RepositoryFileTest {
  private static final String MACHINE = "4c4c4544004b3510804ac2c04f315931";
  private static final String HOSTS =
      """
      version: 1
      hosts:
        - match: {host: "web-*", labels: {site: fra}}
          path: hosts/web-fra.yaml
        - match: {host: "web-?"}
          labels: {role: web}
          path: hosts/web.yaml
        - match: {machineId: %s}
          path: hosts/{machine-id}.yaml
        - match: {host: db.example}
          path: hosts/db.yaml
      """
          .formatted(MACHINE);

  private final Problems problems = new Problems();

  private static @Nullable RepositoryFile read(String text, Problems problems) throws IOException {
    return RepositoryFile.load(
        new MapSource(Map.of(RepositoryFile.NAME, text.getBytes(StandardCharsets.UTF_8))),
        RepositoryFile.NAME,
        problems);
  }

  private @Nullable String path(String host, @Nullable String machine, Map<String, String> labels)
      throws IOException {
    RepositoryFile file = read(HOSTS, new Problems());
    assertNotNull(file);
    Identity identity = new Identity(host, machine, labels);
    Entry entry = file.entry(identity, problems);
    return entry == null ? null : identity.fill(entry.path());
  }

  private List<String> lines() {
    return problems.sorted().stream().map(Problem::line).toList();
  }

  @Test
  void the_first_entry_counts_whose_conditions_all_hold() throws IOException {
    assertEquals("hosts/web-fra.yaml", path("web-1", null, Map.of("site", "fra", "x", "y")));
    assertEquals("hosts/web.yaml", path("web-1", null, Map.of("site", "ams")));
    assertNull(path("web-10", null, Map.of()), "one character");
    assertEquals("hosts/" + MACHINE + ".yaml", path("web-10", MACHINE, Map.of()));
    assertEquals("hosts/db.yaml", path("db.example", null, Map.of()));
    assertNull(path("dbxexample", null, Map.of()), "a dot is a dot");
  }

  @Test
  void a_host_that_none_matches_is_told_so_and_which_was_probably_meant() throws IOException {
    assertNull(path("db.exmaple", MACHINE.replace('4', '5'), Map.of("site", "fra")));
    assertEquals(
        List.of(
            "plumbline.yaml:2:1: hosts: no entry matches this host (host `db.exmaple`, machine-id "
                + MACHINE.replace('4', '5')
                + ", labels {site=fra}), did you mean `db.example`?"),
        lines());
  }

  @Test
  void every_mistake_has_its_place() throws IOException {
    assertNull(
        read(
            """
            version: 1
            hosts:
              - macth: {host: a}
                path: a.yaml
              - match: {hots: b}
                path: b.yaml
              - match: {}
              - labels: {role: 1}
                path: [a]
            host: x
            """,
            problems));
    assertEquals(
        List.of(
            "plumbline.yaml:3:5: hosts[0]: unknown key `macth`, did you mean `match`?",
            "plumbline.yaml:5:13: hosts[1].match: unknown key `hots`, did you mean `host`?",
            "plumbline.yaml:7:5: hosts[2]: the key `path` is missing, expected a text such as"
                + " hosts/{host}.yaml",
            "plumbline.yaml:7:12: hosts[2].match: too little is here, expected a map such as"
                + " {host:web-*}",
            "plumbline.yaml:8:20: hosts[3].labels: `role` is the number 1, expected a text such as"
                + " web, did you mean `\"1\"`?",
            "plumbline.yaml:9:11: hosts[3]: `path` is a list, expected a text such as"
                + " hosts/{host}.yaml",
            "plumbline.yaml:10:1: unknown key `host`, did you mean `hosts`?"),
        lines());
  }

  @Test
  void a_work_tree_has_to_have_the_files_that_are_named_outright(@TempDir Path root)
      throws IOException {
    Path file = Files.writeString(root.resolve(RepositoryFile.NAME), HOSTS);
    Files.createDirectory(root.resolve("hosts"));
    Files.writeString(root.resolve("hosts/web.yaml"), "version: 1\n");
    Files.writeString(root.resolve("hosts/web-fra.yaml"), "version: 1\n");
    assertEquals(
        List.of(file + ":11:11: hosts: the file `hosts/db.yaml` does not exist"),
        RepositoryFile.check(file).stream().map(Problem::line).toList());
    Files.writeString(root.resolve("hosts/db.yaml"), "version: 1\n");
    assertEquals(List.of(), RepositoryFile.check(file));
  }
}
