// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Every command of the documentation is run here, on a {@link DocsHost}, one page's after the
 * other, and prints what the page says; or the page has the reason why it is not. {@link DocsPage}
 * has the rules. {@code -Dgolden.update=true} writes what is printed, and pictures, anew; look at
 * the difference before committing it. {@code -Ddocs.page=rollout} runs that page alone.
 */
class DocsTest {
  /** What differs from run to run, and what stands for it when two texts are compared. */
  private static final List<Map.Entry<Pattern, String>> CHANGES =
      List.of(
          change("(\\d{4}-\\d\\d-\\d\\d[T ])?\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z?", "TIME"),
          change("\\b[0-9a-f]{7,40}(?= \"|\\.\\.| says\\b)", "ID"),
          change("(?<=\\bcommit |\\.\\.)[0-9a-f]{7,40}\\b", "ID"),
          change("\\b[0-9a-f]{40}\\b", "ID"),
          change("\\([0-9]+ (tries|try) in ", "(N tries in "),
          change("\\b[0-9.]+ (ns|µs|ms|s|min|h|d)\\b", "SOME TIME"),
          change("\\b(duration|n_packets|n_bytes|idle_age|hard_age)=[0-9.]+", "$1=N"),
          change("\\bprocess [0-9]+", "process N"),
          change("@if[0-9]+ +", "@ifN "),
          change("plumbline 0\\.1\\.0[^ ,\n]*( \\([0-9a-f]{7,40}\\))?", "plumbline VERSION"));

  private static Map.Entry<Pattern, String> change(String pattern, String standsFor) {
    return Map.entry(Pattern.compile(pattern), standsFor);
  }

