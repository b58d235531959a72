// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

/**
 * One figure of a contender.
 *
 * @param name as on the command line
 * @param unit of the figure, behind its scaling
 * @param scale what the measured number is divided by for the table
 * @param rounds how often at most; 0: as often as asked for
 */
record Scenario(String name, String unit, double scale, int rounds, Measure measure) {
  /** Measures once; a negative number: the contender has no such thing. */
  interface Measure {
    double of(Contender contender, long nanos) throws Exception;
  }

  Scenario(String name, String unit, double scale, Measure measure) {
    this(name, unit, scale, 0, measure);
  }
}
