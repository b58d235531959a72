// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Throws what is to happen at one apply between its requests, and tells of it. */
final class Throwing implements Disturbance {
  /** About how many dumps the readings of an apply are, of a host with a namespace. */
  private static final int DUMPS = 24;

  private final Disturbance nature;
  private final int requests;
  private final List<Happening> waiting;
  private final BiConsumer<Happening, String> told;

  private int count;
  private int dumps;
  private @Nullable Change last;
  private boolean refused;
  private boolean edited;
  private boolean interrupted;
  private boolean torn;

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

  /** Whether a reading failed. */
  boolean interrupted() {
    return interrupted;
  }

  /** Whether somebody else wrote while the host was read. */
  boolean torn() {
    return torn;
  }

  /** Whether somebody else wrote. */
  boolean edited() {
    return edited;
  }

  @Override
  public int before(ModelKernel kernel, Change change) {
    int now = count++;
    boolean next = change != last;
    boolean starts = next && ModelKernel.startsBatch(last, change);
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
          if (now >= at && (starts || (next && each.isWithinBatch()))) {
            all.remove();
            String where = starts ? "" : ", in the middle of a batch";
            told.accept(each, "the process dies before " + request(now, change) + where);
            throw new ModelHost.Crash();
          }
        }
        case EDIT -> {
          if (now >= at && starts) {
            all.remove();
            edit(kernel, each, "before " + request(now, change));
          }
        }
        case TORN, INTERRUPTED -> {
          // They come while the host is read.
        }
      }
    }
    return errno;
  }

  /** The process may die before it has removed what it could not mark. */
  @Override
  public int afterFailure(ModelKernel kernel, Change change) {
    last = null;
    return before(kernel, change);
  }

  private void edit(ModelKernel kernel, Happening happening, String when) {
    String edit = Edits.make(kernel, happening.edit());
    edited |= edit != null;
    if (edit != null) {
      told.accept(happening, "somebody else, " + when + ": " + edit);
    }
  }

  @Override
  public boolean disturbsReading() {
    return waiting.stream().anyMatch(each -> isOfReading(each.sort()));
  }

  private static boolean isOfReading(Happening.Sort sort) {
    return sort == Happening.Sort.TORN || sort == Happening.Sort.INTERRUPTED;
  }

  @Override
  public void reading(ModelKernel kernel) throws IOException {
    int now = dumps++;
    for (Iterator<Happening> all = waiting.iterator(); all.hasNext(); ) {
      Happening each = all.next();
      if (!isOfReading(each.sort()) || now < each.at() % DUMPS) {
        continue;
      }
      all.remove();
      if (each.sort() == Happening.Sort.TORN) {
        torn = true;
        edit(kernel, each, "before dump " + (now + 1) + " of what is read");
      } else {
        told.accept(each, "dump " + (now + 1) + " of what is read is interrupted for good");
        interrupted = true;
        throw new IOException("what was read changed meanwhile, again and again");
      }
    }
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
