// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

/**
 * A check that did not hold.
 *
 * @param address where the file names it
 * @param place file, line and column of it; empty where that is not known
 * @param what was asked: {@code ping 192.0.2.1 in namespace web}
 * @param why what the kernel said, or that nothing was answered, how often and for how long
 * @param before whether it did not hold before the first step either
 * @param brokenOff whether its time was not over: somebody wanted the end of it, or another one did
 *     not hold
 */
public record Unheld(
    String address, String place, String what, String why, boolean before, boolean brokenOff) {

  /** The same, which is known not to have held before the first step either. */
  public Unheld asBefore() {
    return new Unheld(address, place, what, why, true, brokenOff);
  }

  @Override
  public String toString() {
    return address
        + (place.isEmpty() ? "" : " (" + place + ")")
        + ": "
        + what
        + ": "
        + why
        + (before ? "; it did not hold before either" : "");
  }
}
