// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

class AgentConfigurationTest {
  @TempDir private Path directory;
  private final CommandRun run = new CommandRun();

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("agent.yaml"), text);
  }

  private int check(Path file, String... more) {
    String[] words = new String[more.length + 4];
    words[0] = "agent";
    words[1] = "--check";
    words[2] = "--config";
    words[3] = file.toString();
    System.arraycopy(more, 0, words, 4, more.length);
    return run.execute(words);
  }

  /** The words that picocli got of the agent's options, as the parser understood them. */
  private static ParseResult parse(Path usual, String... words) {
    CommandLine root = Plumbline.commandLine(new CommandRun().console());
    CommandLine agent = root.getSubcommands().get("agent");
    agent.getCommandSpec().preprocessor(new AgentConfiguration(usual));
    String[] all = new String[words.length + 1];
    all[0] = "agent";
    System.arraycopy(words, 0, all, 1, words.length);
    return root.parseArgs(all).subcommand();
  }

  private static Object value(ParseResult parsed, String option) {
    OptionSpec matched = parsed.matchedOption(option);
    return matched == null ? null : matched.getValue();
  }

  @Test
  void aKeyIsAnOptionByAnotherName() throws Exception {
    ParseResult parsed =
        parse(write("repo: https://x.example/hosts.git\nallowedSigners: /s\njsonLog: true\n"));
    assertEquals("https://x.example/hosts.git", value(parsed, "--repo"));
    assertEquals(Path.of("/s"), value(parsed, "--allowed-signers"));
    assertEquals(true, value(parsed, "--json-log"));
  }

  @Test
  void falseIsAFlagThatIsNotGiven() throws Exception {
    assertNull(value(parse(write("file: /f\njsonLog: false\n")), "--json-log"));
  }

  @Test
  void theCommandLineCountsMoreThanTheFile() throws Exception {
    ParseResult parsed = parse(write("file: /f\npath: a\n"), "--path", "b");
    assertEquals("b", value(parsed, "--path"));
    assertEquals(Path.of("/f"), value(parsed, "--file"));
  }

  @Test
  void whatTheCommandLineExcludesIsNotTakenFromTheFile() throws Exception {
    ParseResult parsed =
        parse(write("repo: /r.git\nbranch: stable\n"), "--file", "/f", "--tag", "v1");
    assertEquals(Path.of("/f"), value(parsed, "--file"));
    assertNull(value(parsed, "--repo"));
    assertNull(value(parsed, "--branch"));
    assertEquals("v1", value(parsed, "--tag"));
  }

  @Test
  void aValueIsTakenAsItIs() throws Exception {
    ParseResult parsed = parse(write("file: /f\npath: \"a=b ${env:HOME}\"\nhost: \"@/etc/x\"\n"));
    assertEquals("a=b ${env:HOME}", value(parsed, "--path"));
    assertEquals("@/etc/x", value(parsed, "--host"));
  }

  @Test
  void aFileOfCommentsSaysNothing() throws Exception {
    assertEquals(Path.of("/f"), value(parse(write("# repo: x\n"), "--file", "/f"), "--file"));
  }

  @Test
  void withoutTheUsualFileOptionsDo() {
    assertEquals(Path.of("/f"), value(parse(directory.resolve("none"), "--file", "/f"), "--file"));
  }

  @Test
  void aNamedFileHasToBeThere() {
    Path none = directory.resolve("none.yaml");
    assertEquals(ExitCode.ERROR, check(none));
    assertTrue(run.err().contains(none + ": no such file"), run.err());
  }

  @Test
  void everyMistakeIsSaidWithItsPlace() throws Exception {
    Path file = write("rep: /r.git\ninterval: 30\nfile: [a]\njsonLog: yes\n");
    assertEquals(ExitCode.ERROR, check(file));
    assertEquals(
        """
        FILE:1:1: unknown key `rep`, did you mean `repo`?
        FILE:2:11: `interval` is the number 30, expected a text such as 30s, did you mean `30s`?
        FILE:3:7: `file` is a list, expected a text
        FILE:4:10: `jsonLog` is the text `yes`, expected true or false, did you mean `true`?
        error: FILE: the configuration is refused, see above
        """,
        run.err().replace(file.toString(), "FILE"));
  }

  @Test
  void aValueThatOnlyTheOptionCanJudgeHasItsPlaceToo() throws Exception {
    Path file = write("file: /f\ninterval: 5 minutes\n");
    assertEquals(ExitCode.ERROR, check(file));
    assertTrue(
        run.err().startsWith("error: " + file + ":2:11: Invalid value for option '--interval': "),
        run.err());
  }

  @Test
  void ofWhatExcludesOneAnotherTheFileMayHaveOne() throws Exception {
    Path file = write("repo: /r.git\nfile: /f\nbranch: a\ncommit: b\n");
    assertEquals(ExitCode.ERROR, check(file));
    assertTrue(run.err().contains(":2:1: `file` excludes `repo`, which is here too"), run.err());
    assertTrue(run.err().contains(":4:1: `commit` excludes `branch`, which is"), run.err());
  }

  @Test
  void whatIsNoMapIsRefused() throws Exception {
    assertEquals(ExitCode.ERROR, check(write("- repo\n")));
    assertTrue(
        run.err().contains(":1:1: the file is a list, expected a map of the agent's options"),
        run.err());
  }

  @Test
  void aSourceIsNeededFromOneOfTheTwo() throws Exception {
    assertEquals(ExitCode.ERROR, check(write("interval: 5s\n")));
    assertTrue(run.err().contains("--repo=URL | --file=FILE"), run.err());
  }

  @Test
  void checkSaysThatItIsValidAndNeedsNoRoot() throws Exception {
    Path file = write("repo: /r.git\ninterval: 5s\n");
    assertEquals(ExitCode.DONE, check(file), run.err());
    assertEquals(file + ": valid\n", run.err());
  }

  @Test
  void theExampleIsValid() {
    assertEquals(ExitCode.DONE, check(Path.of("..", "examples", "agent", "agent.yaml")), run.err());
  }

  @Test
  void whatThePackageHasAsCommentsIsValidWithoutThem() throws Exception {
    String comments = Files.readString(Path.of("..", "packaging", "debian", "agent.yaml"));
    Path file = write(comments.replaceAll("(?m)^#file:.*$", "").replaceAll("(?m)^#(\\w)", "$1"));
    assertTrue(Files.readString(file).contains("\nrepo: "), "there are keys");
    assertEquals(ExitCode.DONE, check(file), run.err());
  }

  @Test
  void theDaemonSetsConfigurationIsValid() throws Exception {
    String manifest = Files.readString(Path.of("..", "packaging", "kubernetes", "daemonset.yaml"));
    String block = manifest.replaceFirst("(?s).*\n  agent.yaml: \\|\n(.*?)\n---\n.*", "$1");
    assertTrue(block.startsWith("    repo: "), block);
    assertEquals(ExitCode.DONE, check(write(block.replaceAll("(?m)^    ", ""))), run.err());
  }

  @Test
  void checkFindsWhatTheOptionsTogetherSay() throws Exception {
    assertEquals(ExitCode.ERROR, check(write("file: /f\nrevokedSigners: /r\n")));
    assertTrue(run.err().contains("of no use without --allowed-signers"), run.err());
    assertEquals(ExitCode.ERROR, check(write("file: /f\ninterval: 1ms\n")));
    assertTrue(run.err().contains("less than 100 ms"), run.err());
  }

  @Test
  void helpIsShownWhateverTheFileSays() throws Exception {
    Path file = write("nonsense: 1\n");
    assertEquals(
        ExitCode.DONE, run.execute("agent", "--config", file.toString(), "--help"), run.err());
    assertTrue(run.out().contains("--allowed-signers"), run.out());
  }

  @Test
  void aWrongCommandLineIsSaidBeforeTheFileIsRead() throws Exception {
    Path file = write("file: /f\n");
    assertEquals(ExitCode.ERROR, check(file, "--allowed-singers", "x"));
    assertTrue(run.err().contains("did you mean `--allowed-signers`"), run.err());
    assertFalse(run.err().contains("valid"), run.err());
  }
}
