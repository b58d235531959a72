// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.BootClock;

/** A host that is started, and whose time passes, as a test says. */
final class TestClock implements BootClock {
  private int boots = 1;
  private long millis;

  void pass(long seconds) {
    millis += seconds * 1000;
  }

  void reboot() {
    boots++;
    millis = 0;
  }

  @Override
  public String boot() {
    return "boot " + boots;
  }

  @Override
  public long millis() {
    return millis;
  }
}
