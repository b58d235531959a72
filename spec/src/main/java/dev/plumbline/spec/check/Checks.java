// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.Problems;

/** Runs every check. */
public final class Checks {
  private Checks() {}

  /**
   * Adds a problem for everything that does not go together.
   *
   * @param file where a problem is that has no better place
   */
  public static void run(DesiredState state, String file, Problems problems) {
    // What is not whole after mistakes of form or value gives follow-ups that are none.
    boolean whole = !problems.hasErrors();
    Scope scope = new Scope(state, file, problems);
    NameChecks.run(scope);
    SysctlChecks.run(scope);
    PortChecks.run(scope);
    AddressChecks.run(scope);
    BridgeChecks.run(scope);
    BondChecks.run(scope);
    TunnelChecks.run(scope);
    MtuChecks.run(scope);
    ChainChecks.run(scope);
    RoutingChecks.run(scope);
    if (whole) {
      ReferenceChecks.run(scope);
      GatewayChecks.run(scope);
    }
  }
}
