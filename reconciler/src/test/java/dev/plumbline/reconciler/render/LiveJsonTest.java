// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveJsonTest {
  @Test
  void aSnapshotIsWhatTheSchemaSays() throws IOException {
    Schemas.validates("live.schema.json", write(sample()));
    Schemas.validates("live.schema.json", write(LiveState.empty("hv-01")));
    String wrong = write(sample()).replace("\"type\": \"device\"", "\"type\": \"thing\"");
    assertTrue(!Schemas.problems("live.schema.json", wrong).isEmpty());
  }

  @Test
  void anEntryOfAListHasALineOfItsOwnSoThatSnapshotsCanBeCompared() {
    List<String> lines = write(sample()).lines().toList();
    assertTrue(
        lines.contains(
            "    {\"type\": \"device\", \"namespace\": null, \"device\": \"eth0\", \"key\": null,"
                + " \"owner\": null, \"index\": 2, \"fields\": {\"kind\": \"\", \"mtu\":"
                + " \"1500\"}},"),
        String.join("\n", lines));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ''                                                     | s.json:1:0: expected {, and the document ends
          '[]'                                                   | s.json:1:1: expected {
          '{'                                                    | s.json:1:
          '{"version": 2'                                        | s.json:1:13: expected version 1, not 2
          '{"version": "1"'                                      | s.json:1:13: expected a whole number
          '{"version": 1}'                                       | s.json: this is no recorded state (it lacks host)
          '{"version": 1, "host": "h", "hots": 1}'               | unknown key `hots`
          '{"version": 1, "host": "h", "host": "h"}'             | Duplicate
          '{"version": 1, "host": "h", "resources": [{}]}'       | s.json:1:43: a resource without a type
          '{"version": 1, "host": "h", "resources": [{"type": "x"}]}' | expected a type of resource, not x
          '{"version": 1, "host": "h", "resources": [1'          | s.json:1:43: expected {
          '{"version": 1, "host": "h"} x'                        | s.json:1:
          '{"version": 99999999999}'                             | s.json:1:
          """)
  void whatIsNoSnapshotIsToldWithItsPlace(String quoted, String expected) {
    String text = quoted.substring(1, quoted.length() - 1);
    JsonFormatException problem =
        assertThrows(
            JsonFormatException.class, () -> LiveJson.read("s.json", new StringReader(text)));
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.startsWith("s.json:"), message);
    assertTrue(message.contains(expected), message);
  }

  @Test
  void nestingThatWouldFillTheStackIsAProblemLikeAnyOther() {
    String deep = "{\"version\": 1, \"host\": \"h\", \"file\": " + "[".repeat(100_000);
    assertThrows(JsonFormatException.class, () -> LiveJson.read("s.json", new StringReader(deep)));
  }

  @Test
  void tenThousandResourcesAreReadAndWrittenInWellUnderASecond() throws IOException {
    List<Resource> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      ResourceId id = ResourceId.route("", "10." + i / 256 + "." + i % 256 + ".0/24 table 254");
      many.add(new Resource(id, null, Map.of("via", "10.0.0.1", "type", "unicast", "dev", "")));
    }
    LiveState live = new LiveState("h", Capabilities.ALL, many, Map.of());
    String warm = write(live);
    long start = System.nanoTime();
    assertEquals(10_000, LiveJson.read("s.json", new StringReader(warm)).resources().size());
    write(live);
    long millis = (System.nanoTime() - start) / 1_000_000;
    // A hundred times what it takes: a shared machine may be slow, a quadratic reader is slower.
    assertTrue(millis < 20_000, millis + " ms");
  }

  static LiveState sample() {
    ResourceId eth0 = ResourceId.deviceIn("", "eth0");
    return new LiveState(
        "hv-01",
        new Capabilities(Set.of("bond", "vlan"), true, false, false),
        List.of(
            new Resource(eth0, null, Map.of("kind", "", "mtu", "1500")),
            new Resource(ResourceId.namespaceNamed("web"), "namespaces.web", Map.of()),
            new Resource(
                ResourceId.addressOn("web", "eth1", "10.0.0.1/24"),
                Resource.OURS,
                Map.of("label", "", "scope", "global"))),
        Map.of(eth0, 2));
  }

  static String write(LiveState live) {
    StringWriter text = new StringWriter();
    LiveJson.write(live, Map.of("version", 1L), text);
    return text.toString();
  }
}
