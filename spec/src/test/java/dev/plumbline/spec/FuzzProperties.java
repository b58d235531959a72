// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever the bytes: loading never throws, and there is a state exactly if there is no error. */
class FuzzProperties {
  private static final List<String> PIECES =
      List.of(
          "null",
          "~",
          "-1",
          "4294967296",
          "99999999999999999999",
          "1.5",
          "true",
          "\"\"",
          "[]",
          "{}",
          "{a: b}",
          "[[]]",
          "${host}",
          "${vars.x}",
          "*a",
          "&a x",
          "!!str x",
          "|\n  x",
          "default",
          "\u0000",
          "\t",
          "br0",
          "0.0.0.0/0",
          "::",
          "ff:ff:ff:ff:ff:ff",
          "include: [x]",
          "<<: {}");

  private final List<String> seeds;

  FuzzProperties() throws IOException {
    List<String> texts = new java.util.ArrayList<>();
    for (Path example : ExamplesTest.examples()) {
      texts.add(Files.readString(example));
    }
    seeds = texts;
  }

  @Property(tries = 2_000)
  void a_damaged_example_gives_problems_or_a_state_and_never_throws(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
    for (int i = 0; i <= random.nextInt(4); i++) {
      damage(text, random);
    }
    check(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Replaces a word, swaps two, or deletes or doubles a stretch. */
  private static void damage(StringBuilder text, Random random) {
    int at = random.nextInt(text.length());
    int end = Math.min(text.length(), at + 1 + random.nextInt(12));
    switch (random.nextInt(4)) {
      case 0 -> {
        int from = at;
        while (from > 0 && Character.isLetterOrDigit(text.charAt(from - 1))) {
          from--;
        }
        int to = at;
        while (to < text.length() && Character.isLetterOrDigit(text.charAt(to))) {
          to++;
        }
        text.replace(from, to, PIECES.get(random.nextInt(PIECES.size())));
      }
      case 1 -> text.delete(at, end);
      case 2 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
      default -> text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65536));
    }
  }

  @Property(tries = 1_000)
  void random_bytes_never_throw(@ForAll byte[] bytes) {
    check(bytes);
  }

  @Property(tries = 500)
  void states_that_do_not_go_together_give_problems_and_never_throw(@ForAll long seed) {
    String text = HostYaml.write(new RandomStates(new Random(seed)).state());
    check(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void check(byte[] content) {
    Loaded loaded = HostFile.load(new MapSource(Map.of("f", content)), "f", LoadOptions.defaults());
    boolean errors = loaded.problems().stream().anyMatch(Problem::isError);
    assertEquals(errors, loaded.hasErrors());
    for (Problem problem : loaded.problems()) {
      assertFalse(problem.line().isBlank());
      assertEquals("f", problem.position().file());
    }
  }
}
