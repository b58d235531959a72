// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.plumbline.reconciler.host.KernelWatch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has the garbage of what was read and compared as a whole, and of many repairs, collected when
 * nothing happens, and the room that it took given back. Else the next repair would have to wait
 * for a collection of all of the heap, some tens of milliseconds; and to keep the heap small while
 * a plan for the whole host is made would cost several of those. For the agent's thread.
 */
final class Tidying {
  /** Set where the JVM is an agent's own; others may have reason not to be stopped by it. */
  private static final boolean ALLOWED = Boolean.getBoolean("plumbline.tidy");

  /** Somebody at work, a script say, has gone on by then. */
  private static final int QUIET_MILLIS = 300;

  private static final String LEAST = "MinHeapFreeRatio";
  private static final String MOST = "MaxHeapFreeRatio";

  /** What repairs leave among the old objects adds up, a little each time. */
  private static final long LITTER_BYTES = 1 << 20;

  /** Of the serial collector; null: another one collects here. */
  private static final @Nullable MemoryPoolMXBean OLD =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getName().equals("Tenured Gen"))
          .findFirst()
          .orElse(null);

  private boolean littered;
  private long clean;

  /** A lot was thrown away. */
  void littered() {
    littered = ALLOWED;
  }

  /** {@link KernelWatch#await}, and tidies up if that takes its time. */
  void await(KernelWatch watch, int timeoutMillis) throws IOException {
    if (!(littered || isFull()) || timeoutMillis <= QUIET_MILLIS) {
      watch.await(timeoutMillis);
      return;
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
    watch.await(QUIET_MILLIS);
    if (!watch.happened() && System.nanoTime() - end >= 0) {
      littered = false;
      collect();
    }
  }

  private boolean isFull() {
    return ALLOWED && OLD != null && OLD.getUsage().getUsed() - clean > LITTER_BYTES;
  }

  /** The two options say how much of the heap may be free after a collection, in percent. */
  private void collect() {
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    String least = jvm.getVMOption(LEAST).getValue();
    String most = jvm.getVMOption(MOST).getValue();
    jvm.setVMOption(LEAST, "5");
    jvm.setVMOption(MOST, "10");
    System.gc();
    jvm.setVMOption(MOST, most);
    jvm.setVMOption(LEAST, least);
    clean = OLD == null ? 0 : OLD.getUsage().getUsed();
  }
}
