// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;

/** A host with things of other people's on it. */
public final class OtherPeople {
  private OtherPeople() {}

  /** What there is before plumbline comes. */
  public static LiveState live() {
    return LiveText.parse(RandomHosts.OTHERS).live();
  }
}
