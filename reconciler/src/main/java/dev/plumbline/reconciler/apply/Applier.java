// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.socket.Result;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes the steps of a plan, as few messages as their order allows. */
public final class Applier {
  /** What the kernel answers when that which is to be removed is not there any more. */
  private static final Set<Integer> GONE =
      Set.of(Errno.ENODEV, Errno.ENOENT, Errno.ESRCH, Errno.EADDRNOTAVAIL);

  /** Requests that are sent together at most, but for those of one step. */
  private static final int BATCH = 512;

  private record Pending(Change change, Operation.Netlink operation) {}

  private final Sockets sockets;
  private final SwitchEdits edits;
  private final Progress progress;
  private final int batch;
  private final List<Pending> pending = new ArrayList<>();
  private final Unmarked unmarked = new Unmarked();

  private @Nullable Moves moves;
  private @Nullable Announcer moved;
  private @Nullable Failure failure;

  /**
   * @param embedded the switch, which is changed where the plan has to do with it
   */
  public Applier(Sockets sockets, SwitchAccess embedded, Progress progress) {
    this(sockets, embedded, progress, BATCH);
  }

  /**
   * As {@link #Applier(Sockets, SwitchAccess, Progress)}, for who looks at each step.
   *
   * @param batch after how many requests the kernel is asked, once a step is whole; with 1 each
   *     step has been taken when its progress is told
   */
  public Applier(Sockets sockets, SwitchAccess embedded, Progress progress, int batch) {
    this.sockets = sockets;
    this.edits = new SwitchEdits(embedded);
    this.progress = progress;
    this.batch = batch;
  }

  /**
   * Takes the steps until one fails.
   *
   * @return the failure, or null where all succeeded. Steps after the failed one may have been
   *     taken too, where they were in one message with it
   * @throws IOException if it can not be said at all what to ask for
   */
  public @Nullable Failure apply(Plan plan, LiveState live) throws IOException {
    Moves moves = new Moves(plan, live);
    Operations operations = new Operations(plan, live, sockets, moves);
    try (Announcer announcer = new Announcer(moves, sockets)) {
      this.moves = moves;
      moved = announcer;
      moves.all().stream().filter(operations::isUsableAtOnce).forEach(announcer::add);
      Failure ended = apply(plan, operations, announcer);
      return ended == null ? null : unmarked.removed(ended, sockets);
    }
  }

  private @Nullable Failure apply(Plan plan, Operations operations, Announcer announcer)
      throws IOException {
    int done = 0;
    for (Change change : plan.changes()) {
      try {
        for (Operation operation : operations.of(change)) {
          take(change, operation);
        }
        if (pending.size() >= batch) {
          // Not within a change, whose requests may belong close together.
          flush();
        }
      } catch (IllegalArgumentException | IOException e) {
        flush(); // what comes before it is asked for all the same
        fail(change, String.valueOf(e.getMessage()));
      }
      progress.step(change, ++done, plan.changes().size());
      if (failure != null) {
        return failure;
      }
    }
    flush();
    if (failure == null && done > 0) {
      announce(plan.changes().get(done - 1), announcer);
      for (Change change : plan.changes()) {
        Operation last = operations.afterwards(change);
        if (last != null) {
          take(change, last);
        }
      }
      flush();
    }
    return failure;
  }

  private void take(Change change, Operation operation) throws IOException {
    if (operation instanceof Operation.Switching switching) {
      flushNetlink();
      edits.add(switching.change());
      return;
    }
    flushSwitch();
    if (operation instanceof Operation.Netlink netlink) {
      boolean other =
          !pending.isEmpty() && !pending.get(0).operation().namespace().equals(netlink.namespace());
      if (other) {
        flushNetlink();
      }
      pending.add(new Pending(change, netlink));
    } else if (operation instanceof Operation.Call call) {
      flushNetlink();
      if (failure == null) {
        call.body().run();
      }
    }
  }

  private void flush() {
    flushNetlink();
    flushSwitch();
  }

  private void flushSwitch() {
    Change first = edits.first();
    Announcer announcer = moved;
    Moves moves = this.moves;
    if (first == null || failure != null || announcer == null || moves == null) {
      return;
    }
    try {
      edits.make(moves::takesOver, announcer);
      announcer.announce();
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      fail(first, String.valueOf(e.getMessage()));
    }
  }

  /** Throws nothing: a batch that cannot be sent is a step that fails, to be undone. */
  private void flushNetlink() {
    if (pending.isEmpty() || failure != null) {
      return;
    }
    List<Request> requests = pending.stream().map(each -> each.operation().request()).toList();
    String namespace = pending.get(0).operation().namespace();
    List<Result> results;
    try {
      results = sockets.in(namespace).executeAll(requests);
    } catch (IOException | IllegalArgumentException e) {
      // Such as a namespace that somebody has removed since it was read. None is sent again: of
      // those that were sent it is not known which were taken.
      fail(pending.get(0).change(), String.valueOf(e.getMessage()));
      pending.clear();
      return;
    }
    Change left = null;
    for (int i = 0; i < results.size(); i++) {
      NetlinkException error = results.get(i).failure();
      Pending each = pending.get(i);
      if (error != null && !(each.operation().removes() && GONE.contains(error.errno()))) {
        fail(each.change(), String.valueOf(error.getMessage()));
      }
      if (error == null) {
        unmarked.taken(each.operation());
      }
      left = moves != null && moves.leaves(each.change()) ? each.change() : left;
    }
    pending.clear();
    if (left != null && failure == null && moved != null) {
      announce(left, moved);
    }
  }

  /** The address is on its new device alone from now on. */
  private void announce(Change change, Announcer announcer) {
    try {
      announcer.announce();
    } catch (IOException e) {
      fail(change, String.valueOf(e.getMessage()));
    }
  }

  private void fail(Change change, String message) {
    if (failure == null) {
      failure = new Failure(change.address(), change.id().toString(), message);
    }
  }
}
