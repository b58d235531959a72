// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.FileTerms;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;

/**
 * A plan in a file, bound to what it was made from.
 *
 * <p>It is not what is carried out: applying it means planning again and finding the very same
 * plan. What it rests on is kept so that a refusal can name what moved.
 *
 * @param host the host's name
 * @param file the host's file
 * @param digests SHA-256 of the file and all it includes, by absolute path
 * @param plan all changes, as {@link PlanJson} writes them
 * @param rests the live resources that the changes have to do with
 */
public record SavedPlan(
    String host,
    Path file,
    SortedMap<String, String> digests,
    String plan,
    SortedMap<ResourceId, Resource> rests) {

  private static final int VERSION = 1;
  private static final String KEY = "plumblinePlan";

  /** The plan of a host, bound to the live state it was made from. */
  public static SavedPlan of(
      LiveState live, Plan plan, Path file, SortedMap<String, String> digests) {
    return new SavedPlan(live.host(), file, digests, body(plan), rests(plan, live));
  }

  /** SHA-256 of a file's bytes, in hexadecimal digits. */
  public static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] some = new byte[8192];
      for (int bytes = in.read(some); bytes >= 0; bytes = in.read(some)) {
        digest.update(some, 0, bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String body(Plan plan) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = Json.generator(text)) {
      json.writeStartObject();
      // What the planner warns of depends on the shell that asks; the changes do not.
      PlanJson.body(plan.withWarnings(List.of()).withTouches(Map.of()), json);
      json.writeEndObject();
    }
    return text.toString();
  }

  /**
   * All on the devices that change, the devices they name, and the namespaces' routes and rules.
   */
  private static SortedMap<ResourceId, Resource> rests(Plan plan, LiveState live) {
    Set<ResourceId> devices = new HashSet<>();
    Set<ResourceId> others = new HashSet<>();
    for (Change change : plan.changes()) {
      others.add(change.id());
      devices.add(change.id().ofDevice());
      if (change instanceof Change.Modify modify) {
        devices.add(modify.live().id().ofDevice());
      }
      change
          .fields()
          .forEach(
              field -> {
                if (Set.of("master", "parent", "dev").contains(field.name())) {
                  devices.add(ResourceId.deviceIn(change.id().namespace(), field.after()));
                }
              });
    }
    SortedMap<ResourceId, Resource> rests = new TreeMap<>();
    for (Resource resource : live.resources()) {
      ResourceId id = resource.id();
      boolean onDevice = !id.device().isEmpty() && devices.contains(id.ofDevice());
      if (onDevice || others.contains(id)) {
        // What is left of a lifetime is another number each time.
        rests.put(id, resource.without(AddressText.VALID_LEFT).without(AddressText.PREFERRED_LEFT));
      }
    }
    return rests;
  }

  /** Whether a file is a saved plan (as opposed to a host's file, which is YAML). */
  public static boolean isSavedPlan(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    byte[] start;
    try (var in = Files.newInputStream(file)) {
      start = in.readNBytes(64);
    }
    String text = new String(start, java.nio.charset.StandardCharsets.UTF_8);
    return text.stripLeading().startsWith("{")
        && text.replaceAll("\\s", "").startsWith("{\"" + KEY + "\"");
  }

  /** Writes the plan; an existing file is replaced. */
  public void write(Path target) throws IOException {
    try (Writer writer = Files.newBufferedWriter(target)) {
      write(writer);
    }
  }

  /** What {@link #write(Path)} writes. */
  public String text() {
    StringWriter text = new StringWriter();
    write(text);
    return text.toString();
  }

  private void write(Writer writer) {
    try (JsonGenerator json = Json.generator(writer)) {
      json.writeStartObject();
      json.writeNumberProperty(KEY, VERSION);
      json.writeStringProperty("host", host);
      json.writeStringProperty("file", file.toString());
      json.writeObjectPropertyStart("digests");
      digests.forEach(json::writeStringProperty);
      json.writeEndObject();
      json.writeStringProperty("plan", plan);
      json.writeArrayPropertyStart("rests");
      rests.values().forEach(resource -> LiveJson.resource(resource, null, json));
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  /**
   * Reads a plan.
   *
   * @throws JsonFormatException if the file is none
   */
  public static SavedPlan read(Path source) throws IOException {
    try (Reader reader = Files.newBufferedReader(source)) {
      return read(source.toString(), reader);
    }
  }

  /**
   * As {@link #read(Path)}.
   *
   * @param name how messages call the plan
   */
  public static SavedPlan read(String name, Reader reader) throws IOException {
    String[] texts = {"", "", ""};
    SortedMap<String, String> digests = new TreeMap<>();
    SortedMap<ResourceId, Resource> rests = new TreeMap<>();
    try (JsonInput json = new JsonInput(name, reader)) {
      json.document(
          key -> {
            switch (key) {
              case KEY -> {
                if (json.number() != VERSION) {
                  throw json.wrong("version " + VERSION + " of a plan");
                }
              }
              case "host" -> texts[0] = json.text();
              case "file" -> texts[1] = json.path();
              case "plan" -> texts[2] = json.text();
              case "digests" -> json.object(file -> digests.put(json.path(file), json.text()));
              case "rests" -> {
                json.list(
                    () -> {
                      Resource resource = json.resource((id, index) -> {});
                      rests.put(resource.id(), resource);
                    });
              }
              default -> throw json.unknown(key);
            }
          });
      if (texts[0].isEmpty() || texts[1].isEmpty() || texts[2].isEmpty()) {
        throw json.missing("this plan lacks its host, its file or its changes");
      }
    }
    return new SavedPlan(texts[0], Path.of(texts[1]), digests, texts[2], rests);
  }

  /** What moved since this plan was made, a sentence each; empty if nothing did. */
  public List<String> moved(SavedPlan now) {
    List<String> moved = new ArrayList<>();
    if (!host.equals(now.host)) {
      moved.add("it is for the host " + host + ", and this is " + now.host);
    }
    Set<String> files = new java.util.TreeSet<>(digests.keySet());
    files.addAll(now.digests.keySet());
    for (String each : files) {
      String before = digests.getOrDefault(each, "");
      String after = now.digests.getOrDefault(each, "");
      if (!before.equals(after)) {
        moved.add(
            "the file "
                + each
                + (before.isEmpty()
                    ? " is included now"
                    : after.isEmpty() ? " is not included any more" : " has changed"));
      }
    }
    Set<ResourceId> ids = new java.util.TreeSet<>(rests.keySet());
    ids.addAll(now.rests.keySet());
    for (ResourceId id : ids) {
      compare(id, rests.get(id), now.rests.get(id), moved);
    }
    if (moved.isEmpty() && !plan.equals(now.plan)) {
      moved.add(
          "the plan would now be another one: what it waits for, or what plumbline remembers of the host, has changed");
    }
    return moved;
  }

  private static void compare(
      ResourceId id,
      @org.jspecify.annotations.Nullable Resource before,
      @org.jspecify.annotations.Nullable Resource after,
      List<String> moved) {
    if (before == null) {
      // It may be new, or it was there, and as the file wants it.
      moved.add(id + " has to do with the changes now, and had not");
    } else if (after == null) {
      moved.add(id + " is gone, or has nothing to do with the changes any more");
    } else if (!before.equals(after)) {
      Set<String> names = new java.util.TreeSet<>(before.fields().keySet());
      names.addAll(after.fields().keySet());
      names.removeIf(name -> before.get(name).equals(after.get(name)));
      List<String> changes = new ArrayList<>();
      for (String name : names) {
        changes.add(
            FileTerms.name(name)
                + " was "
                + Shown.value(before.get(name))
                + " and is "
                + Shown.value(after.get(name)));
      }
      moved.add(id + ": " + (changes.isEmpty() ? "its owner" : String.join(", ", changes)));
    }
  }
}
