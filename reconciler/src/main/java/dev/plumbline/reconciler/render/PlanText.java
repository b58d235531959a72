// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.plan.Waiting;
import dev.plumbline.reconciler.render.Outline.Block;
import dev.plumbline.reconciler.render.Outline.Group;
import java.util.List;

/** A plan for people at a terminal. */
public final class PlanText {
  private static final String INDENT = "      ";

  private final Palette palette;
  private final boolean full;

  /**
   * @param colours whether escape sequences may be used
   * @param full whether every change is printed, even of thousands that are alike
   */
  public PlanText(boolean colours, boolean full) {
    this.palette = colours ? Palette.ANSI : Palette.PLAIN;
    this.full = full;
  }

  /** The whole plan; lines end with a newline. */
  public String render(PlanHeader header, Plan plan) {
    StringBuilder out = new StringBuilder();
    ChangeLines lines = new ChangeLines(palette, full, plan);
    head(out, header);
    boolean spaced = true;
    for (Group group : Outline.of(plan, full)) {
      for (Block block : group.shown()) {
        String text = block(block, lines);
        boolean tall = text.indexOf('\n') < text.length() - 1;
        if (tall && !spaced) {
          out.append('\n');
        }
        out.append(text);
        if (tall) {
          out.append('\n');
        }
        spaced = tall;
      }
      if (!group.folded().isEmpty()) {
        out.append(fold(group)).append('\n');
        spaced = true;
      }
    }
    if (!spaced) {
      out.append('\n');
    }
    waiting(out, plan.waiting());
    checks(out, plan.checks());
    plan.warnings().forEach(text -> note(out, palette.warning("Warning: "), text));
    plan.problems().forEach(text -> note(out, palette.error("Problem: "), text));
    if (!plan.warnings().isEmpty() || !plan.problems().isEmpty()) {
      out.append('\n');
    }
    String sentence = Summary.sentence(plan, header.file());
    out.append(plan.problems().isEmpty() ? palette.bold(sentence) : palette.error(sentence));
    return out.append('\n').toString();
  }

  private void head(StringBuilder out, PlanHeader header) {
    out.append(palette.bold(Shown.text(header.host())))
        .append(palette.dim(" · "))
        .append(Shown.text(header.file()));
    if (header.revision() != null) {
      out.append(palette.dim(" · commit ")).append(Shown.text(header.shortRevision()));
    }
    out.append("\n\n");
  }

  private String block(Block block, ChangeLines lines) {
    StringBuilder out = new StringBuilder();
    for (Change change : block.changes()) {
      out.append("  ")
          .append(sign(change.action()))
          .append(' ')
          .append(lines.head(change))
          .append('\n');
      for (String detail : lines.details(change)) {
        out.append(INDENT).append(detail).append('\n');
      }
    }
    return out.toString();
  }

  private String sign(Action action) {
    return palette.of(action, action.sign());
  }

  private String fold(Group group) {
    Change last = group.folded().get(group.folded().size() - 1).first();
    return "  "
        + sign(last.action())
        + palette.dim(" … " + folded(group) + " (--full shows all)")
        + "\n";
  }

  /** {@code and 997 more like these, to bridges.br999}. */
  static String folded(Group group) {
    Change last = group.folded().get(group.folded().size() - 1).first();
    int changes = group.foldedChanges();
    return String.format("and %,d more like these", group.folded().size())
        + (changes == group.folded().size() ? "" : String.format(" (%,d changes)", changes))
        + ", to "
        + Shown.text(last.address());
  }

  private void waiting(StringBuilder out, List<Waiting> waiting) {
    if (waiting.isEmpty()) {
      return;
    }
    out.append(palette.bold("Waiting:")).append('\n');
    int width = waiting.stream().mapToInt(each -> each.address().length()).max().orElse(0);
    for (Waiting each : waiting) {
      out.append("  ")
          .append(Shown.pad(Shown.text(each.address()), Math.min(width, 48)))
          .append("  ")
          .append(palette.dim("for " + Shown.text(each.waitsFor())))
          .append('\n');
    }
    out.append('\n');
  }

  private void checks(StringBuilder out, List<PlannedCheck> checks) {
    if (checks.isEmpty()) {
      return;
    }
    out.append(palette.bold("Checks after the apply:")).append('\n');
    int width = checks.stream().mapToInt(each -> each.address().length()).max().orElse(0);
    for (PlannedCheck each : checks) {
      out.append("  ")
          .append(Shown.pad(Shown.text(each.address()), Math.min(width, 48)))
          .append("  ")
          .append(Shown.text(each.sentence()))
          .append('\n');
    }
    out.append('\n');
  }

  private static void note(StringBuilder out, String label, String text) {
    out.append(label).append(Shown.text(text)).append('\n');
  }
}
