// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.render.AgentReport;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline sync}: lets the agent look for a new revision now. */
@Command(
    name = "sync",
    description = {
      "Let the agent fetch now and compare the host with its revision, then print its status.",
      "Exit code 0 if the host is in sync, else 1."
    })
final class SyncVerb implements Callable<Integer> {
  private static final long PATIENCE_MILLIS = 60_000;
  private static final long LOOK_MILLIS = 50;

  @Mixin private AgentOption agent = new AgentOption();

  @Option(
      names = "--skip-waves",
      description =
          "Take the newest commit now, whatever waves of other hosts are before this one.")
  private boolean skipWaves;

  private final Console console;

  SyncVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    AgentClient client = agent.client();
    Node before = Node.of(client.get("status"));
    Object asked = client.post(skipWaves ? "skip-waves" : "sync");
    long tries = Node.of(asked).number("tries");
    boolean paused = before.text("state").equals("paused");
    long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    while (true) {
      Object now = client.get("status");
      Node status = Node.of(now);
      // Checked after it was asked for, and, where revisions are fetched, after the next fetch.
      Node fetch = status.node("fetch");
      boolean fetched = fetch.text("next").isEmpty() || fetch.number("tries") > tries;
      boolean checked =
          !status.flag("pending") && !status.text("checked").equals(before.text("checked"));
      if (fetched && (checked || paused)) {
        agent.print(now, AgentReport::status, console);
        boolean failed = !fetch.text("problem").isEmpty();
        return !failed && status.text("state").equals("in-sync") ? ExitCode.DONE : ExitCode.ERROR;
      }
      if (System.nanoTime() > end) {
        throw new CommandException(
            "the agent has not answered the fetch within "
                + PATIENCE_MILLIS / 1000
                + " s: see `plumbline status` and `plumbline events`");
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }
}
