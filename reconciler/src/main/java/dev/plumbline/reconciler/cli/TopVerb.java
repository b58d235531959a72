// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.render.TopReport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline top}: what is busy in a bridge just now. */
@Command(
    name = "top",
    description = {
      "Show what is busy in an embedded bridge: its ports, its flows, the megaflows in the kernel,"
          + " the addresses that send, and how many packets come up to be decided.",
      "Anew at each interval, until it is interrupted. With -o json an object a line."
    })
final class TopVerb implements Callable<Integer> {
  private static final String HOME_AND_CLEAR = "\u001b[H\u001b[J";

  @Parameters(paramLabel = "BRIDGE", description = "The bridge.")
  private String bridge = "";

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "2s",
      description = "Between two readings, from 100ms: 500ms, 10s. Default: ${DEFAULT-VALUE}.")
  private Duration interval = Duration.ofSeconds(2);

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "0",
      description = "End after so many. Default: when it is interrupted.")
  private int count;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "10",
      description = "Lines of each table at most. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Mixin private AgentOption agent = new AgentOption();

  private final Console console;

  TopVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (interval.toMillis() < 100 || count < 0 || rows < 1) {
      throw new CommandException(
          "--interval is at least 100ms, --count not below 0, and --rows at least 1");
    }
    AgentClient client = agent.client();
    agent.refuseUnknown(client, bridge);
    TopReading before = read(client);
    for (int shown = 0; count == 0 || shown < count; shown++) {
      try {
        Thread.sleep(interval.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return ExitCode.DONE;
      }
      TopReading now = read(client);
      show(now.since(before, rows));
      before = now;
    }
    return ExitCode.DONE;
  }

  private TopReading read(AgentClient client) throws IOException {
    String query = "?bridge=" + AgentClient.encoded(bridge);
    return new TopReading(
        bridge,
        System.nanoTime(),
        Node.of(client.get("status")).node("switch"),
        Node.of(client.get("ports" + query)),
        Node.of(client.get("flows" + query)),
        Node.of(client.get("fdb" + query)));
  }

  private void show(Object rates) {
    if (agent.isJson()) {
      console.out().println(JsonTree.line(rates));
    } else {
      console.out().print(console.isTerminal() ? HOME_AND_CLEAR : "");
      console.out().println(TopReport.text(Node.of(rates)));
    }
    console.out().flush();
  }
}
