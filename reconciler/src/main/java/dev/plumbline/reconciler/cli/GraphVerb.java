// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.path.PathException;
import dev.plumbline.reconciler.path.Question;
import dev.plumbline.reconciler.picture.Picture;
import dev.plumbline.reconciler.picture.Theme;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Wanted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline graph}: a picture of a host. */
@Command(
    name = "graph",
    description = {
      "Draw a host: bridges with their ports and VLANs, namespaces, bonds, cards, patches and",
      "tunnels, addresses and where routes lead. From the file alone, or of a running host."
    },
    footer = {
      "",
      "  plumbline graph host.yaml --out host.svg",
      "  plumbline graph host.yaml --plan > plan.svg          what `plan` would change",
      "  plumbline graph host.yaml --path web 10.1.0.9        the way that `path` finds",
      "  plumbline graph --live -o mermaid                    this host, for a page in Markdown"
    })
final class GraphVerb implements Callable<Integer> {
  /** How a picture is written. */
  enum Format {
    svg,
    dot,
    mermaid
  }

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The host's file.")
  private @Nullable Path file;

  @Option(names = "--live", description = "This host as it is, instead of a file.")
  private boolean live;

  @Option(
      names = "--recorded",
      paramLabel = "SNAPSHOT",
      description =
          "A host as `plumbline show -o json` printed it, instead of a file; with --plan what FILE"
              + " is planned against, instead of this host.")
  private @Nullable Path recorded;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "The host that the file is for. Default: the file's own.")
  private @Nullable String host;

  @Option(
      names = "--plan",
      description = "Mark what `plan` would create (+), change (~), make anew (±) and delete (-).")
  private boolean plan;

  @Option(
      names = "--path",
      arity = "2",
      paramLabel = "FROM TO",
      description = "Mark the way of traffic, as `path` finds it, and how it ends.")
  private List<String> path = List.of();

  @Mixin private TrafficOptions traffic = new TrafficOptions();

  @Option(
      names = "--all",
      description =
          "Draw each guest, namespace and remote host, also where six or more differ in names, in"
              + " their addresses of a network and in their VLAN alone.")
  private boolean all;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "svg (default), dot (Graphviz) or mermaid.")
  private Format format = Format.svg;

  @Option(
      names = "--theme",
      paramLabel = "THEME",
      description =
          "Of SVG: light, dark, or auto (default): as the reader's own setting is"
              + " (prefers-color-scheme).")
  private Theme theme = Theme.AUTO;

  @Option(names = "--out", paramLabel = "PICTURE", description = "The file to write.")
  private @Nullable Path out;

  @Mixin private StateOption state = new StateOption();
  @Mixin private RunOption run = new RunOption();

  private final Console console;

  GraphVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    check();
    Picture picture = all ? picture().apart() : picture();
    String text =
        switch (format) {
          case svg -> picture.svg(theme);
          case dot -> picture.dot();
          case mermaid -> picture.mermaid();
        };
    if (out == null) {
      console.out().print(text);
    } else {
      Files.writeString(out, text);
    }
    return ExitCode.DONE;
  }

  private void check() {
    if (live && recorded != null) {
      throw new CommandException("--live is this host, and --recorded another: give one of them");
    }
    if (plan && file == null) {
      throw new CommandException("a plan is of a file: `plumbline graph FILE --plan`");
    }
    if (plan && live) {
      throw new CommandException("--plan is against this host anyway: leave --live out");
    }
    if (!plan && file != null && (live || recorded != null)) {
      throw new CommandException(
          "what is to be drawn: "
              + file
              + ", or the host? Leave one out, or mark with --plan what"
              + " the file would change there");
    }
    if (file == null && !live && recorded == null) {
      throw new CommandException(
          "nothing to draw: name a file (`plumbline graph FILE`), or give --live");
    }
    if (path.isEmpty() && !traffic.isEmpty()) {
      throw new CommandException(
          "what is sent is said with --path FROM TO alone, which marks where it goes");
    }
  }

  private Picture picture() throws IOException {
    if (plan && file != null) {
      Planned planned = PlanCommand.planned(file, recorded, state, run, console);
      planned.plan().problems().forEach(each -> console.info("`plan` refuses the file: " + each));
      return traced(
          Picture.of(title(planned.live().host()), planned.file().goal(), planned.plan()));
    }
    if (file != null) {
      Goal goal = GoalFile.load(file, host, console).goal();
      goal.problems().forEach(each -> console.info("`plan` refuses the file: " + each));
      List<dev.plumbline.reconciler.resource.Resource> wanted =
          goal.wanted().stream().map(Wanted::resource).toList();
      return traced(Picture.of(title(null), wanted, false));
    }
    LiveState seen =
        recorded == null
            ? PathVerb.live(state, run, console)
            : PlanCommand.recorded(recorded, "--recorded");
    return traced(Picture.of(seen.host(), seen.resources(), true));
  }

  /** A file's name without what all have. */
  private String title(@Nullable String name) {
    if (host != null || name != null) {
      return host != null ? host : String.valueOf(name);
    }
    String last = file == null ? "" : String.valueOf(file.getFileName());
    return last.replaceFirst("[.]ya?ml$", "");
  }

  private Picture traced(Picture picture) {
    if (path.isEmpty()) {
      return picture;
    }
    try {
      return picture.traced(new Question(path.get(0), path.get(1), traffic.traffic()));
    } catch (PathException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }
}
