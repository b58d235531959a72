// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The process that an agent, a process of its own, has a picture drawn by. */
@ExtendWith(ThrowawayHost.class)
class PictureProcessTest {
  @TempDir Path directory;

  @Test
  void itHasTheAgentsOptionsAndMemoryOfItsOwn() throws Exception {
    Path file = directory.resolve("host.yaml");
    Files.writeString(file, "version: 1\nbridges: {br-seen: {datapath: kernel}}\n");
    // As PLUMBLINE_JAVA_OPTS would have it: behind `env`, its option, and java.
    String script = "run=\"$1 $2 $3\"; shift 3; exec $run -Xmx300m -Dmark=1 \"$@\"";
    List<String> withOptions = List.of("sh", "-c", script, "sh");
    try (AgentProcess agent =
        AgentProcess.start(directory, withOptions, "agent", "--file", file.toString())) {
      agent.await("applied ");
      Path picture = directory.resolve("picture.svg");
      Process asking =
          new ProcessBuilder(
                  "curl",
                  "-sf",
                  "--unix-socket",
                  directory.resolve("run/agent.sock").toString(),
                  "-o",
                  picture.toString(),
                  "http://localhost/v1/picture")
              .start();
      List<String> words = drawing(agent.pid(), asking);
      assertTrue(words.contains("-Dmark=1"), words.toString());
      assertTrue(words.indexOf("-Xmx256m") > words.indexOf("-Xmx300m"), words.toString());
      assertTrue(words.indexOf("-Xmx300m") > 0, words.toString());
      assertTrue(asking.waitFor(90, TimeUnit.SECONDS), agent.output());
      assertEquals(0, asking.exitValue(), agent.output());
      assertTrue(Files.readString(picture).contains("br-seen"));
    }
  }

  /** The words of its command line, which it has for as long as it draws. */
  private static List<String> drawing(long agent, Process asking) throws Exception {
    while (asking.isAlive()) {
      for (ProcessHandle each : ProcessHandle.of(agent).orElseThrow().children().toList()) {
        List<String> words = words(each);
        if (words.contains("graph")) {
          return words;
        }
      }
      Thread.sleep(1);
    }
    throw new AssertionError("no picture is drawn: curl ends with " + asking.exitValue());
  }

  private static List<String> words(ProcessHandle process) {
    try {
      return List.of(Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).split("\0"));
    } catch (IOException e) {
      return List.of(); // it has just ended
    }
  }
}
