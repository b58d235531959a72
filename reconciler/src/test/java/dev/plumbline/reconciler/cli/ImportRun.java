// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Imports, and what is done with what comes of it, in a directory of its own. */
final class ImportRun {
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
  static int lostWhile(String from, String to, Runnable done) throws IOException {
    try (Pings pings = Pings.start(from, to)) {
      done.run();
      return pings.lost();
    }
  }
}
