// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Pictures of files. */
final class Pictures {
  private Pictures() {}

  static Goal goal(String file) {
    var state =
        HostFile.load(MapSource.ofTexts(Map.of("h.yaml", file)), "h.yaml", LoadOptions.defaults())
            .orThrow();
    return Goals.of(state);
  }

  static Picture of(String file) {
    return Picture.of("h", goal(file).wanted().stream().map(Wanted::resource).toList(), false);
  }

  static Picture of(Path file) throws IOException {
    String host = Files.readString(file).contains("\nhost:") ? null : "h";
    var state = HostFile.load(file, new LoadOptions(host, Path.of("../examples"))).orThrow();
    return Picture.of(
        String.valueOf(file.getFileName()),
        Goals.of(state).wanted().stream().map(Wanted::resource).toList(),
        false);
  }

  /** The host files among the examples. */
  static List<Path> examples() throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("../examples"))) {
      return all.filter(Pictures::isHost).sorted().toList();
    }
  }

  /** What agents read, and what others include, is no host's file. */
  private static boolean isHost(Path path) {
    String name = path.toString();
    return name.endsWith(".yaml")
        && !name.contains("/base/")
        && !name.contains("/agent/")
        && !name.endsWith("/rollout/plumbline.yaml");
  }
}
