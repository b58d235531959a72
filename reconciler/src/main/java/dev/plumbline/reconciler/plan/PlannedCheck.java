// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.spec.model.Check;
import dev.plumbline.spec.value.Durations;

/**
 * What has to hold after the last step of a plan.
 *
 * @param address where the file names it: {@code checks.gateway}
 * @param place file, line and column of it; empty where that is not known
 * @param check with the device's name in its namespace for a reference
 */
public record PlannedCheck(String address, String place, Check check) {

  /** {@code ping 192.0.2.1 in namespace web from eth0}. */
  public String what() {
    return check.target()
        + (check.namespace().isEmpty() ? "" : " in namespace " + check.namespace())
        + (check.from() == null ? "" : " from " + check.from());
  }

  /** As {@link #what}, with its time. */
  public String sentence() {
    return what() + ", within " + Durations.print(check.within());
  }

  /** How many there are, in words. */
  public static String count(int checks) {
    return checks == 1 ? "1 check" : checks + " checks";
  }
}
