// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.AdSelect;
import dev.plumbline.spec.model.ArpValidate;
import dev.plumbline.spec.model.Bond;
import dev.plumbline.spec.model.BondMode;
import dev.plumbline.spec.model.BondOptions;
import dev.plumbline.spec.model.FailOverMac;
import dev.plumbline.spec.model.LacpRate;
import dev.plumbline.spec.model.PrimaryReselect;
import dev.plumbline.spec.model.XmitHashPolicy;
import dev.plumbline.spec.value.IpAddress;
import org.jspecify.annotations.Nullable;

/** Bonds. */
final class BondForm {
  private BondForm() {}

  static @Nullable Bond read(String key, Fields fields) {
    BondMode mode = fields.choice("mode", BondMode.values());
    var settings = DeviceForm.read(key, fields);
    var vlan = VlanModeForm.read(fields, "vlan");
    BondOptions options = options(fields);
    return mode == null
        ? null
        : new Bond(
            settings,
            fields.text("bridge"),
            vlan,
            Fields.orNone(fields.texts("members")),
            mode,
            options);
  }

  private static BondOptions options(Fields fields) {
    return new BondOptions(
        fields.duration("miimon"),
        fields.duration("upDelay"),
        fields.duration("downDelay"),
        fields.duration("peerNotifyDelay"),
        fields.text("primary"),
        fields.choice("primaryReselect", PrimaryReselect.values()),
        fields.choice("failOverMac", FailOverMac.values()),
        fields.choice("xmitHashPolicy", XmitHashPolicy.values()),
        fields.choice("lacpRate", LacpRate.values()),
        fields.choice("adSelect", AdSelect.values()),
        fields.integer("minLinks"),
        fields.duration("arpInterval"),
        fields.values("arpIpTargets", IpAddress::parse),
        fields.choice("arpValidate", ArpValidate.values()),
        fields.flag("allSlavesActive"),
        fields.integer("resendIgmp"),
        fields.integer("gratuitousArps"));
  }

  static Tree write(String key, Bond bond) {
    BondOptions options = bond.options();
    Tree tree =
        new Tree()
            .put("bridge", bond.bridge())
            .put("vlan", VlanModeForm.write(bond.vlan()))
            .put("members", bond.members())
            .put("mode", bond.mode())
            .put("miimon", options.miimon())
            .put("upDelay", options.upDelay())
            .put("downDelay", options.downDelay())
            .put("peerNotifyDelay", options.peerNotifyDelay())
            .put("primary", options.primary())
            .put("primaryReselect", options.primaryReselect())
            .put("failOverMac", options.failOverMac())
            .put("xmitHashPolicy", options.xmitHashPolicy())
            .put("lacpRate", options.lacpRate())
            .put("adSelect", options.adSelect())
            .put("minLinks", options.minLinks())
            .put("arpInterval", options.arpInterval())
            .putTexts("arpIpTargets", options.arpIpTargets())
            .put("arpValidate", options.arpValidate())
            .put("allSlavesActive", options.allSlavesActive())
            .put("resendIgmp", options.resendIgmp())
            .put("gratuitousArps", options.gratuitousArps());
    return DeviceForm.write(key, bond.settings(), tree);
  }
}
