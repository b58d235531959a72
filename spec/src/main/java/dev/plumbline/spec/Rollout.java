// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.ValueException;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlScalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * In which order hosts take a new commit. A host is in the first wave that has it; those that none
 * has come after the last.
 */
public record Rollout(List<Wave> waves) {
  private static final String ADDRESS = "rollout.waves";
  private static final Pattern PERCENT = Pattern.compile("([1-9][0-9]?|100)%");

  public Rollout {
    waves = List.copyOf(waves);
  }

  /** Which wave a host is in, from 0; as many as there are waves: it comes after all of them. */
  public int waveOf(String host, Map<String, String> labels) {
    int number = 0;
    while (number < waves.size() && !waves.get(number).has(host, labels)) {
      number++;
    }
    return number;
  }

  /** Reads what the schema has accepted; null if there is nothing, or something is wrong. */
  static @Nullable Rollout read(YamlMap file, Problems problems) {
    if (!(file.get("rollout") instanceof YamlMap map)
        || !(map.get("waves") instanceof YamlList list)) {
      return null;
    }
    List<Wave> waves = new ArrayList<>();
    for (int i = 0; i < list.items().size(); i++) {
      YamlMap item = (YamlMap) list.items().get(i);
      Wave wave = wave(item, i, problems);
      refuseIfInVain(wave, waves, item, i, problems);
      waves.add(wave);
    }
    return problems.hasErrors() ? null : new Rollout(waves);
  }

  private static void refuseIfInVain(
      Wave wave, List<Wave> before, YamlMap item, int number, Problems problems) {
    String address = ADDRESS + "[" + number + "]";
    if (before.stream().anyMatch(earlier -> earlier.name().equals(wave.name()))) {
      problems.add(
          Problem.error(
              item.position(), address, "another wave is called `" + wave.name() + "`, too"));
    }
    for (Wave earlier : before) {
      if (earlier.covers(wave)) {
        problems.add(
            Problem.error(
                item.position(),
                address,
                "no host can be in this wave: all that match it are in wave `"
                    + earlier.name()
                    + "` before it"));
        return;
      }
    }
  }

  private static Wave wave(YamlMap map, int number, Problems problems) {
    String address = ADDRESS + "[" + number + "]";
    YamlMap match =
        map.get("match") instanceof YamlMap given ? given : new YamlMap(map.position(), Map.of());
    String name = RepositoryFile.text(map, "name");
    return new Wave(
        name == null ? String.valueOf(number + 1) : name,
        RepositoryFile.text(match, "host"),
        RepositoryFile.texts(match, "labels"),
        duration(map, "soak", Wave.USUAL_SOAK, address, problems),
        percent(map, address, problems),
        atLeast(map),
        duration(map, "within", Wave.USUAL_WITHIN, address, problems));
  }

  /** A whole number in any notation that YAML has. */
  private static int atLeast(YamlMap map) {
    return map.get("atLeast") instanceof YamlScalar scalar
            && scalar.value() instanceof Number number
        ? number.intValue()
        : 1;
  }

  private static int percent(YamlMap map, String address, Problems problems) {
    if (!(map.get("healthy") instanceof YamlScalar scalar)) {
      return 100;
    }
    Matcher percent = PERCENT.matcher(scalar.text());
    if (percent.matches()) {
      return Integer.parseInt(percent.group(1));
    }
    problems.add(
        Problem.error(
                scalar.position(), address, "`healthy`: `" + scalar.text() + "` is no percentage")
            .expecting("1% to 100%"));
    return 100;
  }

  private static Duration duration(
      YamlMap map, String key, Duration usual, String address, Problems problems) {
    if (!(map.get(key) instanceof YamlScalar scalar)) {
      return usual;
    }
    try {
      return Durations.parse(scalar.text());
    } catch (ValueException e) {
      problems.add(
          Problem.error(scalar.position(), address, "`" + key + "`: " + e.getMessage())
              .expecting(e.expected()));
      return usual;
    }
  }
}
