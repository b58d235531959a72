// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each picture in the documentation is what the command beside it draws. {@code
 * -Dgolden.update=true} draws it anew; look at it before committing it.
 */
class GraphDocsTest {
  private static final Pattern COMMAND =
      Pattern.compile(
          "plumbline (graph examples/.*) --out (docs/pictures/\\S+)", Pattern.MULTILINE);

  @ParameterizedTest
  @ValueSource(strings = {"graph.md", "traffic-patterns.md"})
  void picturesAreCurrent(String page, @TempDir Path directory) throws IOException {
    String text = Files.readString(Path.of("../docs", page));
    Matcher commands = COMMAND.matcher(text);
    int count = 0;
    while (commands.find()) {
      Path drawn = directory.resolve("picture");
      CommandRun run = new CommandRun();
      String command = commands.group(1).replace("examples/", "../examples/") + " --out " + drawn;
      assertEquals(ExitCode.DONE, run.execute(command.split(" ", -1)), run.err());
      Path committed = Path.of("..", commands.group(2));
      if (Boolean.getBoolean("golden.update")) {
        Files.writeString(committed, Files.readString(drawn));
      }
      assertEquals(Files.readString(committed), Files.readString(drawn), committed::toString);
      String name = String.valueOf(committed.getFileName());
      assertTrue(text.contains("](pictures/" + name + ")"), () -> page + " does not show " + name);
      count++;
    }
    assertTrue(count > 0, () -> page + " has no command");
  }
}
