// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.plan.PlannedCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A check that one of two commits has, or both have in another way.
 *
 * @param address where the file names it
 * @param before what it was, as a sentence; null: it was not there
 * @param after what it is; null: it is gone
 */
public record CheckDiff(String address, @Nullable String before, @Nullable String after) {

  /** What differs between the checks of two commits, those of the newer one first. */
  public static List<CheckDiff> of(List<PlannedCheck> before, List<PlannedCheck> after) {
    Map<String, String> old = new LinkedHashMap<>();
    before.forEach(check -> old.put(check.address(), check.sentence()));
    List<CheckDiff> diffs = new ArrayList<>();
    for (PlannedCheck check : after) {
      String was = old.remove(check.address());
      if (!check.sentence().equals(was)) {
        diffs.add(new CheckDiff(check.address(), was, check.sentence()));
      }
    }
    old.forEach((address, was) -> diffs.add(new CheckDiff(address, was, null)));
    return diffs;
  }

  /** {@code ~ checks.api tcp 192.0.2.1:80, within 10s → tcp 192.0.2.1:443, within 10s}. */
  String line() {
    String sign = before == null ? "+ " : after == null ? "- " : "~ ";
    String what =
        before == null || after == null
            ? Objects.requireNonNullElse(after, Objects.requireNonNullElse(before, ""))
            : before + " → " + after;
    return sign + address + "  " + what;
  }
}
