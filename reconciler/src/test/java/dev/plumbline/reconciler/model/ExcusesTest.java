// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ExcusesTest {
  @Test
  void everyExcuseIsWrittenDown() throws IOException {
    String page = Files.readString(Path.of("../docs/decisions/model-kernel.md"));
    for (Excuses each : Excuses.values()) {
      assertTrue(page.contains(each.line() + "\n"), () -> "the page lacks: " + each.line());
    }
  }
}
