// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * All inputs that a fuzzer begins with, and all that did harm once, through their targets; {@code
 * tools/fuzz} makes more.
 */
class KeptInputsTest {
  private static final Path KEPT = Path.of("src/test/resources/fuzz");
  private static final Path PROJECT = Path.of("..");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TestFactory
  Stream<DynamicTest> whatIsReadDoesNoHarm() throws IOException {
    return Files.readAllLines(KEPT.resolve("targets")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(" +", -1))
        .map(words -> DynamicTest.dynamicTest(words[0], () -> all(words)));
  }

  private static void all(String[] words) throws Exception {
    MethodHandle target =
        MethodHandles.publicLookup()
            .findStatic(
                Class.forName(words[1]),
                "fuzzerTestOneInput",
                MethodType.methodType(void.class, byte[].class));
    List<Path> inputs = new ArrayList<>(files(KEPT.resolve(words[0])));
    for (String seeds : words[2].split(",", -1)) {
      inputs.addAll(files(PROJECT.resolve(seeds)));
    }
    assertFalse(inputs.isEmpty());
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      assertTimeoutPreemptively(
          PATIENCE,
          () -> {
            target.invokeExact(bytes);
          },
          () -> words[0] + " with " + input);
    }
  }

  private static List<Path> files(Path place) throws IOException {
    if (!Files.exists(place)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(place)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
