// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateTest {
  private final CommandRun run = new CommandRun();

  @TempDir private Path directory;

  @Test
  void aGoodFileHasNoResultAndExitsWithZero() throws IOException {
    String file = write("good.yaml", "version: 1\ndummies: {lo1: {addresses: [10.0.0.1/32]}}\n");
    assertEquals(ExitCode.DONE, run.execute("validate", file));
    assertEquals("", run.out());
    assertEquals(file + ": valid\n", run.err());
  }

  @Test
  void everyProblemOfEveryFileIsALineWithItsPosition() throws IOException {
    String good = write("good.yaml", "version: 1\n");
    String one = write("one.yaml", "version: 1\ndummies:\n  lo1: {adresses: []}\n");
    String two = write("two.yaml", "version: 1\nbridgs: {}\ndummis: {}\n");
    assertEquals(ExitCode.ERROR, run.execute("validate", one, good, two));
    var lines = run.out().lines().toList();
    assertEquals(3, lines.size(), run.out());
    assertTrue(lines.get(0).startsWith(one + ":3:9: "), run.out());
    assertTrue(lines.get(0).endsWith("did you mean `addresses`?"), run.out());
    assertTrue(lines.get(1).startsWith(two + ":2:1: "), run.out());
    assertTrue(lines.get(2).startsWith(two + ":3:1: "), run.out());
    assertEquals(good + ": valid\n", run.err());
  }

  @Test
  void aHostileNameMovesNoCursor() throws IOException {
    String file = write("hostile.yaml", "version: 1\ndummies: {\"\\e[31mq\": {}}\n");
    assertEquals(ExitCode.ERROR, run.execute("validate", file));
    assertTrue(run.out().contains("`\\u001b[31mq`"), run.out());
    assertEquals(-1, run.out().indexOf('\u001b'), run.out());
    run.console().info("a\u001bb\nc");
    assertEquals("a\\u001bb\nc\n", run.err());
  }

  @Test
  void aFileThatDoesNotExistIsAProblemLikeAnyOther() {
    assertEquals(ExitCode.ERROR, run.execute("validate", "/does/not/exist.yaml"));
    assertTrue(run.out().startsWith("/does/not/exist.yaml:"), run.out());
  }

  @Test
  void aFileForAnotherHostIsRefusedIfTheHostIsNamed() throws IOException {
    String file = write("host.yaml", "version: 1\nhost: hv-01\n");
    assertEquals(ExitCode.DONE, run.execute("validate", file));
    assertEquals(ExitCode.DONE, run.execute("validate", "--host", "hv-01", file));
    assertEquals(ExitCode.ERROR, run.execute("validate", "--host", "hv-02", file));
  }

  @Test
  void withoutAFileItIsAWrongCommandLine() {
    assertEquals(ExitCode.ERROR, run.execute("validate"));
    assertTrue(run.err().contains("FILE"), run.err());
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  @Test
  void aRepositorysOwnFileIsCheckedByItsOwnSchema() throws IOException {
    String file = write("plumbline.yaml", "version: 1\nhosts: [{path: hosts/a.yaml}]\n");
    assertEquals(ExitCode.ERROR, run.execute("validate", file));
    assertEquals(file + ":2:16: hosts: the file `hosts/a.yaml` does not exist\n", run.out());
  }
}
