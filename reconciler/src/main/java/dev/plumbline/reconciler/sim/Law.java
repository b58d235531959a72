// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import java.util.Locale;

/** What has to hold, whatever happens. */
public enum Law {
  /** After an apply a second plan is empty, and a second apply asks the kernel for nothing. */
  CONVERGES("an apply leaves nothing to do"),
  /** What plumbline did not make and no file names is as it was. */
  FOREIGN("what others made stays as it is"),
  /** Each step of a plan does what it says, and whatever else happens a step tells. */
  TRUE("a plan tells all that happens, step for step"),
  /** What stops traffic, or touches it, is in a step of such a class. */
  ANNOUNCED("a plan says what it interrupts"),
  /** Each step changes something, and none makes anew what the kernel can change in place. */
  NEEDED("no step is more than it takes"),
  /** A refused step is undone, or what is left is named. */
  UNDONE("a refused step is undone, or what is left of it is named"),
  /** After a rollback the host is as it was. */
  ROLLED_BACK("a rollback gives back what was before"),
  /** With an empty file the host is as it was before the first one, and nothing is remembered. */
  GIVEN_BACK("an empty file gives the host back"),
  /** What is planned for what events told is what is planned for the whole host. */
  FOLLOWED("following events finds what reading finds"),
  /** The code that applies ends, by itself. */
  ENDS("an apply ends with an outcome");

  private final String sentence;

  Law(String sentence) {
    this.sentence = sentence;
  }

  /** As a person reads it, without a full stop. */
  public String sentence() {
    return sentence;
  }

  /** As a program reads it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
