// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.LiveView;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernel of one host, as far as a {@link Host} has to do with it: the real one, over netlink,
 * or one that behaves like it.
 *
 * <p>Used by one thread at a time.
 */
public interface Kernel extends AutoCloseable {

  /** A way to a kernel. */
  @FunctionalInterface
  interface Opener {
    /** Opens it; throws if it can not be spoken to. */
    Kernel open() throws IOException;
  }

  /**
   * Reads all namespaces; of the sysctls, which are too many, those asked for.
   *
   * @param sysctls the sysctls to read; one that the kernel does not have is left out
   * @param kinds the kinds of device that are to be made, to be told which it does not have
   * @throws IOException if it cannot be read
   */
  LiveState read(Set<ResourceId> sysctls, Set<String> kinds) throws IOException;

  /**
   * What was read last, to be followed from then on.
   *
   * @return null if nothing was since {@link #forget}, or it is too much to be followed
   */
  @Nullable LiveView view();

  /** Has it read as a whole again before it is followed. */
  void forget();

  /**
   * Takes the steps of a plan until one fails.
   *
   * @param live the state that the plan was made from
   * @param embedded the switch, which is changed where the plan has to do with it
   * @return the failure, or null where all succeeded. Steps after the failed one may have been
   *     taken too, where they were in one message with it
   * @throws IOException if it cannot be spoken to at all
   */
  @Nullable Failure apply(Plan plan, LiveState live, SwitchAccess embedded, Progress progress)
      throws IOException;

  /**
   * Tries checks until each holds or its time is over.
   *
   * @param all whether each is decided; else it ends as soon as one does not hold, and those that
   *     are not decided by then are {@linkplain Unheld#brokenOff broken off}
   * @param goesOn is asked every 100 ms or so; false: it ends at once
   * @return those that did not hold
   * @throws IOException if they cannot be tried at all
   */
  List<Unheld> check(List<PlannedCheck> checks, boolean all, BooleanSupplier goesOn)
      throws IOException;

  /**
   * Opens a watch over what happens from now on, to be closed by the caller, before this is.
   *
   * @param lost is told where events were lost: the event's name in the log, and what to say
   */
  KernelWatch watch(BiConsumer<String, String> lost) throws IOException;

  @Override
  void close();
}
