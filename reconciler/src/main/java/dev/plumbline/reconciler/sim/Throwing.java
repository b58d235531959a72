// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Change;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Throws what is to happen at one apply between its requests, and tells of it. */
final class Throwing implements Disturbance {
  private final Disturbance nature;
  private final int requests;
  private final List<Happening> waiting;
  private final BiConsumer<Happening, String> told;

  private int count;
  private @Nullable Change last;
  private boolean refused;
  private boolean edited;

  /**
   * Throws these.
   *
   * @param nature what happens at every request besides
   * @param requests about how many there are: a happening that would come later comes that much
   *     sooner
   * @param told is told of each as it happens
   */
  Throwing(
      Disturbance nature,
      int requests,
      List<Happening> happenings,
      BiConsumer<Happening, String> told) {
    this.nature = nature;
    this.requests = requests;
    this.waiting = new ArrayList<>(happenings);
    this.told = told;
  }

  /** Whether a request was refused. */
  boolean refused() {
    return refused;
  }

  /** Whether somebody else wrote. */
  boolean edited() {
    return edited;
  }

  @Override
  public int before(ModelKernel kernel, Change change) {
    int now = count++;
    boolean starts = change != last && ModelKernel.startsBatch(last, change);
    last = change;
    int errno = nature.before(kernel, change);
    for (Iterator<Happening> all = waiting.iterator(); all.hasNext(); ) {
      Happening each = all.next();
      int at = each.at() % requests;
      switch (each.sort()) {
        case REFUSAL -> {
          if (now == at) {
            all.remove();
            refused = true;
            errno = each.errno();
            told.accept(each, request(now, change) + " is refused with " + Errno.name(errno));
          }
        }
        case CRASH -> {
          if (now >= at && starts) {
            all.remove();
            told.accept(each, "the process dies before " + request(now, change));
            throw new ModelHost.Crash();
          }
        }
        case EDIT -> {
          if (now >= at && starts) {
            all.remove();
            String edit = Edits.make(kernel, each.edit());
            edited |= edit != null;
            if (edit != null) {
              told.accept(each, "somebody else, before " + request(now, change) + ": " + edit);
            }
          }
        }
      }
    }
    return errno;
  }

  private static String request(int number, Change change) {
    return "request "
        + (number + 1)
        + " ("
        + change.action().label()
        + " "
        + change.address()
        + ")";
  }
}