  private static Path program;

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    if (Libc.geteuid() == 0) { // else no command is run
      program = Installed.in(Path.of("target/installed"));
    }
  }

  static Stream<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    String only = System.getProperty("docs.page", "");
    for (Path file : DocsPage.files()) {
      if (file.endsWith(only + ".md") != only.isEmpty()
          && DocsPage.read(file).blocks().stream().anyMatch(DocsPage.Block::isRun)) {
        pages.add(file);
      }
    }
    return pages.stream();
  }

  @ParameterizedTest
  @MethodSource("pages")
  @ExtendWith(ThrowawayHost.class)
  @Timeout(300)
  void commandsDoWhatThePageSays(Path file, @TempDir Path directory) throws Exception {
    DocsPage page = DocsPage.read(file);
    List<String> wrong = new ArrayList<>();
    TreeMap<Integer, DocsPage.Step> anew = new TreeMap<>();
    Map<Integer, String> printed = new TreeMap<>();
    try (DocsHost host = new DocsHost(directory, program)) {
      List<String> codes =
          host.run(
              page,
              (step, ended) -> {
                String said = said(page, step);
                String does = ended.printed();
                if (step.hasOutput() && !isAsSaid(said, does)) {
                  String where = page + ":" + step.line() + ": " + step.command();
                  wrong.add(where + "\nprints\n" + does + "and the page says\n" + said);
                  if (!said.contains("…")) {
                    anew.put(step.from(), step);
                    printed.put(step.from(), does);
                  }
                }
              });
      wrong.addAll(codes);
      pictures(page, host.work().resolve("docs/pictures"));
    }
    if (Boolean.getBoolean("golden.update") && !anew.isEmpty()) {
      List<String> lines = new ArrayList<>(page.lines());
      for (DocsPage.Step step : anew.descendingMap().values()) {
        List<String> old = lines.subList(step.from(), step.until());
        old.clear();
        printed
            .get(step.from())
            .lines()
            .forEach(l -> old.add((" ".repeat(step.indent()) + l).stripTrailing()));
      }
      Files.write(file, lines);
    }
    assertEquals("", String.join("\n", wrong));
  }

  private static String said(DocsPage page, DocsPage.Step step) {
    StringBuilder text = new StringBuilder();
    for (String line : page.lines().subList(step.from(), step.until())) {
      text.append(line.substring(Math.min(step.indent(), line.length()))).append('\n');
    }
    return text.toString();
  }

  /** Whether it is printed; … on a page stands for anything in a line, and alone for any lines. */
  private static boolean isAsSaid(String said, String printed) {
    StringBuilder pattern = new StringBuilder();
    for (String line : alike(said).split("\n", -1)) {
      if (line.equals("…")) {
        pattern.append("(?:.*\n)*?");
      } else if (!line.isEmpty() || pattern.length() > 0) {
        for (String part : line.split("…", -1)) {
          pattern.append(Pattern.quote(part)).append("[^\n]*");
        }
        pattern.setLength(pattern.length() - "[^\n]*".length());
        pattern.append('\n');
      }
    }
    return Pattern.matches(pattern.toString().strip() + "\\s*", alike(printed));
  }

  static String alike(String text) {
    String alike = text;
    for (Map.Entry<Pattern, String> change : CHANGES) {
      alike = change.getKey().matcher(alike).replaceAll(change.getValue());
    }
    return alike.replaceAll(" +\n", "\n").strip() + "\n";
  }

  /** Pictures that commands drew are those beside the page, and it shows them. */
  private static void pictures(DocsPage page, Path drawn) throws IOException {
    try (Stream<Path> pictures = Files.list(drawn)) {
      for (Path picture : pictures.sorted().toList()) {
        Path committed = Path.of("../docs/pictures").resolve(picture.getFileName());
        if (Boolean.getBoolean("golden.update")) {
          Files.writeString(committed, Files.readString(picture));
        }
        assertEquals(Files.readString(committed), Files.readString(picture), committed::toString);
        String shown = "](pictures/" + picture.getFileName() + ")";
        assertTrue(
            page.lines().stream().anyMatch(l -> l.contains(shown)),
            () -> page + " does not show " + picture.getFileName());
      }
    }
  }

  /** Nothing that a reader would type is hidden from the test above. */
  @Test
  void aCommandIsRunOrThePageSaysWhyNot() throws IOException {
    List<String> wrong = new ArrayList<>();
    Map<String, Integer> reasons = new TreeMap<>();
    Map<String, Integer> skipped = new TreeMap<>();
    int run = 0;
    for (Path file : DocsPage.files()) {
      DocsPage page = DocsPage.read(file);
      for (DocsPage.Block block : page.blocks()) {
        String where = page + ":" + block.line() + ": ";
        if (!block.notRun().isEmpty()) {
          reasons.merge(block.notRun(), block.steps().size(), Integer::sum);
          missing(block.notRun()).forEach(m -> wrong.add(where + "there is no " + m));
        } else if (Libc.geteuid() != 0) {
          skipped.merge("not root", block.steps().size(), Integer::sum);
        } else if (!block.missing().isEmpty()) {
          skipped.merge("there is no " + block.missing(), block.steps().size(), Integer::sum);
        } else {
          run += block.steps().size();
        }
        if (block.kind() == DocsPage.Kind.OTHER) {
          for (String line : block.text().split("\n", -1)) {
            if (line.matches("\\s*(\\$ |(sudo |\\./)?plumbline [a-z]).*")) {
              wrong.add(where + "is no text but a command: " + line.strip());
            }
          }
        }
      }
    }
    int not = sum(reasons);
    int here = sum(skipped);
    System.out.println(run + " commands of the documentation are run, " + not + " are not:");
    reasons.forEach((reason, count) -> System.out.println("  " + count + "  " + reason));
    if (here > 0) {
      System.out.println(here + " are not run on this machine:");
      skipped.forEach((reason, count) -> System.out.println("  " + count + "  " + reason));
    }
    assertEquals("", String.join("\n", wrong));
    assertTrue(run + here > 2 * not, "most commands are run");
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Tests and scripts that a reason names and that are not there. */
  private static List<String> missing(String reason) throws IOException {
    List<String> missing = new ArrayList<>();
    for (String word : reason.split("[^A-Za-z/]+", -1)) {
      if (word.matches("[A-Z]\\w+Test") && sources().noneMatch(f -> f.endsWith(word + ".java"))) {
        missing.add(word);
      } else if (word.startsWith("packaging/") && !Files.exists(Path.of("..", word))) {
        missing.add(word);
      }
    }
    return missing;
  }

  private static Stream<Path> sources() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String module : List.of("netlink", "spec", "datapath", "reconciler", "testkit")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/test"))) {
        all.addAll(files.toList());
      }
    }
    return all.stream();
  }

  private static final Pattern SAID =
      Pattern.compile("\\b(?:log|reports)\\.say\\(\\s*\"([a-z-]+)\"");

  /** Every event that the agent names is in the table of events. */
  @Test
  void eventsAreInTheTable() throws IOException {
    String page = Files.readString(Path.of("../docs/agent.md"));
    String table = page.substring(page.indexOf("| event |"));
    List<String> missing = new ArrayList<>();
    int events = 0;
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Matcher said = SAID.matcher(Files.readString(file));
        while (said.find()) {
          events++;
          if (!table.contains("`" + said.group(1) + "`")) {
            missing.add(file.getFileName() + ": " + said.group(1));
          }
        }
      }
    }
    assertTrue(events > 40, "events in the sources");
    assertEquals(List.of(), missing);
  }

  private static final Pattern MENTIONED =
      Pattern.compile(
          "(?:`|^ {4}(?:\\$ )?|&& |\\| )(?:sudo )?(?:\\./)?plumbline ([a-z-][^`|;&>#]*)");

  /** Also of commands in the text, and of those that are not run: verbs and options are there. */
  @Test
  void verbsAndOptionsAreThere() throws IOException {
    CommandLine plumbline = Plumbline.commandLine(new CommandRun().console());
    List<String> wrong = new ArrayList<>();
    int mentioned = 0;
    for (Path file : DocsPage.files()) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        Matcher found = MENTIONED.matcher(lines.get(i));
        while (found.find()) {
          mentioned++;
          String[] words = found.group(1).replaceAll("[\\[\\]]", " ").strip().split("[ =]+", -1);
          CommandLine verb = plumbline.getSubcommands().get(words[0]);
          if (verb == null && !words[0].startsWith("-")) {
            wrong.add(file + ":" + (i + 1) + ": no verb `" + words[0] + "`");
          }
          for (String word : words) {
            if (verb != null
                && word.matches("--?[a-z][a-z-]*")
                && verb.getCommandSpec().findOption(word) == null) {
              wrong.add(file + ":" + (i + 1) + ": `" + words[0] + "` has no option " + word);
            }
          }
        }
      }
    }
    assertTrue(mentioned > 200, "commands in the text");
    assertEquals("", String.join("\n", wrong));
  }
}
