// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.spec.value.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a bond takes, by its mode (drivers/net/bonding/bond_options.c). */
final class BondRules {
  /** What a bond has that nobody named a mode for. */
  static final String FIRST_MODE = "balance-rr";

  /** BOND_DEFAULT_MIIMON: of modes that cannot do without, where none is set. */
  private static final String MIIMON = "100ms";

  private static final String NONE = "0s";

  /** The order in which the driver takes what is told at once (bond_changelink). */
  static final List<String> ORDER =
      List.of(
          "mode",
          "miimon",
          "upDelay",
          "downDelay",
          "peerNotifyDelay",
          "arpInterval",
          "arpIpTargets",
          "arpValidate",
          "primary",
          "primaryReselect",
          "failOverMac",
          "xmitHashPolicy",
          "resendIgmp",
          "gratuitousArps",
          "allSlavesActive",
          "minLinks",
          "lacpRate",
          "adSelect");

  private static final Set<String> PREFERRING =
      Set.of("active-backup", "balance-tlb", "balance-alb");
  private static final Set<String> MONITORING = Set.of("802.3ad", "balance-tlb", "balance-alb");

  /** Options, and the modes in which there are such (unsuppmodes, said the other way round). */
  private static final Map<String, Set<String>> ONLY_IN =
      Map.of("primary", PREFERRING, "primaryReselect", PREFERRING, "lacpRate", Set.of("802.3ad"));

  private static final Set<String> NOT_WHERE_MONITORED = Set.of("arpInterval", "arpValidate");

  private BondRules() {}

  /** Whether a bond of these fields can be made; what is by default is not asked for then. */
  static void make(Resource wanted) throws RefusedException {
    String mode = wanted.get("mode").isEmpty() ? FIRST_MODE : wanted.get("mode");
    String miimon = wanted.get("miimon").isEmpty() ? miimon(mode, NONE) : wanted.get("miimon");
    for (String name : ORDER) {
      DeviceField field = DeviceKinds.field("bond", name);
      String value = wanted.get(name);
      boolean given = value.isEmpty() || (field != null && value.equals(field.kernelDefault()));
      if (!given && !name.equals("primary")) { // that comes with the member
        check(mode, miimon, name, value);
      }
    }
  }

  /** Whether the bond's mode has a member that it prefers (bond_uses_primary). */
  static boolean prefers(Resource bond) {
    return PREFERRING.contains(bond.get("mode"));
  }

  /** Whether the bond takes this value as it is now. */
  static void set(Resource bond, String name, String value) throws RefusedException {
    check(bond.get("mode"), bond.get("miimon"), name, value);
  }

  /** What a bond monitors its members by in a mode, where it did so by that before. */
  static String miimon(String mode, String before) {
    return MONITORING.contains(mode) && isNone(before) ? MIIMON : before;
  }

  private static void check(String mode, String miimon, String name, String value)
      throws RefusedException {
    Set<String> only = ONLY_IN.get(name);
    boolean unsupported =
        (only != null && !only.contains(mode))
            || (NOT_WHERE_MONITORED.contains(name) && MONITORING.contains(mode));
    RefusedException.when(unsupported, Errno.EACCES, name + " is not for mode " + mode);
    boolean delay = name.endsWith("elay") && !isNone(value) && isNone(miimon);
    RefusedException.when(delay, Errno.EPERM, "no delay without miimon");
  }

  static boolean isNone(String duration) {
    return duration.isEmpty() || Durations.parse(duration).equals(Duration.ZERO);
  }
}
