// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import java.nio.file.Path;
import net.jqwik.api.Arbitrary;

// README: begin
/** Our hosts, on a model of a kernel. */
class OurHostsProperties extends ReconcileProperties {
  @Override
  protected Arbitrary<Situation> situations() {
    return Repository.of(Path.of("src/test/resources/network"))
        .withCards("hv-01", "eth0", "eth1")
        .situations();
  }
}
// README: end
