// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.plan.Waiting;
import dev.plumbline.reconciler.render.Outline.Block;
import dev.plumbline.reconciler.render.Outline.Group;

/** A plan as a comment on a merge request: GitHub and GitLab colour {@code diff} blocks. */
public final class PlanMarkdown {
  /** More lines than this are put away behind a click. */
  private static final int LONG = 40;

  private final boolean full;

  /**
   * @param full whether every change is printed, even of thousands that are alike
   */
  public PlanMarkdown(boolean full) {
    this.full = full;
  }

  /** The whole comment; lines end with a newline. */
  public String render(PlanHeader header, Plan plan) {
    StringBuilder out = new StringBuilder();
    out.append("### ").append(code(header.host())).append(": ").append(title(plan)).append("\n\n");
    out.append(code(header.file()));
    if (header.revision() != null) {
      out.append(" at ").append(code(header.shortRevision()));
    }
    out.append("\n\n");
    plan.problems().forEach(text -> out.append("- :x: ").append(plain(text)).append('\n'));
    plan.warnings().forEach(text -> out.append("- :warning: ").append(plain(text)).append('\n'));
    for (Change change : interrupting(plan)) {
      out.append("- :warning: ")
          .append(code(change.address()))
          .append(" interrupts ")
          .append(plain(change.disruption().what()))
          .append('\n');
    }
    long more = interruptions(plan) - interrupting(plan).size();
    if (more > 0) {
      out.append(String.format("- :warning: and %,d more that interrupt traffic\n", more));
    }
    if (out.charAt(out.length() - 2) != '\n') {
      out.append('\n');
    }
    diff(out, plan);
    if (!plan.waiting().isEmpty()) {
      out.append("| Waiting | for |\n|---|---|\n");
      for (Waiting each : plan.waiting()) {
        out.append("| ").append(cell(each.address())).append(" | ");
        out.append(cell(each.waitsFor())).append(" |\n");
      }
      out.append('\n');
    }
    if (!plan.checks().isEmpty()) {
      out.append("| Checks after the apply | |\n|---|---|\n");
      for (PlannedCheck each : plan.checks()) {
        out.append("| ").append(cell(each.address())).append(" | ");
        out.append(cell(each.sentence())).append(" |\n");
      }
      out.append('\n');
    }
    return out.append(plain(Summary.sentence(plan, header.file()))).append('\n').toString();
  }

  private static String title(Plan plan) {
    if (!plan.problems().isEmpty()) {
      return "can not be applied";
    }
    return plan.isEmpty() ? "nothing to do" : Summary.counts(plan);
  }

  private static long interruptions(Plan plan) {
    return plan.changes().stream().filter(PlanMarkdown::interrupts).count();
  }

  private static java.util.List<Change> interrupting(Plan plan) {
    return plan.changes().stream().filter(PlanMarkdown::interrupts).limit(10).toList();
  }

  private static boolean interrupts(Change change) {
    return change.disruption().level() == Disruption.Level.INTERRUPTS;
  }

  private void diff(StringBuilder out, Plan plan) {
    if (plan.isEmpty()) {
      return;
    }
    StringBuilder diff = new StringBuilder();
    ChangeLines lines = new ChangeLines(Palette.PLAIN, full, plan);
    for (Group group : Outline.of(plan, full)) {
      group.shown().forEach(block -> block(diff, block, lines));
      if (!group.folded().isEmpty()) {
        Change last = group.folded().get(0).first();
        diff.append(sign(last.action())).append(" … ");
        diff.append(PlanText.folded(group)).append('\n');
      }
    }
    boolean isLong = diff.chars().filter(c -> c == '\n').count() > LONG;
    String fence = "`".repeat(Math.max(3, longestTicks(diff) + 1));
    if (isLong) {
      out.append("<details><summary>")
          .append(Shown.count(plan.changes().size(), "change"))
          .append("</summary>\n\n");
    }
    out.append(fence).append("diff\n").append(diff).append(fence).append("\n\n");
    if (isLong) {
      out.append("</details>\n\n");
    }
  }

  private static void block(StringBuilder out, Block block, ChangeLines lines) {
    for (Change change : block.changes()) {
      String sign = sign(change.action());
      out.append(sign).append(' ');
      out.append(change.action() == Action.RECREATE ? "± " : "");
      out.append(lines.head(change)).append('\n');
      for (String detail : lines.details(change)) {
        out.append(sign).append("     ").append(detail).append('\n');
      }
    }
  }

  /** {@code diff} has no word for a change; a line with ! is coloured as neither old nor new. */
  private static String sign(Action action) {
    return switch (action) {
      case CREATE -> "+";
      case DELETE -> "-";
      default -> "!";
    };
  }

  private static int longestTicks(CharSequence text) {
    int longest = 0;
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      run = text.charAt(i) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  static String code(String text) {
    String shown = Shown.text(text);
    String ticks = "`".repeat(longestTicks(shown) + 1);
    boolean edge = shown.startsWith("`") || shown.endsWith("`");
    return ticks + (edge ? " " + shown + " " : shown) + ticks;
  }

  /** A table's cell: even code ends at a bar. */
  private static String cell(String text) {
    return code(text).replace("|", "\\|");
  }

  /** Text in which nothing is markup. */
  static String plain(String text) {
    return Shown.text(text)
        .replace("\\", "\\\\")
        .replace("<", "&lt;")
        .replace("*", "\\*")
        .replace("_", "\\_")
        .replace("[", "\\[")
        .replace("@", "&#64;");
  }
}
