// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

/**
 * What a change does to traffic.
 *
 * @param level how bad it is
 * @param what what is interrupted, in a few words; empty unless {@link Level#INTERRUPTS}
 */
public record Disruption(Level level, String what) {

  /** The classes, from harmless to harmful. */
  public enum Level {
    /** Nothing that carries traffic is touched. */
    NONE("none"),
    /** Something that carries traffic is changed without stopping it. */
    IN_PLACE("in-place"),
    /** Traffic stops, for a moment or for good. */
    INTERRUPTS("interrupts");

    private final String label;

    Level(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  public static final Disruption NONE = new Disruption(Level.NONE, "");
  public static final Disruption IN_PLACE = new Disruption(Level.IN_PLACE, "");

  public static Disruption interrupts(String what) {
    return new Disruption(Level.INTERRUPTS, what);
  }
}
