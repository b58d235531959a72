// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.host.OwnCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo as its user runs it: a process, whatever way it ends. On a throwaway host; in user-mode
 * Linux too only what is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class DemoTest {
  private static final int LONGEST_SECONDS = 900;

  /** Not root, but able to read the class path wherever it is. */
  private static final List<String> NOBODY =
      List.of(
          "setpriv",
          "--reuid=65534",
          "--clear-groups",
          "--inh-caps=-all,+dac_read_search",
          "--ambient-caps=-all,+dac_read_search");

  @TempDir private Path directory;
  private Path temporary;
  private Path output;

  @BeforeEach
  void paths() throws IOException {
    temporary = Files.createDirectory(directory.resolve("tmp"));
    // For the one that is not root; the library that calls C unpacks itself there.
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
    output = directory.resolve("output");
  }

  private Process start(List<String> prefix) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(OwnCommand.of("demo"));
    command.add(command.indexOf("-cp"), "-Djava.io.tmpdir=" + temporary);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private String text() throws IOException {
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  private void awaitText(Process demo, String text) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
    while (!text().contains(text)) {
      assertTrue(demo.isAlive() && System.nanoTime() < end, "never said " + text + ":\n" + text());
      Thread.sleep(50);
    }
  }

  private static boolean isProcess(Path path) {
    return path.getFileName().toString().matches("[0-9]+");
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }

  /** The demo and its agents: all have its temporary directory in the command line. */
  private List<String> processes() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path process : all.filter(DemoTest::isProcess).toList()) {
        String line = commandLine(process);
        if (line.contains(temporary.toString())) {
          found.add(line);
        }
      }
    }
    return found;
  }

  private void nothingIsLeft() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!processes().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    assertEquals(List.of(), processes(), "processes");
    assertEquals("", Sh.run("ip netns list"), "named namespaces");
    assertEquals(1, Sh.run("ip -o link").lines().count(), "devices beside lo");
    assertEquals("", Sh.run("grep plumbline-demo /proc/self/mounts || true"), "mounts");
  }

  @KernelTest
  @Test
  void itTellsItsWholeStoryAndLeavesNothing() throws Exception {
    Process demo = start(List.of());
    assertTrue(demo.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), text());

    String text = text();
    assertEquals(0, demo.exitValue(), text);
    assertTrue(text.contains("All as expected"), text);
    assertEquals(0, text.lines().filter(line -> line.contains("✘")).count(), text);
    // Libraries have nothing to say to the user.
    assertEquals(0, text.lines().filter(line -> line.contains("WARN")).count(), text);
    assertEquals(4, text.lines().filter(line -> line.contains("seen from outside")).count(), text);
    nothingIsLeft();
    try (Stream<Path> files = Files.list(temporary)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void anInterruptedDemoLeavesNothing() throws Exception {
    Process demo = start(List.of());
    awaitText(demo, "agent started");
    demo.destroy(); // SIGTERM runs the same clean-up as Ctrl-C's SIGINT
    assertTrue(demo.waitFor(120, TimeUnit.SECONDS), text());

    nothingIsLeft();
    try (Stream<Path> files = Files.list(temporary)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void aDemoThatIsKilledLeavesNoProcessAndNoNamespace() throws Exception {
    Process demo = start(List.of());
    awaitText(demo, "agent started");
    demo.destroyForcibly();
    assertTrue(demo.waitFor(120, TimeUnit.SECONDS), text());

    nothingIsLeft();
  }

  @Test
  void withoutRootItSaysWhatToDo() throws Exception {
    Process demo = start(NOBODY);
    assertTrue(demo.waitFor(120, TimeUnit.SECONDS), text());

    assertEquals(1, demo.exitValue(), text());
    assertTrue(text().contains("needs root: sudo ./plumbline demo"), text());
  }
}
