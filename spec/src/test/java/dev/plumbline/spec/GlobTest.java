// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Which names a pattern has. */
class GlobTest {
  @Test
  void a_star_is_any_characters_and_a_question_mark_one() {
    for (String glob : List.of("web-1", "web-?", "web*", "*", "**", "w*-*", "*-1", "*b-*1*")) {
      assertTrue(Glob.matches(glob, "web-1"), glob);
    }
    for (String glob : List.of("", "web", "web-1?", "?", "*2", "x*", "web-1*?", "w.b-1", "WEB-1")) {
      assertFalse(Glob.matches(glob, "web-1"), glob);
    }
    assertTrue(Glob.matches("?", "\uD83D\uDD25"), "one, though of two units");
    assertTrue(Glob.matches("*", "") && Glob.matches("", ""));
  }

  @Test
  void it_is_what_an_expression_would_say() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      String glob = text(random, "ab*?");
      String name = text(random, "ab");
      String expression = glob.replace("*", ".*").replace("?", ".");
      assertEquals(Pattern.matches(expression, name), Glob.matches(glob, name), glob + " " + name);
    }
  }

  private static String text(Random random, String letters) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(8); left > 0; left--) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }

  @Test
  void many_stars_take_no_time() {
    assertFalse(Glob.matches("*a".repeat(60) + "b", "a".repeat(120)));
  }
}
