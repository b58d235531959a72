// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphviz reads what is written for it. */
class DotTest {
  static List<Path> examples() throws IOException {
    return Pictures.examples();
  }

  private static boolean hasDot() {
    return List.of(String.valueOf(System.getenv("PATH")).split(":", -1)).stream()
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "dot")));
  }

  /** Nothing to say where there is no Graphviz: callers have other things to check. */
  static void accepted(String text) throws IOException, InterruptedException {
    if (hasDot()) {
      assertEquals("", complaints(text));
    }
  }

  private static String complaints(String text) throws IOException, InterruptedException {
    Process dot =
        new ProcessBuilder("dot", "-Tcanon")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var in = dot.getOutputStream()) {
      in.write(text.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(dot.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return dot.waitFor() == 0 ? said : said + "exit code " + dot.exitValue();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void graphvizTakesEachExample(Path example) throws IOException, InterruptedException {
    assumeTrue(hasDot(), "no dot here: apt-get install graphviz");
    assertEquals("", complaints(Pictures.of(example).dot()));
  }
}
