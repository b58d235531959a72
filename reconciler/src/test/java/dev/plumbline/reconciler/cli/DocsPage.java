// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
      List<String> needs) {}

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
      Pattern.compile("<!-- (first|not run|exits|needs):? *((?s:.*?))\\s*-->");
  private static final Pattern NAMED = Pattern.compile("# (\\S+\\.[a-z]+)");

  /** What a reader is told of a command: behind two spaces that are in no quotes. */
  private static final Pattern REMARK =
      Pattern.compile("^((?:[^'\" ]| (?! )|'[^']*'|\"[^\"]*\")+)  .*$");

  static DocsPage read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return new DocsPage(file, lines, new Reader(lines).blocks());
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
    private final List<String> lines;
    private final List<Block> blocks = new ArrayList<>();
    private int at;
    private String notRun = "";
    private int exits;
    private List<String> needs = List.of();

    Reader(List<String> lines) {
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
          at++;
        }
      }
      if (!notRun.isEmpty() || exits != 0 || !needs.isEmpty()) {
        throw new IllegalArgumentException("a mark stands before no block");
      }
      return List.copyOf(blocks);
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
      StringBuilder text = new StringBuilder();
      while (!lines.get(at).contains("-->")) {
        text.append(lines.get(at++)).append('\n');
      }
      text.append(lines.get(at++));
      Matcher mark = MARK.matcher(text);
      if (!mark.matches()) {
        return;
      }
      String said = mark.group(2);
      switch (mark.group(1)) {
        case "first" -> add(Kind.FIRST, from, said + "\n", "", List.of());
        case "not run" -> notRun = said.replaceAll("\\s+", " ");
        case "exits" -> exits = Integer.parseInt(said);
        default -> needs = List.of(said.split(" +", -1));
      }
    }

    private void fence() {
      int from = at;
      String language = lines.get(at++).strip().substring(3);
      while (!lines.get(at).strip().equals("```")) {
        at++;
      }
      at++;
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
        while (!lines.get(at).equals("```")) {
          at++;
        }
        Step last = steps.remove(steps.size() - 1);
        steps.add(new Step(last.line(), last.command(), 0, next + 1, at));
        at++;
      }
      add(Kind.COMMANDS, from, "", "", List.copyOf(steps));
    }

    private void add(Kind kind, int from, String text, String name, List<Step> steps) {
      blocks.add(new Block(kind, from + 1, text, name, steps, notRun, exits, needs));
      notRun = "";
      exits = 0;
      needs = List.of();
    }
  }
}
