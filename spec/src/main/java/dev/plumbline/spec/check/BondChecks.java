// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.check.Scope.DeviceId;
import dev.plumbline.spec.model.Bond;
import dev.plumbline.spec.model.BondMode;
import dev.plumbline.spec.model.BondOptions;
import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.problem.NearMiss;
import dev.plumbline.spec.value.IpFamily;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Bonds: options that go together (Documentation/networking/bonding.rst). */
final class BondChecks {
  private static final Set<BondMode> WITH_PRIMARY =
      Set.of(BondMode.ACTIVE_BACKUP, BondMode.BALANCE_TLB, BondMode.BALANCE_ALB);
  private static final Set<BondMode> WITHOUT_ARP =
      Set.of(BondMode.LACP, BondMode.BALANCE_TLB, BondMode.BALANCE_ALB);

  private BondChecks() {}

  static void run(Scope scope) {
    scope.state.bonds().forEach((key, bond) -> bond(scope, "bonds." + key, bond));
  }

  private static void bond(Scope scope, String object, Bond bond) {
    BondOptions options = bond.options();
    primary(scope, object, bond);
    Bridge bridge = scope.bridge(bond.bridge());
    boolean switchMode = bond.mode() == BondMode.BALANCE_SLB || bond.mode() == BondMode.BALANCE_TCP;
    boolean bridgeKnown =
        scope.isSure(object, "bridge")
            && (bridge == null
                ? bond.bridge() == null || !scope.doubts.hides(bond.bridge())
                : scope.isSure("bridges." + bond.bridge(), "datapath"));
    if (switchMode && bridgeKnown && (bridge == null || !bridge.isEmbedded())) {
      scope.error(
          object + ".mode",
          object,
          "`" + bond.mode().spelling() + "` is a mode of embedded bridges",
          "`bridge` to name one, or a mode of the kernel such as active-backup");
    }
    lacpOnly(scope, object, "lacpRate", options.lacpRate(), bond.mode());
    lacpOnly(scope, object, "adSelect", options.adSelect(), bond.mode());
    lacpOnly(scope, object, "minLinks", options.minLinks(), bond.mode());
    if (isOn(options.miimon()) && isOn(options.arpInterval())) {
      scope.error(
          object + ".arpInterval", object, "`miimon` and `arpInterval` exclude each other", "one");
    }
    if (isOn(options.arpInterval())) {
      if (WITHOUT_ARP.contains(bond.mode())) {
        scope.error(
            object + ".arpInterval",
            object,
            "ARP monitoring does not work in mode `" + bond.mode().spelling() + "`",
            "`miimon`");
      }
      boolean nobody = options.arpIpTargets() == null || options.arpIpTargets().isEmpty();
      if (nobody && scope.isSure(object, "arpIpTargets")) {
        scope.error(object + ".arpInterval", object, "there is nobody to ask", "`arpIpTargets`");
      }
    }
    if (options.arpIpTargets() != null
        && options.arpIpTargets().stream().anyMatch(ip -> ip.family() != IpFamily.IPV4)) {
      scope.error(object + ".arpIpTargets", object, "ARP is of IPv4", "IPv4 addresses");
    }
    // The switch hears of carriers by itself, whatever the interval.
    boolean inSwitch = bridge != null && bridge.isEmbedded();
    if (scope.isSure(object, "miimon") && !inSwitch) {
      delay(scope, object, "upDelay", options.upDelay(), options.miimon());
      delay(scope, object, "downDelay", options.downDelay(), options.miimon());
      delay(scope, object, "peerNotifyDelay", options.peerNotifyDelay(), options.miimon());
    }
  }

  private static void primary(Scope scope, String object, Bond bond) {
    String primary = bond.options().primary();
    if (primary == null) {
      return;
    }
    String namespace = bond.settings().namespace();
    DeviceId id = scope.id(namespace, primary);
    if (scope.isSure(object, "members")
        && bond.members().stream().noneMatch(member -> scope.id(namespace, member).equals(id))) {
      scope.error(
          object + ".primary",
          object,
          "the primary `" + primary + "` is no member",
          "one of " + String.join(", ", bond.members()),
          NearMiss.find(primary, bond.members()));
    }
    if (!WITH_PRIMARY.contains(bond.mode())) {
      scope.error(
          object + ".primary",
          object,
          "mode `" + bond.mode().spelling() + "` has no primary",
          "active-backup, balance-tlb or balance-alb");
    }
  }

  private static void lacpOnly(
      Scope scope, String object, String key, @Nullable Object value, BondMode mode) {
    if (value != null && mode != BondMode.LACP && mode != BondMode.BALANCE_TCP) {
      scope.error(object + "." + key, object, "`" + key + "` is about LACP", "`mode: 802.3ad`");
    }
  }

  /** The kernel rounds to whole intervals silently, and a second plan would not be empty. */
  private static void delay(
      Scope scope,
      String object,
      String key,
      @Nullable Duration delay,
      @Nullable Duration interval) {
    if (delay == null || delay.isZero()) {
      return;
    }
    if (interval == null || interval.isZero()) {
      scope.error(object + "." + key, object, "`" + key + "` needs `miimon`", null);
    } else if (delay.toMillis() % interval.toMillis() != 0) {
      scope.error(
          object + "." + key,
          object,
          "`" + key + "` is no multiple of `miimon`",
          "a multiple of " + interval.toMillis() + "ms");
    }
  }

  private static boolean isOn(@Nullable Duration interval) {
    return interval != null && !interval.isZero();
  }
}
