// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Marks of {@link DocsPage} are read as they are meant, or refused with their line. */
class DocsPageTest {
  @TempDir Path directory;

  private DocsPage page(String text) throws IOException {
    return DocsPage.read(Files.writeString(directory.resolve("page.md"), text));
  }

  /** {@code |} is a line's end. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "<!-- exit 2 -->||    true;1: is no mark",
        "<!-- exits: 2 -->||    true;1: is no mark",
        "<!-- exits two -->||    true;1: `exits` wants a code, not two",
        "<!-- exits 0 -->||    true;1: `exits` wants a code, not 0",
        "<!-- firstly: true -->||    true;1: is no mark",
        "<!-- first -->||    true;1: is no mark",
        "<!-- not run -->||    true;1: is no mark",
        "<!--exits 2-->||    true;1: is no mark",
        "<!-- exits 2 -->+||    true;1: is no mark",
        "Text|  <!-- exits 2 -->||    true;2: a mark begins at the line's start",
        "Text <!-- needs jq -->||    true;1: a mark begins at the line's start",
        "<!-- exits 2|    true;1: a comment does not end",
        "```|    true;1: a fence does not end",
        "Text||    true||```|text;5: a fence does not end",
        "|<!-- exits 2 -->|;2: a mark stands before no block",
        "<!-- exits 2 -->|Text||    true;1: a mark stands before no block",
        "<!-- exits 2 -->|<!-- the other -->||    true;1: a mark stands before no block",
        "<!-- exits 2 -->|<!-- exits 3 -->||    true;2: a second `exits` for one block",
        "<!-- exits 2 -->|<!-- first: true -->;1: a mark about commands stands before what is no command",
        "<!-- not run: why -->|```text|true|```;1: a mark about commands stands before what is no command",
        "<!-- needs jq -->|```yaml|# a.yaml|```;1: `needs` stands before what is not run",
        "<!-- needs jq -->|<!-- not run: why -->||    true;1: a second mark for a block that is not run",
      })
  void aMarkThatWouldBeLostIsRefused(String text, String wrong) {
    String lines = text.replace('|', '\n').replace('+', ' ');
    var refused = assertThrows(IllegalArgumentException.class, () -> page(lines));
    String said = refused.getMessage();
    String place = directory.resolve("page.md") + ":" + wrong;
    assertEquals(place, said.substring(0, Math.min(place.length(), said.length())));
  }

  @Test
  void marksAreAboutTheBlockBehindThem() throws IOException {
    DocsPage page =
        page(
            """
            <!-- needs  jq
              git -->
            <!-- exits 2 -->

                false
                true

            <!-- anything else -->

                true

            <!-- needs jq -->
            <!-- first:
            true
            -->
            <!-- not run: it
              takes long -->

            ```
            sleep 9
            ```
            """);
    List<DocsPage.Block> blocks = page.blocks();
    assertEquals(4, blocks.size());
    assertEquals(List.of("jq", "git"), blocks.get(0).needs());
    assertEquals(2, blocks.get(0).exits());
    assertEquals(2, blocks.get(0).steps().size());
    assertEquals(List.of(), blocks.get(1).needs());
    assertEquals(0, blocks.get(1).exits());
    assertEquals(DocsPage.Kind.FIRST, blocks.get(2).kind());
    assertEquals(List.of("jq"), blocks.get(2).needs());
    assertEquals("it takes long", blocks.get(3).notRun());
  }
}
