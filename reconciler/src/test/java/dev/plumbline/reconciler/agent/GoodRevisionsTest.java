// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which revisions are kept to go back to. */
class GoodRevisionsTest {
  private static final Instant COMMITTED = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path directory;

  private void keep(String id, String content) throws Exception {
    new GoodRevisions(directory)
        .keep(
            id,
            content,
            "label " + id,
            COMMITTED,
            "a.yaml",
            new TreeMap<>(Map.of("a.yaml", content)));
  }

  private List<String> ids() throws Exception {
    return new GoodRevisions(directory).list().stream().map(GoodRevisions.Entry::id).toList();
  }

  @Test
  void theLastFiveAreKeptWithTheirFiles() throws Exception {
    for (int i = 1; i <= 12; i++) {
      keep("r" + i, "content ü" + i);
    }
    assertEquals(List.of("r12", "r11", "r10", "r9", "r8"), ids());
    GoodRevisions.Entry last = new GoodRevisions(directory).list().get(0);
    assertEquals("label r12", last.label());
    assertEquals("a.yaml", last.file());
    assertEquals(COMMITTED, last.committed());
    assertEquals("content ü12", new String(last.bytes().get("a.yaml"), StandardCharsets.UTF_8));
  }

  @Test
  void oneThatChangesNothingTakesThePlaceOfTheOneBefore() throws Exception {
    keep("r1", "one");
    keep("r2", "two");
    for (int i = 3; i < 20; i++) {
      keep("r" + i, "two");
    }
    assertEquals(List.of("r19", "r1"), ids());
    keep("r1", "one");
    assertEquals(List.of("r1", "r19", "r1"), ids());
  }

  @Test
  void aDamagedOneIsPassedOverAndNamed() throws Exception {
    keep("r1", "one");
    keep("r2", "two");
    keep("r3", "three");
    Path damaged = directory.resolve("good/3.json");
    Files.writeString(damaged, Files.readString(damaged).substring(0, 40));
    GoodRevisions goods = new GoodRevisions(directory);
    assertEquals(List.of("r2", "r1"), ids());
    assertEquals("r2", goods.list().get(0).id());
    assertEquals(List.of(damaged), goods.damaged());
  }
}
