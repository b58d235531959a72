// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.yaml.YamlMap;

/** Runs every check. */
public final class Checks {
  private Checks() {}

  /**
   * Adds a problem for everything that does not go together, as far as the mistakes there are
   * already leave it certain.
   *
   * @param tree that the state was read from
   * @param file where a problem is that has no better place
   */
  public static void run(DesiredState state, YamlMap tree, String file, Problems problems) {
    Doubts doubts = new Doubts(state.sources(), tree, problems);
    Scope scope = new Scope(state, doubts, file, problems);
    NameChecks.run(scope);
    SysctlChecks.run(scope);
    DriftChecks.run(scope);
    PortChecks.run(scope);
    AddressChecks.run(scope);
    BridgeChecks.run(scope);
    SwitchPortChecks.run(scope);
    BondChecks.run(scope);
    TunnelChecks.run(scope);
    MtuChecks.run(scope);
    ChainChecks.run(scope);
    RoutingChecks.run(scope);
    ReferenceChecks.run(scope);
    GatewayChecks.run(scope);
    ReachabilityChecks.run(scope);
  }
}
