// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import java.io.IOException;
import java.time.Duration;

/** One who brings scenarios about; a new one for each round, used by one thread. */
interface Contender extends AutoCloseable {
  /** Thrown where a phase took too long and was broken off. */
  final class TooLong extends IOException {
    private static final long serialVersionUID = 1;

    TooLong(Duration limit) {
      super("not finished in " + limit.toSeconds() + " s");
    }
  }

  /** Does a phase; the caller has a stopwatch running. */
  void run(Phase phase) throws IOException, InterruptedException;

  /** Writes what the phase needs beforehand; not measured. */
  void prepare(Phase phase) throws IOException;

  @Override
  void close() throws IOException;
}
