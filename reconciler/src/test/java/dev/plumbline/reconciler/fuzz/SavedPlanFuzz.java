// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.reconciler.render.SavedPlan;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;

/**
 * The reader of saved plans: a plan that reads back as it is written, or what is wrong and where.
 */
public final class SavedPlanFuzz {
  private SavedPlanFuzz() {}

  /** One plan. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    SavedPlan plan = JsonMistakes.read(input, SavedPlan::read);
    if (plan != null) {
      String written = plan.text();
      SavedPlan again = SavedPlan.read("again", new StringReader(written));
      assertEquals(plan, again, written);
      assertEquals(List.of(), plan.moved(again), written);
    }
  }
}
