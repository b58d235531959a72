// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of the documentation as a row of blocks, in its order. Every indented block and every
 * fence without a language is commands, a line each; what a reader is told of one stands behind two
 * spaces. Where the first line begins with {@code $}, these lines are the commands and the others
 * what they print. A fence right behind commands is what the last of them prints. A fence with a
 * language is no command; one whose first line is a comment with a file's name is that file.
 *
 * <p>Comments, which no reader sees, stand before the block that they are about:
 *
 * <pre>
 * &lt;!-- first: SCRIPT --&gt;       makes what the page takes for granted; run in its turn
 * &lt;!-- not run: REASON --&gt;     the next block is not run
 * &lt;!-- exits 2 --&gt;             with that code the next block's last command ends, not with 0
 * &lt;!-- needs PROGRAM… --&gt;      the next block, or script, is run only where there are these
 * </pre>
 *
 * A mark has its lines for itself, and stands right before what it is about. One that does not, and
 * a comment that begins like a mark and is none, is a mistake with its line: it would be lost.
 */
record DocsPage(Path file, List<String> lines, List<Block> blocks) {
  /** What a block is. */
  enum Kind {
    FIRST,
    FILE,
    COMMANDS,
    OTHER
  }

  /**
   * Lines of the page that belong together.
   *
   * @param line its first line's number
   * @param text a script, or a file's text
   * @param name of a file
   * @param steps commands
   * @param notRun why not; empty: it is run
   * @param exits what the last command ends with
   * @param needs programs
   */
  record Block(
      Kind kind,
      int line,
      String text,
      String name,
      List<Step> steps,
      String notRun,
      int exits,
      List<String> needs) {
    boolean isRun() {
      return kind == Kind.COMMANDS && notRun.isEmpty();
    }

    /** Programs that it needs and that are not here. */
    List<String> missing() {
      return needs.stream().filter(program -> !DocsHost.has(program)).toList();
    }
  }

  /**
   * A command, and the lines from {@code from} until before {@code until} that say what it prints;
   * none are nothing said.
   */
  record Step(int line, String command, int indent, int from, int until) {
    boolean hasOutput() {
      return until > from;
    }
  }

  private static final Pattern MARK =
      Pattern.compile("<!-- (first:|not run:|exits|needs)\\s+(\\S(?s:.*?))\\s+-->");

  /** Also what was meant to be a mark. */
  private static final Pattern LIKE_MARK =
      Pattern.compile("(?i)<!--\\s*(first|not.?run|exit|need)");

  private static final Pattern NAMED = Pattern.compile("# (\\S+\\.[a-z]+)");

  /** What a reader is told of a command: behind two spaces that are in no quotes. */
  private static final Pattern REMARK =
      Pattern.compile("^((?:[^'\" ]| (?! )|'[^']*'|\"[^\"]*\")+)  .*$");

