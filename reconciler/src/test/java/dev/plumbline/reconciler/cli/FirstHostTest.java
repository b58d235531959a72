// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/first-host.md, one after the other, print what the page says. {@code
 * -Dgolden.update=true} writes it anew; look at the difference before committing it.
 */
@ExtendWith(ThrowawayHost.class)
class FirstHostTest {
  private static final Path PAGE = Path.of("../docs/first-host.md");

  /** A file with its name in the first line, or a command, with what it prints if that is said. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "^```yaml\n# (?<file>\\S+)\n(?<text>(?s:.*?))```$"
              + "|^    (?<command>.+)\n(?<printed>\n```\n(?s:.*?)```$)?",
          Pattern.MULTILINE);

  @TempDir Path directory;

  @Test
  void commandsDoWhatThePageSays() throws Exception {
    String page = Files.readString(PAGE);
    int begin = page.indexOf("<!-- run from here on -->");
    assertTrue(begin > 0, "where the commands begin");
    Matcher blocks = BLOCK.matcher(page).region(begin, page.length());
    StringBuilder printed = new StringBuilder();
    int commands = 0;
    while (blocks.find()) {
      String block = blocks.group();
      if (blocks.group("file") != null) {
        Files.writeString(directory.resolve(blocks.group("file")), blocks.group("text"));
      } else {
        String said = run(blocks.group("command"));
        commands++;
        if (blocks.group("printed") != null) {
          block = "    " + blocks.group("command") + "\n\n```\n" + said + "```";
        }
      }
      blocks.appendReplacement(printed, Matcher.quoteReplacement(block));
    }
    blocks.appendTail(printed);
    assertTrue(commands > 10, () -> "commands on the page");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, printed.toString());
    }
    assertEquals(Files.readString(PAGE), printed.toString(), () -> "as in " + PAGE);
  }

  private String run(String command) throws Exception {
    if (!command.startsWith("plumbline ")) {
      return Sh.run(command);
    }
    List<String> words = new ArrayList<>(Arrays.asList(command.split(" +", -1)));
    words.remove(0);
    int redirect = words.indexOf(">");
    Path to = redirect < 0 ? null : directory.resolve(words.get(redirect + 1));
    words = redirect < 0 ? words : new ArrayList<>(words.subList(0, redirect));
    words.replaceAll(w -> w.endsWith(".yaml") ? directory.resolve(w).toString() : w);
    if (!words.get(0).equals("validate") && !words.get(0).equals("path")) {
      words.addAll(List.of("--state", directory.resolve("state").toString()));
    }
    if (List.of("apply", "plan", "confirm").contains(words.get(0))) {
      words.addAll(List.of("--run", directory.resolve("run").toString()));
    }
    CommandRun run = new CommandRun();
    int code = run.execute(words.toArray(String[]::new));
    assertEquals(ExitCode.DONE, code, () -> command + "\n" + run.out() + run.err());
    if (to != null) {
      Files.writeString(to, run.out());
    }
    return run.out().replace(directory + "/", "").replace(Sh.run("hostname").strip(), "hv-01");
  }
}
