// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Waiting;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanRenderingTest {
  @Test
  void onePlanOfEverythingReadsAsInTheGoldenFiles() throws IOException {
    Plan plan = Plans.everything();
    Golden.matches("everything.txt", text(plan, false));
    Golden.matches("everything.ansi", new PlanText(true, false).render(Plans.HEADER, plan));
    Golden.matches("everything.md", new PlanMarkdown(false).render(Plans.HEADER, plan));
    Golden.matches("everything.json", PlanJson.render(Plans.HEADER, plan));
  }

  @Test
  void thousandsOfChangesThatAreAlikeAreFolded() throws IOException {
    Plan plan = Plans.thousands();
    Golden.matches("thousands.txt", text(plan, false));
    Golden.matches("thousands.md", new PlanMarkdown(false).render(Plans.HEADER, plan));
  }

  @Test
  void hostileTextsStayTexts() throws IOException {
    Plan plan = Plans.hostile();
    Golden.matches("hostile.txt", text(plan, false));
    Golden.matches("hostile.md", new PlanMarkdown(false).render(Plans.HEADER, plan));
    String colours = new PlanText(true, false).render(Plans.HEADER, plan);
    assertFalse(colours.contains("\u001b[2J"), colours);
  }

  @Test
  void fullShowsEveryChange() {
    Plan plan = Plans.thousands();
    String full = text(plan, true);
    for (Change change : plan.changes()) {
      assertTrue(full.contains(" " + change.address()), change.address());
    }
    assertFalse(full.contains("more like these"));
  }

  @Test
  void whatIsFoldedIsCounted() {
    Plan plan = Plans.thousands();
    int folded = Outline.of(plan, false).stream().mapToInt(Outline.Group::foldedChanges).sum();
    assertTrue(folded > 3_000, folded + " folded");
    int kept =
        Outline.of(plan, false).stream()
            .flatMap(group -> group.shown().stream())
            .mapToInt(block -> block.changes().size())
            .sum();
    assertEquals(plan.changes().size(), kept + folded);
  }

  @Test
  void changesThatInterruptAreNeverFoldedWithThoseThatDoNot() {
    for (Outline.Group group : Outline.of(Plans.thousands(), false)) {
      if (!group.folded().isEmpty()) {
        var level = group.shown().get(0).first().disruption().level();
        group.folded().forEach(block -> assertEquals(level, block.first().disruption().level()));
      }
    }
  }

  @Test
  void whatAStepTouchesStandsWithItAndIsNeverFolded() throws IOException {
    Plan plain = Plans.thousands();
    String last = plain.changes().get(plain.changes().size() - 1).address();
    Plan plan = plain.withTouches(Map.of(last, List.of("the path to the default gateway")));
    String line = "! touches the path to the default gateway";
    assertFalse(text(plain, false).contains("! touches"));
    assertEquals(1, text(plan, false).lines().filter(each -> each.contains(line)).count());
    String markdown = new PlanMarkdown(false).render(Plans.HEADER, plan);
    assertEquals(1, markdown.lines().filter(each -> each.contains(line)).count());
    String json = PlanJson.render(Plans.HEADER, plan);
    Schemas.validates("plan.schema.json", json);
    assertEquals(1, json.lines().filter(each -> each.contains("\"touches\"")).count());
  }

  @Test
  void theLastLineSaysWhatThereIsToDo() {
    assertEquals(
        "Plan: 8 to create, 1 to modify, 1 to recreate, 2 to delete. Worst disruption: interrupts.",
        lastLine(Plans.everything()));
    assertEquals("Nothing to do: the host matches hosts/hv-01.yaml.", lastLine(Plans.empty()));
    Plan waiting =
        new Plan(List.of(), List.of(new Waiting("vlans.v", "device eth9")), List.of(), List.of());
    assertEquals(
        "Nothing to do now: the host matches hosts/hv-01.yaml but for 1 object waiting.",
        lastLine(waiting));
    assertEquals("This plan can not be applied: 1 problem, see above.", lastLine(Plans.hostile()));
  }

  @Test
  void jsonIsWhatTheSchemaSays() throws IOException {
    for (Plan plan :
        List.of(Plans.everything(), Plans.thousands(), Plans.hostile(), Plans.empty())) {
      Schemas.validates("plan.schema.json", PlanJson.render(Plans.HEADER, plan));
    }
    PlanHeader plain = new PlanHeader("h", "f.yaml", null);
    Schemas.validates("plan.schema.json", PlanJson.render(plain, Plans.empty()));
    String wrong = PlanJson.render(plain, Plans.everything()).replace("\"in-place\"", "\"x\"");
    String worse = wrong.replace("\"create\", \"type\"", "\"make\", \"type\"");
    assertFalse(Schemas.problems("plan.schema.json", worse).isEmpty());
  }

  private static String text(Plan plan, boolean full) {
    return new PlanText(false, full).render(Plans.HEADER, plan);
  }

  private static String lastLine(Plan plan) {
    List<String> lines = text(plan, false).lines().toList();
    return lines.get(lines.size() - 1);
  }
}