  static DocsPage read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return new DocsPage(file, lines, new Reader(file, lines).blocks());
  }

  /** Every page of the documentation, and the first one of all. */
  static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>(List.of(Path.of("../README.md")));
    try (var below = Files.walk(Path.of("../docs"))) {
      files.addAll(below.filter(f -> f.toString().endsWith(".md")).sorted().toList());
    }
    return files;
  }

  @Override
  public String toString() {
    return file.normalize().toString().replaceFirst("^\\.\\./", "");
  }

  private static final class Reader {
    private final Path file;
    private final List<String> lines;
    private final List<Block> blocks = new ArrayList<>();
    private int at;

    /** The next block's marks, by their names, and the first one's line. */
    private final Map<String, String> marks = new HashMap<>();

    private int marked;

    Reader(Path file, List<String> lines) {
      this.file = file;
      this.lines = lines;
    }

    List<Block> blocks() {
      while (at < lines.size()) {
        String line = lines.get(at);
        if (line.startsWith("<!--")) {
          comment();
        } else if (line.strip().startsWith("```")) {
          fence();
        } else if (line.startsWith("    ") && (at == 0 || lines.get(at - 1).isBlank())) {
          indented();
        } else {
          if (LIKE_MARK.matcher(line).find()) {
            throw wrong(at, "a mark begins at the line's start");
          }
          if (!line.isBlank()) {
            noMarks();
          }
          at++;
        }
      }
      noMarks();
      return List.copyOf(blocks);
    }

    private IllegalArgumentException wrong(int line, String what) {
      return new IllegalArgumentException(file + ":" + (line + 1) + ": " + what);
    }

    private void noMarks() {
      if (!marks.isEmpty()) {
        throw wrong(marked, "a mark stands before no block");
      }
    }

    /** Goes on behind the first such line. */
    private void end(int from, String what, Predicate<String> isEnd) {
      while (at < lines.size()) {
        if (isEnd.test(lines.get(at++))) {
          return;
        }
      }
      throw wrong(from, what + " does not end");
    }

    /** Up to the last indented line; empty ones may be in between. */
    private void indented() {
      int from = at;
      int until = at;
      while (at < lines.size() && (lines.get(at).startsWith("    ") || lines.get(at).isBlank())) {
        until = lines.get(at++).isBlank() ? until : at;
      }
      at = until;
      commands(from, until, 4);
    }

    private void comment() {
      int from = at;
      end(from, "a comment", line -> line.contains("-->"));
      String text = String.join("\n", lines.subList(from, at));
      Matcher mark = MARK.matcher(text);
      if (!mark.matches()) {
        if (LIKE_MARK.matcher(text).find()) {
          throw wrong(
              from,
              "is no mark; there are `first: SCRIPT`, `not run: REASON`, `exits 2`, `needs PROGRAM…`");
        }
        noMarks();
        return;
      }
      String name = mark.group(1);
      String said = mark.group(2);
      if (name.equals("exits") && !said.matches("[1-9][0-9]{0,2}")) {
        throw wrong(from, "`exits` wants a code, not " + said);
      }
      if (name.equals("first:")) {
        add(Kind.FIRST, from, said + "\n", "", List.of());
        return;
      }
      marked = marks.isEmpty() ? from : marked;
      if (marks.put(name, said) != null) {
        throw wrong(from, "a second `" + name + "` for one block");
      }
    }

    private void fence() {
      int from = at;
      String language = lines.get(at++).strip().substring(3);
      end(from, "a fence", line -> line.strip().equals("```"));
      if (language.isEmpty()) {
        commands(from + 1, at - 1, 0);
        return;
      }
      Matcher name = NAMED.matcher(lines.get(from + 1));
      String text = String.join("\n", lines.subList(from + 1, at - 1)) + "\n";
      if (name.matches()) {
        add(Kind.FILE, from, text, name.group(1), List.of());
      } else {
        add(Kind.OTHER, from, text, "", List.of());
      }
    }

    private void commands(int from, int until, int indent) {
      List<Step> steps = new ArrayList<>();
      boolean prompts = lines.get(from).startsWith("$ ", indent);
      for (int i = from; i < until; i++) {
        String line = lines.get(i).substring(Math.min(indent, lines.get(i).length()));
        if (prompts && line.startsWith("$ ")) {
          int end = i + 1;
          while (end < until && !lines.get(end).startsWith("$ ", indent)) {
            end++;
          }
          steps.add(new Step(i + 1, line.substring(2), indent, i + 1, end));
        } else if (!prompts && !line.isBlank()) {
          steps.add(new Step(i + 1, REMARK.matcher(line).replaceFirst("$1"), indent, 0, 0));
        }
      }
      int next = at;
      while (!prompts && next < lines.size() && lines.get(next).isBlank()) {
        next++;
      }
      if (!prompts && next > at && next < lines.size() && lines.get(next).equals("```")) {
        at = next + 1;
        end(next, "a fence", "```"::equals);
        Step last = steps.remove(steps.size() - 1);
        steps.add(new Step(last.line(), last.command(), 0, next + 1, at - 1));
      }
      add(Kind.COMMANDS, from, "", "", List.copyOf(steps));
    }

    private void add(Kind kind, int from, String text, String name, List<Step> steps) {
      String notRun = marks.getOrDefault("not run:", "").replaceAll("\\s+", " ");
      int exits = Integer.parseInt(marks.getOrDefault("exits", "0"));
      String programs = marks.getOrDefault("needs", "");
      List<String> needs = programs.isEmpty() ? List.of() : List.of(programs.split("\\s+", -1));
      if (kind != Kind.COMMANDS && (!notRun.isEmpty() || exits != 0)) {
        throw wrong(marked, "a mark about commands stands before what is no command");
      }
      if (kind != Kind.COMMANDS && kind != Kind.FIRST && !needs.isEmpty()) {
        throw wrong(marked, "`needs` stands before what is not run");
      }
      if (!notRun.isEmpty() && marks.size() > 1) {
        throw wrong(marked, "a second mark for a block that is not run");
      }
      blocks.add(new Block(kind, from + 1, text, name, steps, notRun, exits, needs));
      marks.clear();
    }
  }
}
