// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/troubleshooting.md explains is said by the sources, word for word. */
class TroubleshootingPageTest {
  @Test
  void messagesAreThoseOfTheSources() throws IOException {
    StringBuilder sources = new StringBuilder();
    for (String module : List.of("netlink", "spec", "datapath", "reconciler")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          // A text that goes on in the next line is one.
          sources.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""));
        }
      }
    }
    String all = sources.toString();
    List<String> missing = new ArrayList<>();
    int messages = 0;
    for (String line : Files.readAllLines(Path.of("../docs/troubleshooting.md"))) {
      if (line.startsWith("### `")) {
        messages++;
        for (String part : line.substring(5, line.lastIndexOf('`')).split("…", -1)) {
          if (!all.contains(part.strip())) {
            missing.add(part);
          }
        }
      }
    }
    assertTrue(messages > 15, "messages on the page");
    assertEquals(List.of(), missing, "what nobody says");
  }
}
