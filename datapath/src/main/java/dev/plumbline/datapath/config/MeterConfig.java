// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.config;

/**
 * A rate limit that flows name: {@code meter:1}. All flows of the bridge that name it share it.
 *
 * @param id 1 to {@link #LAST}
 * @param unit what rate and burst are
 * @param rate a second, 1 to 4,294,967,295
 * @param burst what may come at once when nothing has come for long, 0 to 4,294,967,295; 0: what
 *     the rate lets through in a second
 */
public record MeterConfig(long id, Unit unit, long rate, long burst) {
  /** The highest number. */
  public static final long LAST = 0xffff_0000L;

  /** What is counted. */
  public enum Unit {
    /** Thousands of bits of frames with their tags. */
    KBPS("kbps", 8_000_000),
    /** Packets; of one that is to be cut into segments, those. */
    PKTPS("pktps", 1_000_000_000);

    private final String text;
    private final long nanos;

    Unit(String text, long nanos) {
      this.text = text;
      this.nanos = nanos;
    }

    /** Nanoseconds that a byte, or a packet, costs where the rate is 1. */
    public long nanos() {
      return nanos;
    }

    /** As ovs-ofctl writes it. */
    @Override
    public String toString() {
      return text;
    }
  }

  /** How long the bucket takes to fill. */
  public long burstNanos() {
    return burst == 0 ? 1_000_000_000L : burst * 1_000_000_000L / rate;
  }

  /** As ovs-ofctl has it. */
  public String text() {
    return "meter="
        + id
        + " "
        + unit
        + (burst == 0 ? "" : " burst")
        + " stats bands=type=drop rate="
        + rate
        + (burst == 0 ? "" : " burst_size=" + burst);
  }

  @Override
  public String toString() {
    return text();
  }
}
