// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.Rule;
import dev.plumbline.spec.model.RuleAction;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import org.jspecify.annotations.Nullable;

/** Rules. */
final class RuleForm {
  private RuleForm() {}

  static @Nullable Rule read(Fields fields) {
    Long priority = fields.number("priority");
    Prefix from = fields.network("from");
    Prefix to = fields.network("to");
    Long table = fields.looseValue("table", Tables::parse);
    IpFamily named = fields.choice("family", IpFamily.values());
    IpFamily family = usualFamily(from, to);
    if (named != null && (from != null || to != null) && named != family) {
      fields.problem(
          fields.valuePosition("family"),
          "the family is " + named.prose() + " but the network is " + family.prose(),
          family.spelling(),
          null);
    }
    RuleAction action = fields.choice("action", RuleAction.values());
    var uids = fields.looseValue("uidRange", Tables::uids);
    var protocol = fields.looseValue("ipProto", Tables::protocol);
    var source = fields.looseValue("sourcePort", Tables::ports);
    var destination = fields.looseValue("destinationPort", Tables::ports);
    if (priority == null) {
      return null;
    }
    return new Rule(
        priority,
        named != null ? named : family,
        DeviceForm.namespace(fields),
        from,
        to,
        fields.text("iif"),
        fields.text("oif"),
        fields.number("fwmark"),
        fields.number("fwmask"),
        fields.integer("tos"),
        table,
        action == null ? RuleAction.TABLE : action,
        fields.flag("invert"),
        uids,
        protocol,
        source,
        destination,
        fields.integer("suppressPrefixLength"),
        fields.flag("l3mdev"));
  }

  private static IpFamily usualFamily(@Nullable Prefix from, @Nullable Prefix to) {
    if (from != null) {
      return from.family();
    }
    return to != null ? to.family() : IpFamily.IPV4;
  }

  static Tree write(Rule rule) {
    return new Tree()
        .put("priority", rule.priority())
        .putUnless(usualFamily(rule.from(), rule.to()), "family", rule.family())
        .putUnless("", "namespace", rule.namespace())
        .put("from", rule.from())
        .put("to", rule.to())
        .put("iif", rule.iif())
        .put("oif", rule.oif())
        .put("fwmark", rule.fwmark())
        .put("fwmask", rule.fwmask())
        .put("tos", rule.tos())
        .put("table", rule.table())
        .putUnless(RuleAction.TABLE, "action", rule.action())
        .put("invert", rule.invert())
        .put("uidRange", rule.uidRange())
        .put("ipProto", rule.ipProto())
        .put("sourcePort", rule.sourcePort())
        .put("destinationPort", rule.destinationPort())
        .put("suppressPrefixLength", rule.suppressPrefixLength())
        .put("l3mdev", rule.l3mdev());
  }
}
