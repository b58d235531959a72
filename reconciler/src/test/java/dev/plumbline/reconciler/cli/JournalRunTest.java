// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.systemd.NotifySocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent whose standard error is the journal: a real process, and a socket in its place. On a
 * throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class JournalRunTest {
  private static final int SECONDS = 60;

  @TempDir Path directory;

  private Process agent(Path stream, String journal, String... more) throws Exception {
    Path file = Files.writeString(directory.resolve("host.yaml"), "version: 1\n");
    String[] words = new String[4 + more.length];
    words[0] = "agent";
    words[1] = "--once";
    words[2] = "--file";
    words[3] = file.toString();
    System.arraycopy(more, 0, words, 4, more.length);
    ProcessBuilder builder = MainProcess.of(stream, words);
    Map<String, String> environment = builder.environment();
    environment.put("PLUMBLINE_RUN", directory.resolve("run").toString());
    environment.put("PLUMBLINE_STATE", directory.resolve("state").toString());
    environment.put("JOURNAL_STREAM", journal);
    Process process = builder.start();
    assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS));
    return process;
  }

  @Test
  void eventsAreEntriesThereAndNoLinesAsWell() throws Exception {
    // A /run of the test's own, so that the socket can be where the agent looks for it.
    Sh.run("mount -t tmpfs none /run && mkdir -p /run/netns /run/systemd/journal");
    Path stream = Files.createFile(directory.resolve("stderr"));
    String own =
        Files.getAttribute(stream, "unix:dev") + ":" + Files.getAttribute(stream, "unix:ino");
    try (NotifySocket journal = new NotifySocket("/run/systemd/journal/socket")) {
      assertEquals(0, agent(stream, own).exitValue(), () -> "see " + stream);
      journal.await(line -> line.equals("PLUMBLINE_EVENT=applied"));
      journal.await(line -> line.startsWith("PLUMBLINE_REVISION="));
      assertEquals("", Files.readString(stream));

      assertEquals(0, agent(stream, own, "--json-log").exitValue());
      assertTrue(Files.readString(stream).startsWith("{\"number\":1,"), Files.readString(stream));
      assertEquals(0, agent(stream, "1:2").exitValue());
      assertTrue(Files.readString(stream).contains(" applied "), Files.readString(stream));
    }
  }
}
