// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.BootClock;

/** A host that is started, and whose time passes, as a test says. Safe for any thread. */
final class TestClock implements BootClock {
  private int boots = 1;
  private long millis;

  synchronized void pass(long seconds) {
    millis += seconds * 1000;
  }

  synchronized void reboot() {
    boots++;
    millis = 0;
  }

  @Override
  public synchronized String boot() {
    return "boot " + boots;
  }

  @Override
  public synchronized long millis() {
    return millis;
  }
}
