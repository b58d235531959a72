// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.rollout.RefBoard;
import dev.plumbline.reconciler.rollout.StatusBoard;
import dev.plumbline.reconciler.rollout.UrlBoard;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an agent has to do with those of other hosts.
 *
 * @param board where all tell how they are
 * @param turns when this host takes a commit
 * @param teller tells of this host; null: nobody does
 * @param soak for how long this host has been in sync
 */
record Fleet(StatusBoard board, Turns turns, @Nullable StatusTeller teller, Soak soak)
    implements AutoCloseable {

  /**
   * Opens it; asks nobody yet.
   *
   * @throws IllegalArgumentException if the board's URL is none
   */
  static Fleet open(
      AgentOptions.Git from,
      String host,
      AgentOptions options,
      StateDirectory remembered,
      AgentLog log) {
    Path stateDirectory = options.stateDirectory();
    StatusTeller.Pace pace = StatusTeller.Pace.of(options.interval());
    AgentOptions.Board wanted = from.board();
    String url = wanted.url();
    StatusBoard board =
        url == null
            ? new RefBoard(stateDirectory.resolve("statuses"), from.url(), from.access())
            : new UrlBoard(url, wanted.token());
    Turns turns =
        new Turns(board, host, stateDirectory, BootClock.OF_THE_HOST, remembered.trouble(), log);
    return new Fleet(
        board,
        turns,
        wanted.tells() ? StatusTeller.start(board, pace, log) : null,
        new Soak(BootClock.OF_THE_HOST, remembered.trouble()));
  }

  @Override
  public void close() {
    if (teller != null) {
      teller.close();
    }
    board.close();
  }
}
