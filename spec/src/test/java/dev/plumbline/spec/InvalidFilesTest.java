// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.source.DirectorySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every file of {@code invalid/} gives exactly the lines of the {@code .txt} beside it. */
class InvalidFilesTest {
  private static final Path FOLDER = Path.of("src/test/resources/invalid");

  @TestFactory
  List<DynamicTest> an_invalid_file_gives_exactly_these_problems() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(file -> DynamicTest.dynamicTest(name(file), () -> check(file)))
          .toList();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".yaml", "");
  }

  private static void check(Path file) throws IOException {
    String expected = Files.readString(FOLDER.resolve(name(file) + ".txt"));
    assertFalse(expected.isBlank(), "an invalid file must have problems");
    Loaded loaded =
        HostFile.load(
            new DirectorySource(FOLDER),
            file.getFileName().toString(),
            LoadOptions.defaults().forHost("hv-01"));
    String actual =
        loaded.problems().stream().map(p -> p.line() + "\n").collect(Collectors.joining());
    assertEquals(expected, actual);
    assertEquals(
        loaded.problems().stream().anyMatch(Problem::isError),
        loaded.hasErrors(),
        "there is a state exactly if there is no error");
  }
}
