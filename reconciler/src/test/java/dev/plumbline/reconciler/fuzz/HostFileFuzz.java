// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.HostYaml;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.source.MapSource;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A host's file with all it includes, put together, its variables put in, held against the schema
 * and the checks: a state exactly if there is no error, and a state that is written loads back.
 */
public final class HostFileFuzz {
  private HostFileFuzz() {}

  /** Loads the schema, which takes longer than an input may. */
  public static void fuzzerInitialize() {
    fuzzerTestOneInput("version: 1\n".getBytes(StandardCharsets.UTF_8));
  }

  /** Files as {@link FuzzFiles} has them. */
  public static void fuzzerTestOneInput(byte[] input) {
    Map<String, byte[]> files = FuzzFiles.of(input);
    Loaded loaded = load(files);
    Mistakes.check(loaded.problems(), files.keySet(), input.length);
    assertEquals(
        loaded.problems().stream().anyMatch(Problem::isError),
        loaded.hasErrors(),
        () -> "errors and no state, or neither: " + loaded.problems());
    DesiredState state = loaded.state();
    if (state != null) {
      String written = HostYaml.write(state);
      Loaded again = load(Map.of(FuzzFiles.FIRST, written.getBytes(StandardCharsets.UTF_8)));
      assertNotNull(again.state(), () -> again.problems() + "\n" + written);
      assertEquals(state, again.state(), written);
      assertEquals(written, HostYaml.write(state), "the same state gives the same text");
    }
  }

  private static Loaded load(Map<String, byte[]> files) {
    return HostFile.load(new MapSource(files), FuzzFiles.FIRST, LoadOptions.defaults());
  }
}
