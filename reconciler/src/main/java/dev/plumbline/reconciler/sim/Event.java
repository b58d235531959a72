// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import java.util.List;

/** One thing that happens to a simulated host. Its numbers may be any from 0. */
public sealed interface Event {
  /**
   * A file is applied; if anything comes in between, once more by a new process.
   *
   * @param file which of the simulation's files, from 0
   */
  record Applied(int file, List<Happening> happenings) implements Event {
    public Applied {
      happenings = List.copyOf(happenings);
    }
  }

  /**
   * A file is applied, and rolled back.
   *
   * @param file which of the simulation's files, from 0
   */
  record RolledBack(int file) implements Event {}

  /** Another writer changes something while nothing is applied: {@link RandomEdits#edit}. */
  record Edited(int what, int which) implements Event {}

  /**
   * Events of the kernel are followed instead of reading the host again, as the agent does.
   *
   * @param edits what happens meanwhile, pairs of numbers as of {@link Edited}
   * @param delivery how the events come, any number from 0: modulo 3 all together, after each edit,
   *     or after each edit and twice; what is left of it by 3 is the seed by which some of them
   *     come late, twice or not at all, and 0 none
   */
  record Followed(int file, List<Edited> edits, int delivery) implements Event {
    public Followed {
      edits = List.copyOf(edits);
    }
  }

  /** An empty file is applied: the host is given back. */
  record GivenBack() implements Event {}
}
