// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.IpAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's bond options (Documentation/networking/bonding.rst), by the kernel's names.
 *
 * @param miimon how often the link state of members is looked at; whole milliseconds; 0 is off
 * @param upDelay whole milliseconds, a multiple of {@code miimon}
 * @param downDelay whole milliseconds, a multiple of {@code miimon}
 * @param primary reference to a member
 * @param minLinks members that must be up for the bond to be up; 802.3ad only
 * @param arpIpTargets at most 16, IPv4
 * @param peerNotifyDelay whole milliseconds, a multiple of {@code miimon}
 * @param resendIgmp reports after a fail-over, 0 to 255
 * @param gratuitousArps announcements after a fail-over ({@code num_grat_arp}), 0 to 255
 */
public record BondOptions(
    @Nullable Duration miimon,
    @Nullable Duration upDelay,
    @Nullable Duration downDelay,
    @Nullable Duration peerNotifyDelay,
    @Nullable String primary,
    @Nullable PrimaryReselect primaryReselect,
    @Nullable FailOverMac failOverMac,
    @Nullable XmitHashPolicy xmitHashPolicy,
    @Nullable LacpRate lacpRate,
    @Nullable AdSelect adSelect,
    @Nullable Integer minLinks,
    @Nullable Duration arpInterval,
    @Nullable List<IpAddress> arpIpTargets,
    @Nullable ArpValidate arpValidate,
    @Nullable Boolean allSlavesActive,
    @Nullable Integer resendIgmp,
    @Nullable Integer gratuitousArps) {

  private static final BondOptions NONE =
      new BondOptions(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null);

  public BondOptions {
    arpIpTargets = arpIpTargets == null ? null : List.copyOf(arpIpTargets);
  }

  /** Nothing is named. */
  public static BondOptions none() {
    return NONE;
  }
}
