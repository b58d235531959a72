// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.api.RemoteSwitch;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.path.PathException;
import dev.plumbline.reconciler.path.PathFinder;
import dev.plumbline.reconciler.path.Question;
import dev.plumbline.reconciler.path.Topology;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.render.PathText;
import dev.plumbline.reconciler.render.PathTree;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline path}: where traffic goes. */
@Command(
    name = "path",
    description = {
      "Say where traffic would go, and back, from the file alone: through namespaces, routes,",
      "bridges, bonds, patches and tunnels, with every decision and its reason."
    },
    footer = {
      "",
      "FROM and TO: `host`, a namespace, a device (eth0, or web/eth0), an internal port, or an",
      "address; one that nobody here has is outside. A device without an address that somebody",
      "else is behind (a guest's tap, a card) stands for whoever that is.",
      "",
      "With --live: `plumbline path --live FROM TO`. Nothing is sent.",
      "What cannot be known is said (`not known: …`), with what it is taken for."
    })
final class PathVerb implements Callable<Integer> {
  @Parameters(
      arity = "2..3",
      paramLabel = "FILE FROM TO",
      description = "The host's file (not with --live), who sends, and to whom.")
  private List<String> words = List.of();

  @Option(names = "--live", description = "This host as it is, instead of a file.")
  private boolean live;

  @Option(
      names = "--recorded",
      paramLabel = "SNAPSHOT",
      description = "A host as `plumbline show -o json` printed it, instead of a file.")
  private @Nullable Path recorded;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "The host that the file is for. Default: the file's own.")
  private @Nullable String host;

  @Mixin private TrafficOptions traffic = new TrafficOptions();
  @Mixin private AnswerFormat format = new AnswerFormat();
  @Mixin private StateOption state = new StateOption();
  @Mixin private RunOption run = new RunOption();

  private final Console console;

  PathVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    boolean ofFile = !live && recorded == null;
    if (live && recorded != null) {
      throw new CommandException("--live is this host, and --recorded another: give one of them");
    }
    if (words.size() != (ofFile ? 3 : 2)) {
      throw new CommandException(
          ofFile
              ? "a file, who sends and to whom: `plumbline path FILE FROM TO` (or --live FROM TO)"
              : "with --live or --recorded there is no FILE: `plumbline path --live FROM TO`");
    }
    String to = words.get(words.size() - 1);
    String from = words.get(words.size() - 2);
    try {
      Question question = new Question(from, to, traffic.traffic());
      return format.print(
          PathTree.of(PathFinder.find(topology(), question)), PathText::of, console);
    } catch (PathException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  private Topology topology() throws IOException {
    if (recorded != null) {
      return Topology.of(PlanCommand.recorded(recorded, "--recorded").resources(), true);
    }
    if (live) {
      return Topology.of(live(state, run, console).resources(), true);
    }
    Goal goal = GoalFile.load(Path.of(words.get(0)), host, console).goal();
    goal.problems().forEach(problem -> console.info("`plan` refuses the file: " + problem));
    return Topology.of(goal.wanted().stream().map(Wanted::resource).toList(), false);
  }

  /** This host, with whether each namespace forwards, which nobody reads without being asked. */
  static LiveState live(StateOption state, RunOption run, Console console) throws IOException {
    RemoteSwitch embedded = RemoteSwitch.of(run.directory());
    try (Host opened =
        Privilege.open(state.directory(), embedded, ", or name a file, without --live")) {
      LiveState first = opened.read(new Goal(List.of(), false, Set.of(), List.of()));
      List<Wanted> sysctls = new ArrayList<>();
      for (ResourceId id : Topology.sysctls(first.resources())) {
        sysctls.add(new Wanted(id.key(), new Resource(id, null, Map.of()), false));
      }
      if (embedded.agent() == null) {
        console.info("no agent is running: bridges of the embedded switch are not seen");
      }
      return opened.read(new Goal(sysctls, false, Set.of(), List.of()));
    }
  }
}
