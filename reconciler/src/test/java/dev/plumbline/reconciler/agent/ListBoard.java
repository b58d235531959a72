// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.rollout.HostStatus;
import dev.plumbline.reconciler.rollout.StatusBoard;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** What a test says that other hosts tell, and what this one told. Safe for any thread. */
final class ListBoard implements StatusBoard {
  /** Reads, as a server may answer. */
  @FunctionalInterface
  interface Others {
    List<HostStatus> read() throws IOException;
  }

  volatile Others others = List::of;
  volatile Map<String, String> unreadable = Map.of();
  final List<HostStatus> told = new CopyOnWriteArrayList<>();

  @Override
  public List<HostStatus> read() throws IOException {
    return others.read();
  }

  @Override
  public Map<String, String> unreadable() {
    return new TreeMap<>(unreadable);
  }

  @Override
  public void tell(HostStatus status) {
    told.add(status);
  }

  /** Waits until the newest that was told is one as wanted. */
  HostStatus await(Predicate<HostStatus> wanted) throws InterruptedException {
    AgentRun.eventually("told", () -> !told.isEmpty() && wanted.test(told.get(told.size() - 1)));
    return told.get(told.size() - 1);
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
