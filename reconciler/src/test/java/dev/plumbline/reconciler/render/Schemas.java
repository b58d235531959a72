// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Validates JSON against the published schemas. */
public final class Schemas {
  private Schemas() {}

  public static void validates(String schema, String json) throws IOException {
    assertEquals(List.of(), problems(schema, json));
  }

  /** Validates against one definition of a schema. */
  public static void validates(String schema, String definition, String json) throws IOException {
    String text =
        text(schema).replaceFirst("\\{", "{\"\\$ref\": \"#/\\$defs/" + definition + "\",");
    assertEquals(List.of(), problemsByText(text, json), json);
  }

  static List<String> problems(String name, String json) throws IOException {
    return problemsByText(text(name), json);
  }

  private static String text(String name) throws IOException {
    return Files.readString(Path.of("../schemas").resolve(name));
  }

  private static List<String> problemsByText(String text, String json) {
    Schema schema =
        SchemaRegistry.withDialect(Dialects.getDraft202012()).getSchema(text, InputFormat.JSON);
    return schema.validate(json, InputFormat.JSON).stream().map(Object::toString).toList();
  }
}
