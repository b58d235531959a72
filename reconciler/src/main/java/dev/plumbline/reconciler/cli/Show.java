// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.adopt.HostTree;
import dev.plumbline.reconciler.api.RemoteSwitch;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.SetMacs;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.render.LiveJson;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline show}: the host as a file that `plan` finds nothing to do for. */
@Command(
    name = "show",
    description = "Print this host in the file's own terms: the first file of a host.")
final class Show implements Callable<Integer> {
  /** How the host is printed. */
  enum Format {
    yaml,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "yaml (default), or json: a snapshot with everything that was read, for `plan --live`.")
  private Format format = Format.yaml;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Only this network namespace; an empty name is the host's own. Default: all.")
  private @Nullable String namespace;

  @Mixin private StateOption state = new StateOption();
  @Mixin private RunOption run = new RunOption();

  private final Console console;

  Show(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Read read = read(state, run, namespace);
    if (format == Format.json) {
      LiveJson.write(only(read.live()), read.tree().tree(), console.out());
    } else {
      console.out().print(read.tree().yaml());
    }
    return ExitCode.DONE;
  }

  /** This host, and the file that describes it. */
  record Read(LiveState live, HostTree tree) {}

  /** Reads this host, or one namespace of it. */
  static Read read(StateOption state, RunOption run, @Nullable String namespace)
      throws IOException {
    RemoteSwitch embedded = RemoteSwitch.of(run.directory());
    try (Host host = Privilege.open(state.directory(), embedded, "")) {
      LiveState live = host.read(everything());
      boolean known =
          namespace == null
              || namespace.isEmpty()
              || live.has(ResourceId.namespaceNamed(namespace));
      if (!known) {
        throw new CommandException("there is no network namespace " + namespace);
      }
      return new Read(
          live, HostTree.of(live, host.ownership(), SetMacs.of(live, SetMacs.SYSFS), namespace));
    }
  }

  /** Names a device of every kind, so that the kernel is asked for all its drivers. */
  private static Goal everything() {
    List<Wanted> wanted = new ArrayList<>();
    for (String kind : DeviceKinds.names()) {
      ResourceId id = ResourceId.deviceIn("", kind);
      wanted.add(new Wanted(kind, new Resource(id, null, Map.of("kind", kind)), true));
    }
    return new Goal(wanted, false, Set.of(), List.of());
  }

  private LiveState only(LiveState live) {
    if (namespace == null) {
      return live;
    }
    List<Resource> resources = new ArrayList<>();
    Map<ResourceId, Integer> indexes = new HashMap<>();
    for (Resource resource : live.resources()) {
      ResourceId id = resource.id();
      String place = id.type() == ResourceType.NAMESPACE ? id.key() : id.namespace();
      if (place.equals(namespace)) {
        resources.add(resource);
        Integer index = live.indexes().get(id);
        if (index != null) {
          indexes.put(id, index);
        }
      }
    }
    return new LiveState(live.host(), live.capabilities(), resources, indexes);
  }
}
