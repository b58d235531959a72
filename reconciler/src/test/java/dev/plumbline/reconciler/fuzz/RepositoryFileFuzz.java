// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.spec.RepositoryFile;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/** {@code plumbline.yaml}: which file and which wave a host has, or what is wrong and where. */
public final class RepositoryFileFuzz {
  private static final RepositoryFile.Identity HOST =
      new RepositoryFile.Identity("hv-01", "0123456789abcdef0123456789abcdef", Map.of("a", "b"));

  private RepositoryFileFuzz() {}

  /** Loads the schema, which takes longer than an input may. */
  public static void fuzzerInitialize() throws IOException {
    fuzzerTestOneInput("version: 1\n".getBytes(StandardCharsets.UTF_8));
  }

  /** One file. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Problems problems = new Problems();
    MapSource source = new MapSource(Map.of(RepositoryFile.NAME, input));
    RepositoryFile read = RepositoryFile.load(source, RepositoryFile.NAME, problems);
    Mistakes.check(problems.sorted(), Set.of(RepositoryFile.NAME), input.length);
    assertEquals(read == null, problems.hasErrors());
    if (read == null) {
      return;
    }
    RepositoryFile.Entry entry = read.entry(HOST, problems);
    Mistakes.check(problems.sorted(), Set.of(RepositoryFile.NAME), input.length);
    assertEquals(entry == null, problems.hasErrors());
    Map<String, String> labels = read.labels(HOST);
    assertEquals("b", labels.get("a"));
    if (entry != null) {
      assertTrue(!HOST.fill(entry.path()).contains("{host}") || entry.path().contains("{{"));
    }
    if (read.rollout() != null) {
      int wave = read.rollout().waveOf(HOST.host(), labels);
      assertTrue(wave >= 0 && wave <= read.rollout().waves().size());
    }
  }
}
