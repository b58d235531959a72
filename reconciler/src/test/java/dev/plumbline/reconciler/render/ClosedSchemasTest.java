// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What plumbline itself writes has no keys that its schema does not know. */
class ClosedSchemasTest {
  /** Where each object that has named keys is, and does not say whether it may have others. */
  private static void open(Object tree, String place, List<String> found) {
    if (tree instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        open(list.get(i), place + "/" + i, found);
      }
    }
    if (tree instanceof Map<?, ?> map) {
      // A map of properties may itself have one of that name.
      if (!place.endsWith("/properties")
          && map.get("properties") instanceof Map<?, ?>
          && !map.containsKey("additionalProperties")) {
        found.add(place);
      }
      map.forEach((key, value) -> open(value, place + "/" + key, found));
    }
  }

  private static List<String> open(String schema) throws IOException {
    List<String> found = new ArrayList<>();
    open(JsonTree.read(Files.readString(Path.of("../schemas", schema))), "", found);
    return found;
  }

  @Test
  void everyObjectSaysWhichFurtherKeysItMayHave() throws IOException {
    for (String schema : List.of("api", "history", "live", "notification", "plan")) {
      assertEquals(List.of(), open(schema + ".schema.json"), schema);
    }
  }

  @Test
  void anOpenObjectWouldBeFound() throws IOException {
    List<String> found = new ArrayList<>();
    open(JsonTree.read("{\"items\":[{\"properties\":{\"a\":{}}}]}"), "", found);
    assertTrue(found.contains("/items/0"), found.toString());
  }
}
