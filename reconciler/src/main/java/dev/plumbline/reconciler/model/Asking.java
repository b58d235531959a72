// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.plan.Change;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the requests of one apply, one after the other, and keeps the first that is refused. */
final class Asking {
  /** What is no failure of a removal (as the applier sees it). */
  private static final Set<Integer> GONE =
      Set.of(Errno.ENODEV, Errno.ENOENT, Errno.ESRCH, Errno.EADDRNOTAVAIL);

  /** What the kernel does for one request. */
  @FunctionalInterface
  interface Request {
    void take() throws RefusedException;
  }

  private final ModelKernel kernel;
  private final Disturbance disturbance;
  private @Nullable Change change;

  /** The step that something was asked for last. */
  private @Nullable Change asked;

  private @Nullable Failure failure;

  /** Whether nothing is asked for any more: the applier knows that it cannot go on. */
  private boolean over;

  /** Where the next requests are made; null: by themselves, as no message is. */
  private @Nullable String place;

  /** Where the last ones were made that are not answered yet; null for none. */
  private @Nullable String open;

  Asking(ModelKernel kernel, Disturbance disturbance) {
    this.kernel = kernel;
    this.disturbance = disturbance;
  }

  void of(Change next) {
    change = next;
  }

  @Nullable Failure failure() {
    return failure;
  }

  /** Whether the applier can make the requests of the change; it asks for none where it cannot. */
  boolean isReady(Request check) {
    ask("prepare", check, false, true);
    return !over;
  }

  /**
   * Where the next requests are made. With those before them they are one batch if these are of the
   * same place; else the applier waits for answers first, and goes on only if nothing was refused.
   *
   * @param namespace null for what is no message: each of these is one by itself
   */
  void in(@Nullable String namespace) {
    place = namespace;
  }

  /** Whether nothing is asked for any more. */
  boolean isOver() {
    return over;
  }

  private void begin() {
    if (open == null || !open.equals(place)) {
      over |= failure != null;
    }
    open = place;
  }

  /** Whether it was taken. */
  boolean ask(String what, Request request) {
    return ask(what, request, false, false);
  }

  /** Asks after a failure, once that is known. */
  void askAllTheSame(String what, Request request) {
    Change step = asked;
    Failure before = failure;
    if (step == null || before == null) {
      return;
    }
    try {
      int errno = disturbance.afterFailure(kernel, step);
      RefusedException.when(errno != 0, errno, "so it was to be");
      synchronized (kernel) {
        request.take();
      }
    } catch (RefusedException e) {
      if (!GONE.contains(e.errno())) {
        failure =
            new Failure(
                before.address(),
                before.resource(),
                before.message() + "; nor " + what + ": " + e.getMessage());
      }
    }
  }

  void askToRemove(String what, Request request) {
    ask(what, request, true, false);
  }

  private boolean ask(String what, Request request, boolean removes, boolean silent) {
    Change step = Objects.requireNonNull(change);
    if (!silent) {
      begin();
    }
    if (over) {
      return false;
    }
    asked = silent ? asked : step;
    try {
      int errno = silent ? 0 : disturbance.before(kernel, step);
      RefusedException.when(errno != 0, errno, "so it was to be");
      synchronized (kernel) {
        request.take();
      }
      return true;
    } catch (RefusedException e) {
      over = !e.isAsked();
      if (failure == null && !(removes && e.isAsked() && GONE.contains(e.errno()))) {
        failure = new Failure(step.address(), step.id().toString(), what + ": " + e.getMessage());
      }
      return false;
    }
  }
}
