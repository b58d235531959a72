// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a sequence of steps after which the kernel and the model differ shorter. */
final class Shrinking {
  /**
   * Long enough for a machine that is busy; what comes later than that stays longer than need be.
   */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private static final Pattern NAMES =
      Pattern.compile("(kernel:|model:) .*?(?:(E[A-Z]{2,}) \\(.*|$)");

  /** Without them it is another request. */
  private static final Set<String> NEEDED =
      Set.of(
          "kind", "peer", "family", "parent", "id", "key", "table", "fwmark", "from", "iif",
          "value", "vlans", "remote", "local");

  private final String difference;
  private List<Step> steps;

  private Shrinking(List<Step> steps, String difference) {
    this.steps = List.copyOf(steps);
    this.difference = sort(difference);
  }

  /** What sort of difference it is, whatever it is called: dropping things may lead to another. */
  private static String sort(String difference) {
    Set<String> sorts = new TreeSet<>();
    for (String line : difference.lines().toList()) {
      Matcher outcome = NAMES.matcher(line);
      int alone = line.indexOf(" alone has Resource[id=");
      int colon = line.indexOf(": kernel");
      if (outcome.matches()) {
        sorts.add(outcome.group(1) + outcome.group(2));
      } else if (alone >= 0) {
        String id = line.substring(alone + " alone has Resource[id=".length());
        sorts.add(line.substring(0, alone) + id.split("[ ,]", 2)[0]);
      } else if (colon >= 0) {
        sorts.add(line.substring(line.lastIndexOf(' ', colon), colon));
      }
    }
    return String.join(";", sorts);
  }

  /**
   * @param difference what they differ in
   */
  static List<Step> of(List<Step> steps, String difference) throws IOException {
    Shrinking shrinking = new Shrinking(steps, difference);
    boolean shorter = true;
    while (shorter) {
      shorter = shrinking.dropSteps();
      shorter |= shrinking.dropAsks();
      shorter |= shrinking.dropFields();
    }
    return shrinking.steps;
  }

  private boolean isBetter(List<Step> fewer) throws IOException {
    boolean differs = sort(BothKernels.differ(fewer, PATIENCE_NANOS)).equals(difference);
    if (differs) {
      steps = List.copyOf(fewer);
    }
    return differs;
  }

  private boolean dropSteps() throws IOException {
    boolean shorter = false;
    for (int i = steps.size() - 1; i >= 0; i--) {
      List<Step> fewer = new ArrayList<>(steps);
      fewer.remove(i);
      shorter |= isBetter(fewer);
    }
    return shorter;
  }

  private boolean dropAsks() throws IOException {
    boolean shorter = false;
    for (int i = steps.size() - 1; i >= 0; i--) {
      for (int j = steps.get(i).asks().size() - 1; j >= 0 && steps.get(i).asks().size() > 1; j--) {
        List<Ask> asks = new ArrayList<>(steps.get(i).asks());
        asks.remove(j);
        shorter |= isBetter(with(i, new Step(steps.get(i).late(), asks)));
      }
      if (steps.get(i).late()) {
        shorter |= isBetter(with(i, new Step(false, steps.get(i).asks())));
      }
    }
    return shorter;
  }

  private boolean dropFields() throws IOException {
    boolean shorter = false;
    for (int i = 0; i < steps.size(); i++) {
      for (int j = 0; j < steps.get(i).asks().size(); j++) {
        for (String name : List.copyOf(steps.get(i).asks().get(j).fields().keySet())) {
          Ask ask = steps.get(i).asks().get(j);
          SortedMap<String, String> fields = new TreeMap<>(ask.fields());
          fields.remove(name);
          List<Ask> asks = new ArrayList<>(steps.get(i).asks());
          asks.set(j, new Ask(ask.verb(), ask.id(), fields));
          boolean needed = NEEDED.contains(name);
          shorter |= !needed && isBetter(with(i, new Step(steps.get(i).late(), asks)));
        }
      }
    }
    return shorter;
  }

  private List<Step> with(int index, Step step) {
    List<Step> changed = new ArrayList<>(steps);
    changed.set(index, step);
    return changed;
  }
}
