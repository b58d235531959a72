// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.netlink.libc.Errno;
import java.util.List;

/**
 * What comes between the requests of one apply, or between the dumps of its readings.
 *
 * @param at how many requests come before it, of the plan and of the way back together. An edit
 *     waits for the next batch: what is in one goes to the kernel together. Of what happens to a
 *     reading it is how many dumps come before it, of all readings of the apply together
 * @param detail of a refusal which errno, of an edit which one, of a crash whether it waits for the
 *     next batch, too (even), or for the next step alone (odd), as where a batch is too long for
 *     one message to the kernel; nothing of the others. Any number from 0 is one
 */
public record Happening(Sort sort, int at, int detail) {
  /** What can happen. */
  public enum Sort {
    /** The kernel refuses the request. */
    REFUSAL,
    /** The process dies, and the next one has nothing in memory. */
    CRASH,
    /** Another writer changes something. */
    EDIT,
    /** Another writer changes something between two dumps of one reading. */
    TORN,
    /** A dump is interrupted each time that it is tried, so that the host cannot be read. */
    INTERRUPTED
  }

  private static final List<Integer> ERRNOS =
      List.of(
          Errno.ENOMEM,
          Errno.EBUSY,
          Errno.EEXIST,
          Errno.EINVAL,
          Errno.EPERM,
          Errno.ENODEV,
          Errno.ENOBUFS);

  /** The errno of a refusal. */
  int errno() {
    return ERRNOS.get(detail % ERRNOS.size());
  }

  /** Whether it need not wait for the next batch. */
  boolean isWithinBatch() {
    return detail % 2 == 1;
  }

  /** The edit of these numbers, as {@link Event.Edited} has them. */
  Event.Edited edit() {
    return new Event.Edited(detail % RandomEdits.SORTS, detail / RandomEdits.SORTS);
  }
}
