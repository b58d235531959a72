// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.imports.Ifupdown;
import dev.plumbline.reconciler.imports.Imported;
import dev.plumbline.reconciler.imports.Netplan;
import dev.plumbline.reconciler.imports.Nmstate;
import dev.plumbline.reconciler.imports.OpenVswitch;
import dev.plumbline.reconciler.imports.SourceText;
import dev.plumbline.reconciler.render.Shown;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.yaml.YamlLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline import}: what another tool was told, as a host file. */
@Command(
    name = "import",
    description = {
      "Write a host file from what another tool was told: a file that validates, with a comment",
      "for each thing that it could not take over."
    })
final class ImportVerb implements Callable<Integer> {
  /** Where a host comes from. */
  enum Source {
    live,
    ovs,
    netplan,
    nmstate,
    ifupdown
  }

  private static final Path NETPLAN = Path.of("/etc/netplan");
  private static final Path INTERFACES = Path.of("/etc/network/interfaces");

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description = {
        "live: this host as it is;",
        "ovs: Open vSwitch's database, or the text of `ovs-vsctl show`;",
        "netplan: /etc/netplan, or other files of its form;",
        "nmstate: a state that is wanted, or what `nmstatectl show` printed;",
        "ifupdown: /etc/network/interfaces, or other files of its form."
      })
  private Source source = Source.live;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "FILE",
      description = "What to read instead; - is standard input.")
  private List<Path> files = List.of();

  @Option(
      names = "--db",
      paramLabel = "SOCKET",
      description = "ovs: the database's socket. Default: ${DEFAULT-VALUE}.")
  private Path database = Path.of("/run/openvswitch/db.sock");

  @Option(
      names = "--flows",
      paramLabel = "BRIDGE=FILE",
      description =
          "ovs: what `ovs-ofctl dump-flows BRIDGE` printed, and dump-groups and dump-meters after"
              + " it. May be repeated.")
  private Map<String, Path> flows = new LinkedHashMap<>();

  @Mixin private StateOption state = new StateOption();
  @Mixin private RunOption run = new RunOption();

  private final Console console;

  ImportVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (source != Source.ovs && !flows.isEmpty()) {
      throw new CommandException("--flows is for `import ovs`");
    }
    switch (source) {
      case live -> {
        if (!files.isEmpty()) {
          throw new CommandException("`import live` reads this host, and no file");
        }
        console.out().print(Show.read(state, run, null).tree().adopting());
      }
      case ovs -> told(openVswitch());
      case netplan -> told(Netplan.read(texts(files.isEmpty() ? ofDirectory(NETPLAN) : files)));
      case nmstate -> {
        if (files.size() != 1) {
          throw new CommandException(
              "name one file: `nmstatectl show | plumbline import nmstate -` reads what it shows");
        }
        told(Nmstate.read(text(files.get(0))));
      }
      default -> told(Ifupdown.read(texts(files.isEmpty() ? List.of(INTERFACES) : files)));
    }
    return ExitCode.DONE;
  }

  private Imported openVswitch() throws IOException {
    Map<String, SourceText> dumped = new LinkedHashMap<>();
    for (Map.Entry<String, Path> entry : flows.entrySet()) {
      dumped.put(entry.getKey(), text(entry.getValue()));
    }
    if (files.size() > 1) {
      throw new CommandException("one file: what `ovs-vsctl show` printed");
    }
    if (!files.isEmpty()) {
      return OpenVswitch.ofShow(text(files.get(0)), dumped);
    }
    try {
      return OpenVswitch.ofDatabase(database, dumped);
    } catch (IOException e) {
      throw new CommandException(
          "cannot ask Open vSwitch's database at "
              + database
              + " ("
              + e.getMessage()
              + "): name its socket with --db, or a file with what `ovs-vsctl show` printed",
          e);
    }
  }

  private void told(Imported imported) {
    for (Problem problem : imported.problems()) {
      console.info(Shown.text(problem.line()));
    }
    if (imported.yaml().isEmpty()) {
      throw new CommandException("nothing is imported until that is corrected");
    }
    console.out().print(imported.yaml());
    if (imported.comments() > 0) {
      console.info(imported.comments() + " things to look at: they are comments in the file");
    }
  }

  /** Its files in the order in which netplan reads them. */
  private static List<Path> ofDirectory(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.yaml")) {
        entries.forEach(found::add);
      }
    }
    if (found.isEmpty()) {
      throw new CommandException("no *.yaml in " + directory + ": name the files of netplan");
    }
    found.sort(null);
    return found;
  }

  private static List<SourceText> texts(List<Path> files) throws IOException {
    List<SourceText> texts = new ArrayList<>();
    for (Path file : files) {
      texts.add(text(file));
    }
    return texts;
  }

  private static SourceText text(Path file) throws IOException {
    if (file.toString().equals("-")) {
      return new SourceText("standard input", bounded(System.in, "standard input"));
    }
    if (!Files.exists(file) || Files.isDirectory(file)) {
      throw new CommandException(file + " is no file: name the one to be imported");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new SourceText(file.toString(), bounded(in, file.toString()));
    }
  }

  private static byte[] bounded(InputStream in, @Nullable String name) throws IOException {
    byte[] content = in.readNBytes(YamlLimits.FILE_BYTES + 1);
    if (content.length > YamlLimits.FILE_BYTES) {
      throw new CommandException(
          name + " is larger than " + (YamlLimits.FILE_BYTES >> 20) + " MiB");
    }
    return content;
  }
}
