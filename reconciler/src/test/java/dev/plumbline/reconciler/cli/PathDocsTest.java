// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each command with {@code path} in the documentation prints what is below it. {@code
 * -Dgolden.update=true} writes it anew; look at the difference before committing it.
 */
class PathDocsTest {
  private static final Pattern COMMAND =
      Pattern.compile(
          "^    plumbline (path examples/.*)\n\n```\n((?s:.*?))```$", Pattern.MULTILINE);

  @ParameterizedTest
  @ValueSource(strings = {"path.md", "traffic-patterns.md"})
  void commandsPrintWhatThePageSays(String page) throws IOException {
    Path file = Path.of("../docs", page);
    String text = Files.readString(file);
    Matcher commands = COMMAND.matcher(text);
    int count = 0;
    StringBuilder printed = new StringBuilder();
    while (commands.find()) {
      CommandRun run = new CommandRun();
      String command = commands.group(1).replace("examples/", "../examples/");
      assertEquals(ExitCode.DONE, run.execute(command.split(" ", -1)), run.err());
      String block = "    plumbline " + commands.group(1) + "\n\n```\n" + run.out() + "```";
      commands.appendReplacement(printed, Matcher.quoteReplacement(block));
      count++;
    }
    commands.appendTail(printed);
    assertTrue(count > 0, () -> page + " has no command");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, printed.toString());
    }
    assertEquals(Files.readString(file), printed.toString(), () -> "as in " + file);
  }
}
