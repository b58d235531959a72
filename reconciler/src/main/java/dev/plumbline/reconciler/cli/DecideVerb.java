// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.api.RemoteSwitch;
import dev.plumbline.reconciler.checkpoint.Decided;
import dev.plumbline.reconciler.host.BusyException;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** What {@code confirm} and {@code rollback} have in common. */
final class DecideVerb {
  private static final long BUSY_SECONDS = 30;

  @Mixin private StateOption state = new StateOption();
  @Mixin private RunOption run = new RunOption();

  /**
   * Decides, by the agent where one runs.
   *
   * @param verb {@code confirm} or {@code rollback}
   * @param wanted the event that is a success
   */
  int decide(String verb, String wanted, Console console) throws IOException {
    AgentClient agent = AgentClient.find(run.directory());
    Answer answer = agent == null ? here(verb, console) : by(agent, verb);
    if (answer == null) {
      String last = new Confirmation(state.directory(), run.directory(), console).last();
      throw new CommandException(
          "no apply waits to be confirmed" + (last.isEmpty() ? "" : "; the last: " + last));
    }
    if (answer.event().equals(wanted)) {
      console.out().println(answer.message());
      return ExitCode.DONE;
    }
    console.error(answer.message());
    answer.left().forEach(each -> console.info("  " + each));
    return ExitCode.ERROR;
  }

  private record Answer(String event, String message, List<String> left) {}

  private @Nullable Answer by(AgentClient agent, String verb) throws IOException {
    Node[] answer = {null};
    agent.decide(verb, Asker.of(System.getenv()), each -> answer[0] = Node.of(each));
    if (answer[0] == null) {
      throw new CommandException("the agent ended before this was decided: see its log");
    }
    if (answer[0].map().containsKey("refused")) {
      throw new CommandException("the agent: " + String.join("; ", answer[0].texts("refused")));
    }
    String event = answer[0].text("decided");
    return event.isEmpty()
        ? null
        : new Answer(event, answer[0].text("message"), answer[0].texts("left"));
  }

  private @Nullable Answer here(String verb, Console console) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BUSY_SECONDS);
    Confirmation confirmation = new Confirmation(state.directory(), run.directory(), console);
    String by = Asker.of(System.getenv());
    try (Host host = Privilege.open(state.directory(), RemoteSwitch.of(run.directory()), "")) {
      while (true) {
        try {
          Decided decided =
              verb.equals("confirm")
                  ? confirmation.checkpoints().confirm(host, by)
                  : confirmation.checkpoints().rollBack(host, "as " + by + " asked");
          if (decided == null) {
            return null;
          }
          Told.remember(decided, state.directory());
          return new Answer(decided.event(), decided.message(), decided.left());
        } catch (BusyException e) {
          if (System.nanoTime() > end) {
            throw e;
          }
          sleep();
        }
      }
    }
  }

  private static void sleep() throws IOException {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
