// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

/**
 * What became of a packet.
 *
 * @param place where: a device or a namespace, as in {@link Hop#place}
 * @param reason a sentence's end that says why; empty where it arrived
 */
public record End(Kind kind, String place, String reason) {
  /** How a way ends. */
  public enum Kind {
    /** Where it was to go. */
    DELIVERED("delivered"),
    /** By a device whose other end is outside. */
    LEAVES("leaves"),
    DROPPED("dropped"),
    /** What happens then cannot be said. */
    UNKNOWN("unknown"),
    /** Somebody got a copy that is not for him. */
    IGNORED("ignored");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  /** For people. */
  public String text() {
    return switch (kind) {
      case DELIVERED -> "delivered to " + place;
      case LEAVES -> "leaves by " + place;
      case DROPPED -> "dropped at " + place + " because " + reason;
      case UNKNOWN -> "not known at " + place + ": " + reason;
      case IGNORED -> "ignored by " + place + ": " + reason;
    };
  }
}
