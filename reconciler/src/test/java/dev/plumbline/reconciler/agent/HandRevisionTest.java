// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.render.SavedPlan;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
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
    Path large = directory.resolve("large");
    try (FileChannel channel =
        FileChannel.open(large, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 1L << 35); // 32 GiB, none of which is on the disk
    }
    Map<String, String> unread = new TreeMap<>();
    for (String each : List.of(pipe.toString(), large.toString(), "/dev/zero", "/proc/kmsg")) {
      unread.put(each, "");
    }
    TreeMap<String, String> digests = new TreeMap<>(unread);
    digests.put(file.toString(), "");
    SavedPlan plan = new SavedPlan("hv-01", file, digests, "{}", new TreeMap<>());
    HandRevision revision =
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> HandRevision.of(plan, "hv-01"));
    unread.put(file.toString(), SavedPlan.digest(file));
    assertEquals(unread, revision.digests());
  }

  @Test
  void aPlanOfAFileThatTheKernelMakesUpIsRefused() throws Exception {
    Path kernel = Path.of("/proc/kmsg");
    SavedPlan plan = new SavedPlan("hv-01", kernel, new TreeMap<>(), "{}", new TreeMap<>());
    HandRevision revision =
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> HandRevision.of(plan, "hv-01"));
    assertTrue(revision.candidate().problems().toString().contains("may never end"));
  }
}
