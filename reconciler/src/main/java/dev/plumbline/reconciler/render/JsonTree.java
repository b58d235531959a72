// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;

/** JSON as plain trees: maps, lists, texts, Long, Double, Boolean, null. */
public final class JsonTree {
  private JsonTree() {}

  /** Several lines, one for each entry of the outer lists. */
  public static String document(Object tree) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = Json.generator(text)) {
      Json.tree(json, tree);
      json.writeRaw('\n');
    }
    return text.toString();
  }

  /** One line, without its end. */
  public static String line(Object tree) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      Json.tree(json, tree);
    }
    return text.toString();
  }

  /**
   * Reads one document.
   *
   * @throws IOException if it is none
   */
  public static Object read(String text) throws IOException {
    return read(new StringReader(text));
  }

  /** As {@link #read(String)}. */
  public static Object read(Reader reader) throws IOException {
    try (JsonParser json = Json.FACTORY.createParser(ObjectReadContext.empty(), reader)) {
      Object tree = value(json, json.nextToken());
      if (tree == null) {
        throw new IOException("no JSON");
      }
      return tree;
    } catch (JacksonException e) {
      throw new IOException(e.getOriginalMessage(), e);
    }
  }

  private static @Nullable Object value(JsonParser json, @Nullable JsonToken token) {
    if (token == null) {
      return null;
    }
    switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
          map.put(name, value(json, json.nextToken()));
        }
        return map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken next = json.nextToken();
            next != JsonToken.END_ARRAY && next != null;
            next = json.nextToken()) {
          list.add(value(json, next));
        }
        return list;
      }
      case VALUE_NUMBER_INT -> {
        return json.getLongValue();
      }
      case VALUE_NUMBER_FLOAT -> {
        return json.getDoubleValue();
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        return json.getBooleanValue();
      }
      case VALUE_STRING -> {
        return json.getString();
      }
      default -> {
        return null;
      }
    }
  }
}
