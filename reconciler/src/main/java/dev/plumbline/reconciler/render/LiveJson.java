// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** A live state as JSON and back: {@code schemas/live.schema.json}. Streams in both directions. */
public final class LiveJson {
  /** Version of the form; raised when a reader of the old one would misread the new one. */
  public static final int VERSION = 1;

  private LiveJson() {}

  /**
   * Writes a snapshot.
   *
   * @param file the host in the file's own terms, for people and other programs; {@link #read}
   *     passes over it
   * @param writer stays open
   */
  public static void write(LiveState live, Map<String, ?> file, Writer writer) {
    try (JsonGenerator json = Json.generator(writer)) {
      json.writeStartObject();
      json.writeNumberProperty("version", VERSION);
      json.writeStringProperty("host", live.host());
      capabilities(live.capabilities(), json);
      json.writeName("file");
      Json.tree(json, file);
      json.writeArrayPropertyStart("resources");
      for (Resource resource : live.resources()) {
        resource(resource, live.indexes().get(resource.id()), json);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static void capabilities(Capabilities capabilities, JsonGenerator json) {
    json.writeObjectPropertyStart("capabilities");
    Json.texts(json, "missingKinds", new TreeSet<>(capabilities.missingKinds()));
    json.writeBooleanProperty("addressProtocol", capabilities.addressProtocol());
    json.writeBooleanProperty("liveRename", capabilities.liveRename());
    json.writeBooleanProperty("bridgeVlans", capabilities.bridgeVlans());
    json.writeEndObject();
  }

  static void resource(Resource resource, @Nullable Integer index, JsonGenerator json) {
    ResourceId id = resource.id();
    json.writeStartObject();
    json.writeStringProperty("type", id.type().label());
    Json.text(json, "namespace", id.namespace());
    Json.text(json, "device", id.device());
    Json.text(json, "key", id.key());
    Json.text(json, "owner", resource.owner());
    if (index != null) {
      json.writeNumberProperty("index", index);
    }
    json.writeObjectPropertyStart("fields");
    resource.fields().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeEndObject();
  }

  /**
   * Reads a snapshot.
   *
   * @throws JsonFormatException if it is none; the message names line and column
   * @throws IOException if the file cannot be read
   */
  public static LiveState read(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file)) {
      return read(file.toString(), reader);
    }
  }

  /**
   * Reads a snapshot.
   *
   * @param name how messages call it
   * @throws JsonFormatException if it is none; the message names line and column
   */
  public static LiveState read(String name, Reader reader) throws IOException {
    try (JsonInput json = new JsonInput(name, reader)) {
      Draft draft = new Draft(json);
      json.document(draft::read);
      return draft.done();
    }
  }

  private static final class Draft {
    private final JsonInput json;
    private int version;
    private @Nullable String host;
    private Capabilities capabilities = Capabilities.ALL;
    private final List<Resource> resources = new ArrayList<>();
    private final Map<ResourceId, Integer> indexes = new HashMap<>();

    Draft(JsonInput json) {
      this.json = json;
    }

    void read(String key) throws IOException {
      switch (key) {
        case "version" -> {
          version = json.number();
          if (version != VERSION) {
            throw json.wrong("version " + VERSION + ", not " + version);
          }
        }
        case "host" -> host = json.text();
        case "capabilities" -> capabilities = readCapabilities();
        case "file" -> json.skip();
        case "resources" -> json.list(() -> resources.add(json.resource(indexes::put)));
        default -> throw json.unknown(key);
      }
    }

    private Capabilities readCapabilities() throws IOException {
      Set<String> missing = new TreeSet<>();
      boolean[] flags = {true, true, true};
      json.object(
          key -> {
            switch (key) {
              case "missingKinds" -> missing.addAll(json.texts());
              case "addressProtocol" -> flags[0] = json.flag();
              case "liveRename" -> flags[1] = json.flag();
              case "bridgeVlans" -> flags[2] = json.flag();
              default -> throw json.unknown(key);
            }
          });
      return new Capabilities(missing, flags[0], flags[1], flags[2]);
    }

    LiveState done() throws JsonFormatException {
      if (version == 0 || host == null) {
        throw json.missing(
            "this is no recorded state (it lacks " + (host == null ? "host" : "version") + ")");
      }
      return new LiveState(host, capabilities, resources, indexes);
    }
  }
}
