// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A {@link DocsHost} leaves nothing behind, and brings nothing along. */
@ExtendWith(ThrowawayHost.class)
@Timeout(300)
class DocsHostTest {
  @TempDir Path directory;

  private DocsHost host() throws Exception {
    return new DocsHost(directory, Path.of("/bin/true"));
  }

  private static void isHeld(Path file, boolean held) {
    String is = Sh.run("flock -n " + Installed.quoted(file) + " echo free || echo held");
    assertEquals(held ? "held" : "free", is.strip());
  }

  /** A daemon, too, which is in a session of its own and has no parent any more. */
  @Test
  void whatACommandLeavesEndsWithTheHost() throws Exception {
    Path file;
    try (DocsHost host = host()) {
      DocsHost.Ended ended =
          host.run(
              "setsid --fork flock file sleep 1000 < /dev/null > /dev/null 2>&1;"
                  + " while flock -n file true; do sleep 0.1; done");
      assertEquals(new DocsHost.Ended("", 0), ended);
      file = host.work().resolve("file");
      isHeld(file, true);
    }
    isHeld(file, false);
  }

  @Test
  void commandsSeeNothingOfTheEnvironmentOfTheTests() throws Exception {
    Set<String> names = new TreeSet<>();
    try (DocsHost host = host()) {
      host.run("env").printed().lines().forEach(line -> names.add(line.replaceFirst("=.*", "")));
    }
    Set<String> known =
        Set.of("PATH", "JAVA_HOME", "TMPDIR", "HOME", "TERM", "NO_COLOR", "LC_ALL", "OVS_RUNDIR");
    names.removeAll(known);
    names.removeIf(name -> name.matches("PLUMBLINE_(STATE|RUN)|GIT_(AUTHOR|COMMITTER)_\\w+"));
    names.removeAll(
        List.of("GIT_CONFIG_NOSYSTEM", "PWD", "OLDPWD", "SHLVL", "_")); // bash sets some
    assertEquals(Set.of(), names);
  }

  @Test
  void pathsAreWordsOfAShell() {
    String said = Sh.run("printf %s " + Installed.quoted(Path.of("a b/it's")));
    assertEquals("a b/it's", said);
  }
}
