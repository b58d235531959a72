// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.Reachability;
import dev.plumbline.spec.model.Reachability.Expectation;
import org.jspecify.annotations.Nullable;

/** What becomes of traffic by what the file says. */
final class ReachabilityForm {
  private ReachabilityForm() {}

  static @Nullable Reachability read(String key, Fields fields) {
    String from = fields.text("from");
    String to = fields.text("to");
    Expectation expect = fields.choice("expect", Expectation.values());
    if (from == null || to == null || expect == null) {
      return null; // the schema says what is missing
    }
    Integer tcp = fields.integer("tcp");
    Integer udp = fields.integer("udp");
    if (tcp != null && udp != null) {
      fields.problem(
          fields.position("udp"), "`tcp` and `udp` exclude each other", "one of them", null);
      return null;
    }
    return new Reachability(
        from, to, expect, tcp, udp, fields.ip("source"), fields.ip("via"), fields.integer("vlan"));
  }

  static Tree write(String key, Reachability reachability) {
    return new Tree()
        .put("from", reachability.from())
        .put("to", reachability.to())
        .put("expect", reachability.expect())
        .put("tcp", reachability.tcp())
        .put("udp", reachability.udp())
        .put("source", reachability.source())
        .put("via", reachability.via())
        .put("vlan", reachability.vlan());
  }
}
