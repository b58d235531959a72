// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads JSON token by token; everything unexpected ends in a {@link JsonFormatException}. Unknown
 * keys are errors: a key that is misspelt would be a fact that is ignored.
 */
final class JsonInput implements AutoCloseable {
  /** The parser names the start of what is not closed, but by a text that says nothing. */
  private static final Pattern WHERE_ELSE = Pattern.compile(" \\(start marker at [^\\n]*\\)$");

  private final String name;
  private final JsonParser parser;

  /**
   * @param name how messages call the document
   */
  JsonInput(String name, Reader reader) {
    this.name = name;
    this.parser = Json.FACTORY.createParser(ObjectReadContext.empty(), reader);
  }

  /** Reads one value that the parser stands at. */
  @FunctionalInterface
  interface Value {
    void read() throws IOException;
  }

  /** Reads the value of one key that the parser stands at. */
  @FunctionalInterface
  interface Entry {
    void read(String key) throws IOException;
  }

  /** Reads the whole document with nothing after it. */
  void document(Entry entry) throws IOException {
    next();
    object(entry);
    if (next() != null) {
      throw wrong("nothing after the end");
    }
  }

  void object(Entry entry) throws IOException {
    expect(JsonToken.START_OBJECT, "{");
    while (next() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      next();
      entry.read(key);
    }
    expect(JsonToken.END_OBJECT, "a key or }");
  }

  void list(Value value) throws IOException {
    expect(JsonToken.START_ARRAY, "[");
    while (next() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == null) {
        throw wrong("a value or ]");
      }
      value.read();
    }
  }

  List<String> texts() throws IOException {
    List<String> texts = new ArrayList<>();
    list(() -> texts.add(text()));
    return texts;
  }

  String text() throws IOException {
    expect(JsonToken.VALUE_STRING, "a text");
    try {
      return parser.getString();
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /** A text that a file may be called by. */
  String path() throws IOException {
    return path(text());
  }

  /** The same text, if a file may be called so. */
  String path(String text) throws JsonFormatException {
    try {
      Path unused = Path.of(text);
      return text;
    } catch (InvalidPathException e) {
      throw wrong("a path");
    }
  }

  /** A text; empty for null. */
  String textOrNone() throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NULL ? "" : text();
  }

  boolean flag() throws IOException {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw wrong("true or false");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  int number() throws IOException {
    expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
    try {
      return parser.getIntValue();
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  void skip() throws IOException {
    try {
      parser.skipChildren();
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /** What {@link LiveJson} writes for one resource. */
  Resource resource(IndexSink indexes) throws IOException {
    ResourceDraft draft = new ResourceDraft();
    TokenStreamLocation start = parser.currentTokenLocation();
    object(key -> draft.read(key, this));
    if (draft.type == null) {
      throw new JsonFormatException(at(start) + "a resource without a type");
    }
    ResourceId id = new ResourceId(draft.type, draft.namespace, draft.device, draft.key);
    if (draft.index != 0) {
      indexes.put(id, draft.index);
    }
    return new Resource(id, draft.owner, draft.fields);
  }

  /** Takes the interface index of a device. */
  @FunctionalInterface
  interface IndexSink {
    void put(ResourceId id, int index);
  }

  private static final class ResourceDraft {
    @Nullable ResourceType type;
    String namespace = "";
    String device = "";
    String key = "";
    @Nullable String owner;
    int index;
    final TreeMap<String, String> fields = new TreeMap<>();

    void read(String name, JsonInput json) throws IOException {
      switch (name) {
        case "type" -> type = json.type();
        case "namespace" -> namespace = json.textOrNone();
        case "device" -> device = json.textOrNone();
        case "key" -> key = json.textOrNone();
        case "owner" -> {
          String value = json.textOrNone();
          owner = value.isEmpty() ? null : value;
        }
        case "index" -> index = json.number();
        case "fields" -> json.object(field -> fields.put(field, json.text()));
        default -> throw json.unknown(name);
      }
    }
  }

  private ResourceType type() throws IOException {
    String label = text();
    try {
      return ResourceType.ofLabel(label);
    } catch (IllegalArgumentException e) {
      throw wrong("a type of resource, not " + label);
    }
  }

  JsonFormatException unknown(String key) {
    return new JsonFormatException(at(parser.currentTokenLocation()) + "unknown key `" + key + "`");
  }

  JsonFormatException wrong(String expected) {
    JsonToken token = parser.currentToken();
    return new JsonFormatException(
        at(parser.currentTokenLocation())
            + "expected "
            + expected
            + (token == null ? ", and the document ends" : ""));
  }

  /** For what is wrong with the document as a whole. */
  JsonFormatException missing(String what) {
    return new JsonFormatException(name + ": " + what);
  }

  private void expect(JsonToken token, String expected) throws JsonFormatException {
    if (parser.currentToken() != token) {
      throw wrong(expected);
    }
  }

  private @Nullable JsonToken next() throws IOException {
    try {
      return parser.nextToken();
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  private IOException malformed(JacksonException problem) {
    if (problem.getCause() instanceof CharacterCodingException) {
      return missing("this is not UTF-8 text");
    }
    if (problem.getCause() instanceof IOException io) {
      // "Is a directory" alone would not say what is.
      return new IOException(name + ": " + io.getMessage(), io);
    }
    TokenStreamLocation location = problem.getLocation();
    return new JsonFormatException(
        (location == null ? name + ": " : at(location))
            + WHERE_ELSE.matcher(problem.getOriginalMessage()).replaceAll(""));
  }

  private String at(TokenStreamLocation location) {
    return name + ":" + location.getLineNr() + ":" + location.getColumnNr() + ": ";
  }

  @Override
  public void close() {
    parser.close();
  }
}
