// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.host.NotedWatch;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Tells in which namespaces of the model something happened. */
final class ModelWatch extends NotedWatch implements Post.Follower {
  private final ModelKernel kernel;
  private final BiConsumer<String, String> lost;
  private final Object lock = new Object();

  // Told by whoever edits the kernel; guarded by the lock.
  private final Set<String> arrived = new HashSet<>();
  private boolean woken;
  private boolean names;
  private boolean overrun;
  private long firstArrived;

  // Of the thread that asks.
  private final Set<String> covered = new HashSet<>(Set.of(""));
  private int longestSleepMillis = Integer.MAX_VALUE;

  /**
   * @param lost is told where events were lost: the event's name in the log, and what to say
   */
  ModelWatch(ModelKernel kernel, BiConsumer<String, String> lost) {
    this.kernel = kernel;
    this.lost = lost;
  }

  @Override
  public void changed(ResourceId changed) {
    synchronized (lock) {
      arrives();
      if (changed.type() == ResourceType.NAMESPACE) {
        names = true;
      } else {
        arrived.add(changed.namespace());
      }
      lock.notifyAll();
    }
  }

  /** Namespaces are told by their files, not by a socket: those that are lost are told so, too. */
  @Override
  public void lost(ResourceId changed) {
    synchronized (lock) {
      arrives();
      names |= changed.type() == ResourceType.NAMESPACE;
      overrun = true;
      lock.notifyAll();
    }
  }

  private void arrives() {
    if (arrived.isEmpty() && !names && !overrun) {
      firstArrived = System.nanoTime();
    }
  }

  @Override
  public boolean cover(Set<String> namespaces) {
    if (!haveNamesChanged() && covered.containsAll(namespaces)) {
      return true;
    }
    takeNames();
    covered.retainAll(namespaces);
    covered.addAll(namespaces);
    covered.removeIf(name -> !kernel.hasNamespace(name));
    covered.add("");
    return true;
  }

  @Override
  public boolean watches(Set<String> namespaces) {
    return covered.containsAll(namespaces);
  }

  @Override
  public void longestSleepMillis(int millis) {
    longestSleepMillis = millis;
  }

  @Override
  public void await(int timeoutMillis) throws IOException {
    int most = timeoutMillis < 0 ? longestSleepMillis : Math.min(timeoutMillis, longestSleepMillis);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(most);
    synchronized (lock) {
      while (!woken && !names && !overrun && !isAnyCovered()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          break;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(lock, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while nothing happened");
        }
      }
      woken = false;
    }
    drain();
  }

  private boolean isAnyCovered() {
    return arrived.stream().anyMatch(covered::contains);
  }

  @Override
  public void wakeUp() {
    synchronized (lock) {
      woken = true;
      lock.notifyAll();
    }
  }

  @Override
  public void drain() {
    synchronized (lock) {
      if (names || overrun || isAnyCovered()) {
        note(firstArrived);
      }
      if (overrun) {
        noteWhole();
        lost.accept("overrun", "events were lost: reading everything anew");
      }
      overrun = false;
      if (names) {
        noteNames();
      }
      names = false;
      for (String namespace : arrived) {
        if (covered.contains(namespace)) {
          touched(namespace).suspectSysctls();
        }
      }
      arrived.clear();
    }
  }

  @Override
  public void close() {
    kernel.unwatch(this);
  }
}
