// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.plumbline.spec.RepositoryFile.Identity;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** In which wave a host is, and what is wrong with waves. */
class RolloutTest {
  private final Problems problems = new Problems();

  private @Nullable RepositoryFile read(String waves) throws IOException {
    String text = "version: 1\nrollout:\n  waves:\n" + waves.indent(4);
    return RepositoryFile.load(
        new MapSource(Map.of(RepositoryFile.NAME, text.getBytes(StandardCharsets.UTF_8))),
        RepositoryFile.NAME,
        problems);
  }

  private List<String> refused(String waves) throws IOException {
    assertNull(read(waves));
    return problems.sorted().stream().map(Problem::line).toList();
  }

  @Test
  void a_host_is_in_the_first_wave_that_has_it_and_else_after_the_last() throws IOException {
    RepositoryFile file =
        read(
            """
            - {name: canary, match: {labels: {wave: canary}}, soak: 10m, atLeast: 2, within: 1h}
            - {match: {host: "web-?", labels: {site: fra}}, soak: 0s, healthy: 95%}
            """);
    assertNotNull(file);
    Rollout rollout = file.rollout();
    assertNotNull(rollout);
    Map<String, String> fra = Map.of("site", "fra", "x", "y");
    assertEquals(0, rollout.waveOf("web-1", Map.of("site", "fra", "wave", "canary")));
    assertEquals(1, rollout.waveOf("web-1", fra));
    assertEquals(2, rollout.waveOf("web-10", fra));
    assertEquals(2, rollout.waveOf("web-1", Map.of()));

    Wave canary = rollout.waves().get(0);
    assertEquals("canary", canary.name());
    assertEquals(Duration.ofMinutes(10), canary.soak());
    assertEquals(Duration.ofHours(1), canary.within());
    assertEquals(List.of(2, 2, 9), List.of(canary.needed(0), canary.needed(1), canary.needed(9)));
    Wave second = rollout.waves().get(1);
    assertEquals("2", second.name());
    assertEquals(
        List.of(1, 1, 19, 20), // rounded up: 95 % of 19 hosts are more than 18
        List.of(second.needed(0), second.needed(1), second.needed(19), second.needed(21)));
    assertEquals(Wave.USUAL_WITHIN, second.within());
  }

  @Test
  void a_number_may_be_written_in_any_way_that_yaml_has() throws IOException {
    RepositoryFile file = read("- {name: a, match: {host: a}, atLeast: 0x2}\n- {atLeast: 0o7}\n");
    assertNotNull(file);
    Rollout rollout = file.rollout();
    assertNotNull(rollout);
    assertEquals(List.of(2, 7), rollout.waves().stream().map(Wave::atLeast).toList());
  }

  @Test
  void the_example_is_valid() {
    assertEquals(List.of(), RepositoryFile.check(Path.of("../examples/rollout/plumbline.yaml")));
  }

  @Test
  void labels_are_those_of_the_agent_and_those_of_the_hosts_entry() throws IOException {
    RepositoryFile file =
        RepositoryFile.load(
            new MapSource(
                Map.of(
                    RepositoryFile.NAME,
                    """
                    version: 1
                    hosts:
                      - {match: {host: a}, labels: {wave: canary, site: ams}, path: a.yaml}
                    """
                        .getBytes(StandardCharsets.UTF_8))),
            RepositoryFile.NAME,
            problems);
    assertNotNull(file);
    assertNull(file.rollout());
    assertEquals(
        Map.of("wave", "canary", "site", "fra"),
        file.labels(new Identity("a", null, Map.of("site", "fra"))));
    assertEquals(Map.of(), file.labels(new Identity("b", null, Map.of())));
  }

  @Test
  void every_mistake_has_its_place() throws IOException {
    assertEquals(
        List.of(
            "plumbline.yaml:4:8: rollout.waves[0]: unknown key `nmae`, did you mean `name`?",
            "plumbline.yaml:5:16: rollout.waves[1].match: unknown key `machineId`, expected one of"
                + " host, labels",
            "plumbline.yaml:6:17: rollout.waves[2]: `atLeast` is the number -1, which is out of"
                + " range, expected a whole number from 0 to 1000000 such as 3"),
        refused(
            """
            - {nmae: canary}
            - {match: {machineId: a}}
            - {atLeast: -1}
            """));
  }

  @Test
  void a_time_or_a_percentage_that_is_none_has_its_place() throws IOException {
    assertEquals(
        List.of(
            "plumbline.yaml:4:14: rollout.waves[0]: `soak`: `ten` is not a duration, expected a"
                + " number with a unit: 100ms, 300s, 5m, 1h",
            "plumbline.yaml:4:28: rollout.waves[0]: `healthy`: `0%` is no percentage, expected 1%"
                + " to 100%"),
        refused("- {soak: ten, healthy: 0%}\n"));
  }

  @Test
  void a_wave_that_no_host_can_be_in_is_refused() throws IOException {
    assertEquals(
        List.of(
            "plumbline.yaml:5:7: rollout.waves[1]: no host can be in this wave: all that match it"
                + " are in wave `1` before it",
            "plumbline.yaml:7:7: rollout.waves[3]: another wave is called `fra`, too",
            "plumbline.yaml:7:7: rollout.waves[3]: no host can be in this wave: all that match it"
                + " are in wave `1` before it",
            "plumbline.yaml:9:7: rollout.waves[5]: no host can be in this wave: all that match it"
                + " are in wave `5` before it"),
        refused(
            """
            - {match: {host: "web-*"}}
            - {match: {host: "web-*", labels: {site: fra}}}
            - {name: fra, match: {labels: {site: fra}}}
            - {name: fra, match: {host: web-1}}
            - {}
            - {match: {host: db}}
            """));
  }
}
