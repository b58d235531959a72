// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file of src/test/resources/differential is something that the model did otherwise once. */
@KernelTest
class FoundDifferencesTest {
  private static final Path FILES = Path.of("src/test/resources/differential");

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void theModelDoesWhatTheKernelDoes(String name) throws IOException {
    List<Step> steps = Step.parse(Files.readString(FILES.resolve(name)));
    BothKernels.assumeCompared(steps);
    assertEquals("", BothKernels.differ(steps));
  }
}
