// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphVerbTest {
  private static final String HOST = "../examples/traffic-patterns/host-5.yaml";

  private static String run(String... arguments) {
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.DONE, run.execute(arguments), run.err());
    return run.out();
  }

  @Test
  void themesAreOneOrBoth() {
    assertTrue(run("graph", HOST).contains("prefers-color-scheme:dark"));
    assertTrue(run("graph", HOST, "--theme", "light").contains("--ground:#ffffff"));
    assertTrue(!run("graph", HOST, "--theme", "dark").contains("--ground:#ffffff"));
    assertTrue(!run("graph", HOST, "--theme", "light").contains("prefers-color-scheme"));
  }

  @Test
  void thePictureGoesToAFile(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("host.svg");
    assertEquals("", run("graph", HOST, "--out", file.toString()));
    assertEquals(run("graph", HOST), Files.readString(file));
  }

  @Test
  void eachFormatIsWritten() {
    assertTrue(run("graph", HOST).startsWith("<svg "));
    assertTrue(run("graph", HOST, "-o", "dot").startsWith("digraph "));
    assertTrue(run("graph", HOST, "-o", "mermaid").startsWith("flowchart LR\n"));
  }

  @Test
  void aPlanIsMarkedAgainstARecordedHost(@TempDir Path directory) throws IOException {
    Path nothing = directory.resolve("nothing.json");
    try (var writer = Files.newBufferedWriter(nothing)) {
      dev.plumbline.reconciler.render.LiveJson.write(
          dev.plumbline.reconciler.live.LiveState.empty("lab"),
          java.util.Map.of("version", 1),
          writer);
    }
    String svg = run("graph", HOST, "--plan", "--recorded", nothing.toString());
    assertTrue(svg.contains("class=\"node bridge create\""), svg);
    assertTrue(svg.contains(">created</text>"), svg);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "graph|nothing to draw",
        "graph --live --recorded x|give one of them",
        "graph HOST --live|Leave one out",
        "graph --plan --live|a plan is of a file",
        "graph HOST --tcp 80|--path FROM TO",
        "graph HOST --path nobody 10.9.0.2|there is no `nobody`",
        "graph HOST --theme pink|--theme",
        "graph HOST -o png|--output",
        "graph missing.yaml|does not exist"
      })
  void mistakesSayWhatToDo(String command, String message) {
    CommandRun run = new CommandRun();
    List<String> words = List.of(command.replace("HOST", HOST).split(" ", -1));
    assertEquals(ExitCode.ERROR, run.execute(words.toArray(String[]::new)));
    assertTrue(run.err().contains(message), run.err());
    assertTrue(!run.err().contains("internal error"), run.err());
  }
}
