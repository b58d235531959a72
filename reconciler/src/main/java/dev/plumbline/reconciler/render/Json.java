// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** How JSON is written here: a line for each entry of the outer lists, so that it can be diffed. */
final class Json {
  static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Json() {}

  /** A generator for one document; the writer stays open. */
  static JsonGenerator generator(Writer writer) {
    return FACTORY.createGenerator(
        new ObjectWriteContext.Base() {
          private final PrettyPrinter printer = new Lines();

          @Override
          public PrettyPrinter getPrettyPrinter() {
            return printer;
          }

          @Override
          public boolean hasPrettyPrinter() {
            return true;
          }
        },
        new KeepOpen(writer));
  }

  /** Writes a property; a text that is empty is written as null. */
  static void text(JsonGenerator json, String name, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, value);
    }
  }

  static void texts(JsonGenerator json, String name, Iterable<String> values) {
    json.writeArrayPropertyStart(name);
    values.forEach(json::writeString);
    json.writeEndArray();
  }

  /** Writes a plain tree of maps, lists, texts, numbers and booleans. */
  static void tree(JsonGenerator json, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      map.forEach(
          (key, each) -> {
            json.writeName(String.valueOf(key));
            tree(json, each);
          });
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      list.forEach(each -> tree(json, each));
      json.writeEndArray();
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Number number) {
      json.writeNumber(number.longValue());
    } else if (value == null) {
      json.writeNull();
    } else {
      json.writeString(value.toString());
    }
  }

  /** Breaks lines in the outer two levels only. */
  private static final class Lines implements PrettyPrinter {
    private static final int BROKEN = 2;
    private int depth;

    @Override
    public void writeRootValueSeparator(JsonGenerator json) {
      json.writeRaw('\n');
    }

    @Override
    public void writeStartObject(JsonGenerator json) {
      json.writeRaw('{');
      depth++;
    }

    @Override
    public void beforeObjectEntries(JsonGenerator json) {
      breakLine(json, depth);
    }

    @Override
    public void writeObjectEntrySeparator(JsonGenerator json) {
      json.writeRaw(',');
      if (!breakLine(json, depth)) {
        json.writeRaw(' ');
      }
    }

    @Override
    public void writeObjectNameValueSeparator(JsonGenerator json) {
      json.writeRaw(": ");
    }

    @Override
    public void writeEndObject(JsonGenerator json, int entries) {
      depth--;
      if (entries > 0 && depth < BROKEN) {
        line(json);
      }
      json.writeRaw('}');
    }

    @Override
    public void writeStartArray(JsonGenerator json) {
      json.writeRaw('[');
      depth++;
    }

    @Override
    public void beforeArrayValues(JsonGenerator json) {
      breakLine(json, depth);
    }

    @Override
    public void writeArrayValueSeparator(JsonGenerator json) {
      json.writeRaw(',');
      if (!breakLine(json, depth)) {
        json.writeRaw(' ');
      }
    }

    @Override
    public void writeEndArray(JsonGenerator json, int values) {
      depth--;
      if (values > 0 && depth < BROKEN) {
        line(json);
      }
      json.writeRaw(']');
    }

    private boolean breakLine(JsonGenerator json, int level) {
      if (level > BROKEN) {
        return false;
      }
      line(json);
      return true;
    }

    private void line(JsonGenerator json) {
      json.writeRaw('\n' + "  ".repeat(depth));
    }
  }

  /** Closing the generator must not close standard output. */
  private static final class KeepOpen extends java.io.FilterWriter {
    KeepOpen(Writer out) {
      super(out);
    }

    @Override
    public void write(char[] buffer, int offset, int length) throws java.io.IOException {
      out.write(buffer, offset, length);
    }

    @Override
    public void close() throws java.io.IOException {
      flush();
    }
  }
}
