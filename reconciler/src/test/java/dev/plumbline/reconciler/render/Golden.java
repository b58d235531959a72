// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares with the files in {@code src/test/resources/golden/render}. {@code -Dgolden.update=true}
 * writes them anew; look at the difference before committing it.
 */
final class Golden {
  private static final Path DIRECTORY = Path.of("src/test/resources/golden/render");

  private Golden() {}

  static void matches(String name, String text) throws IOException {
    Path file = DIRECTORY.resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(DIRECTORY);
      Files.writeString(file, text);
    }
    assertEquals(Files.readString(file), text, "as in " + file);
  }
}
