// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Imports, and what is done with what comes of it, in a directory of its own. */
final class ImportRun {
  private static final Pattern RECEIVED =
      Pattern.compile("([0-9]+) packets transmitted, ([0-9]+) received");

  private final Path directory;

  ImportRun(Path directory) {
    this.directory = directory;
  }

  /** What an import writes, which has to validate. */
  String imported(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of("import"));
    words.addAll(List.of(arguments));
    CommandRun run = new CommandRun();
    int code = run.execute(words.toArray(String[]::new));
    assertEquals(ExitCode.DONE, code, run.err());
    Path file = write("imported.yaml", run.out());
    CommandRun validate = new CommandRun();
    code = validate.execute("validate", file.toString());
    assertEquals(ExitCode.DONE, code, run.out() + validate.out());
    return run.out();
  }

  /** What an import that is refused says. */
  static String refused(String... arguments) {
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute(arguments), run.out());
    assertEquals("", run.out());
    return run.err();
  }

  Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  /** A verb with the file, state and run directory of this test; its output. */
  String run(int expected, String verb, Path file, String... more) {
    List<String> words = new ArrayList<>(List.of(verb, file.toString()));
    words.add("--state=" + directory.resolve("state"));
    words.add("--run=" + directory.resolve("run"));
    words.addAll(List.of(more));
    CommandRun run = new CommandRun();
    int code = run.execute(words.toArray(String[]::new));
    assertEquals(expected, code, run.out() + run.err());
    return run.out();
  }

  /** Nothing is to be done for the file that was imported. */
  void planIsEmpty() {
    run(ExitCode.DONE, "plan", directory.resolve("imported.yaml"), "--detailed-exitcode");
  }

  /** Pings every 10 ms while something is done; how many of them were lost. */
  static int lostWhile(String from, String to, Runnable done) {
    Sh.ping(from, to);
    String ping = "ip netns exec " + from + " ping -i 0.01 -W 2 ";
    Process process;
    try {
      // The JDK starts it from this thread, so that it is on the test's host.
      process =
          new ProcessBuilder("sh", "-c", "exec " + ping + to).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    CompletableFuture<Void> begun = new CompletableFuture<>();
    StringBuilder output = new StringBuilder();
    Thread reader =
        new Thread(
            () -> {
              try (var lines = process.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  output.append(line).append('\n');
                  if (line.contains("icmp_seq=20 ")) {
                    begun.complete(null);
                  }
                }
              } catch (IOException e) {
                output.append(e);
              }
              begun.complete(null);
            },
            "pings");
    reader.start();
    try {
      begun.join();
      done.run();
    } finally {
      // SIGINT: it counts what it has and ends.
      String unused = Sh.run("kill -INT " + process.pid());
    }
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Matcher matcher = RECEIVED.matcher(output);
    assertTrue(matcher.find(), output.toString());
    // The last one may be on its way when it ends.
    int answered = Integer.parseInt(matcher.group(2));
    int last = last(output.toString());
    return last - answered;
  }

  /** The number of the last ping that was answered: all before it have been, too. */
  private static int last(String output) {
    Matcher matcher = Pattern.compile("icmp_seq=([0-9]+) ").matcher(output);
    int last = 0;
    while (matcher.find()) {
      last = Integer.parseInt(matcher.group(1));
    }
    return last;
  }
}
