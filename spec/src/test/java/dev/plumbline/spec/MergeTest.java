// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeTest {
  private static Loaded load(Map<String, String> files, LoadOptions options) {
    return HostFile.load(MapSource.ofTexts(files), "hosts/a.yaml", options);
  }

  private static DesiredState state(Map<String, String> files) {
    return load(files, LoadOptions.defaults()).orThrow();
  }

  private static final String BASE =
      """
      version: 1
      dummies:
        d1: {mtu: 1400, addresses: [10.0.0.1/24]}
        d2: {mtu: 1401}
      """;

  @Test
  void maps_merge_by_key_and_the_upper_scalar_and_list_replace() {
    DesiredState state =
        state(
            Map.of(
                "base/b.yaml",
                BASE,
                "hosts/a.yaml",
                """
                version: 1
                include: [../base/b.yaml]
                dummies:
                  d1: {addresses: [10.0.0.2/24]}
                  d3: {}
                """));
    assertEquals(Set.of("d1", "d2", "d3"), state.dummies().keySet());
    var settings = state.dummies().get("d1").settings();
    assertEquals(1400, settings.mtu());
    assertEquals("10.0.0.2/24", settings.addressesOrNone().get(0).prefix().toString());
    assertEquals(1, settings.addressesOrNone().size());
  }

  @Test
  void null_removes_a_key_of_the_layer_below() {
    DesiredState state =
        state(
            Map.of(
                "base/b.yaml",
                BASE,
                "hosts/a.yaml",
                "version: 1\ninclude: [../base/b.yaml]\ndummies: {d2: null, d1: {mtu: null}}\n"));
    assertEquals(Set.of("d1"), state.dummies().keySet());
    assertNull(state.dummies().get("d1").settings().mtu());
  }

  @Test
  void a_later_include_lies_above_an_earlier_one() {
    DesiredState state =
        state(
            Map.of(
                "hosts/x.yaml", "dummies: {d: {mtu: 1000}}\n",
                "hosts/y.yaml", "dummies: {d: {mtu: 2000}}\n",
                "hosts/a.yaml", "version: 1\ninclude: [x.yaml, y.yaml]\n"));
    assertEquals(2000, state.dummies().get("d").settings().mtu());
  }

  @Test
  void a_problem_points_at_the_file_that_its_value_came_from() {
    Loaded loaded =
        load(
            Map.of(
                "base/b.yaml", "dummies:\n  d1: {mtu: lots}\n",
                "hosts/a.yaml",
                    "version: 1\ninclude: [../base/b.yaml]\ndummies: {d1: {up: true}}\n"),
            LoadOptions.defaults());
    assertEquals(
        "base/b.yaml:2:13: dummies.d1: `mtu` is the text `lots`,"
            + " expected a whole number from 68 to 65535 such as 1500",
        loaded.problems().get(0).line());
    assertEquals(Set.of("hosts/a.yaml", "base/b.yaml"), loaded.files());
  }

  @Test
  void a_state_knows_where_its_objects_were_written() {
    DesiredState state =
        state(
            Map.of(
                "hosts/a.yaml",
                "version: 1\ndummies:\n  d1: {}\nroutes: [{to: 10.0.0.0/8, dev: d1}]\n"));
    assertEquals("hosts/a.yaml:3:3", String.valueOf(state.position("dummies.d1")));
    assertEquals("hosts/a.yaml:4:10", String.valueOf(state.position("routes[0]")));
    assertEquals("hosts/a.yaml:4:27", String.valueOf(state.position("routes[0].dev")));
    assertEquals("hosts/a.yaml:3:3", String.valueOf(state.position("dummies.d1.addresses[3]")));
  }

  @Test
  void a_whole_reference_keeps_the_variables_type_and_a_part_is_text() {
    DesiredState state =
        state(
            Map.of(
                "hosts/a.yaml",
                """
                version: 1
                host: hv-01
                vars: {mtu: 1400, net: 10.0.0, tep: "${vars.net}.7"}
                dummies:
                  d: {mtu: "${vars.mtu}", addresses: ["${vars.tep}/24"]}
                  "x": {device: "${host}"}
                protect: ["$${x}"]
                """));
    assertEquals(1400, state.dummies().get("d").settings().mtu());
    assertEquals("hv-01", state.dummies().get("x").settings().device());
    assertEquals(
        "10.0.0.7/24",
        state.dummies().get("d").settings().addressesOrNone().get(0).prefix().toString());
    assertEquals(List.of("${x}"), state.protect());
  }

  @Test
  void the_variable_host_needs_a_host() {
    assertEquals(
        "hosts/a.yaml:2:11: protect[0]: `${host}` is not known here, expected the key `host` in the file",
        load(Map.of("hosts/a.yaml", "version: 1\nprotect: [\"${host}\"]\n"), LoadOptions.defaults())
            .problems()
            .get(0)
            .line());
  }

  @Test
  void variables_of_an_upper_layer_reach_the_lower() {
    DesiredState state =
        state(
            Map.of(
                "hosts/b.yaml", "vars: {mtu: 1000}\ndummies: {d: {mtu: \"${vars.mtu}\"}}\n",
                "hosts/a.yaml", "version: 1\ninclude: [b.yaml]\nvars: {mtu: 2000}\n"));
    assertEquals(2000, state.dummies().get("d").settings().mtu());
  }

  @Test
  void the_host_guard_refuses_another_host_and_lets_its_own() {
    Map<String, String> files = Map.of("hosts/a.yaml", "version: 1\nhost: hv-01\n");
    assertFalse(load(files, LoadOptions.defaults()).hasErrors());
    assertFalse(load(files, LoadOptions.defaults().forHost("hv-01")).hasErrors());
    assertEquals(
        "hosts/a.yaml:2:7: host: the file is for the host `hv-01`, and this is `hv-02`",
        load(files, LoadOptions.defaults().forHost("hv-02")).problems().get(0).line());
  }

  @Test
  void a_file_on_disk_is_named_as_the_user_named_it(@TempDir Path directory) throws IOException {
    Path repository = Files.createDirectories(directory.resolve("repo/.git")).getParent();
    Files.createDirectories(repository.resolve("hosts"));
    Files.createDirectories(repository.resolve("base"));
    Files.writeString(repository.resolve("base/b.yaml"), "dummies: {d: {mtu: x}}\n");
    Path file = repository.resolve("hosts/a.yaml");
    Files.writeString(file, "version: 1\ninclude: [../base/b.yaml]\nfoo: 1\n");
    Loaded loaded = HostFile.load(file, LoadOptions.defaults());
    List<String> places = loaded.problems().stream().map(p -> p.position().toString()).toList();
    assertEquals(List.of(repository + "/base/b.yaml:1:20", file + ":3:1"), places);
    assertEquals(Set.of("hosts/a.yaml", "base/b.yaml"), loaded.files());
    Path relative = Path.of("").toAbsolutePath().relativize(file);
    assertEquals(
        relative + ":3:1",
        HostFile.load(relative, LoadOptions.defaults()).problems().stream()
            .map(p -> p.position().toString())
            .filter(place -> place.contains("hosts"))
            .findFirst()
            .orElse("none"));
  }

  @Test
  void a_file_that_is_not_there_is_a_problem(@TempDir Path directory) {
    Loaded loaded = HostFile.load(directory.resolve("no.yaml"), LoadOptions.defaults());
    assertTrue(loaded.hasErrors());
    assertEquals("the file does not exist", loaded.problems().get(0).message());
  }

  @Test
  void an_empty_file_lacks_its_version() {
    Loaded loaded = load(Map.of("hosts/a.yaml", ""), LoadOptions.defaults());
    assertEquals(
        "hosts/a.yaml:1:1: the key `version` is missing, expected a whole number such as 1",
        loaded.problems().get(0).line());
    assertNotNull(loaded.problems().get(0).toJson().expected());
  }

  @Test
  void an_included_file_is_named_as_seen_from_the_file(@TempDir Path repository)
      throws IOException {
    Files.createDirectories(repository.resolve(".git"));
    Path hosts = Files.createDirectories(repository.resolve("hosts"));
    Files.writeString(hosts.resolve("beside.yaml"), "wrong: 1\n");
    Files.createDirectories(repository.resolve("base"));
    Files.writeString(repository.resolve("base/below.yaml"), "wrong: 1\n");
    Files.writeString(hosts.resolve("a.yaml"), "version: 1\ninclude: [beside.yaml]\n");
    Files.writeString(hosts.resolve("b.yaml"), "version: 1\ninclude: [../base/below.yaml]\n");
    // Named relative to the working directory, as a user inside the repository does.
    Path here = Path.of("").toAbsolutePath().relativize(hosts);
    assertEquals(here + "/beside.yaml", named(here.resolve("a.yaml")));
    assertEquals(
        here.resolve("../base/below.yaml").normalize().toString(), named(here.resolve("b.yaml")));
  }

  private static String named(Path file) {
    return HostFile.load(file, LoadOptions.defaults()).problems().get(0).position().file();
  }
}
