// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.BootClock;
import java.nio.file.Path;

/**
 * What an agent remembers of its revisions beyond its end.
 *
 * @param goods those that were applied last, with their files
 * @param starts those that were not survived
 * @param history what became of all
 * @param trouble says what cannot be remembered
 */
record StateDirectory(GoodRevisions goods, Starts starts, History history, StateTrouble trouble)
    implements AutoCloseable {

  static StateDirectory open(Path directory, BootClock clock, AgentLog log) {
    StateTrouble trouble = new StateTrouble(log);
    return new StateDirectory(
        new GoodRevisions(directory),
        Starts.open(directory, clock, trouble),
        History.start(directory, log, trouble),
        trouble);
  }

  @Override
  public void close() {
    history.close();
  }
}
