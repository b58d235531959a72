// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.plumbline.reconciler.render.SavedPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandRevisionTest {
  @TempDir private Path directory;

  @Test
  void aPipeOrADeviceThatAPlanNamesIsNotRead() throws Exception {
    Path file = Files.writeString(directory.resolve("host.yaml"), "version: 1\n");
    Path pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    TreeMap<String, String> digests =
        new TreeMap<>(Map.of(file.toString(), "", pipe.toString(), "", "/dev/zero", ""));
    SavedPlan plan = new SavedPlan("hv-01", file, digests, "{}", new TreeMap<>());
    HandRevision revision =
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> HandRevision.of(plan, "hv-01"));
    assertEquals(
        Map.of(file.toString(), SavedPlan.digest(file), pipe.toString(), "", "/dev/zero", ""),
        revision.digests());
  }
}
