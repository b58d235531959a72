// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.FileTerms;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.plan.Waiting;
import dev.plumbline.spec.model.Check;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** A plan for programs: {@code schemas/plan.schema.json}. */
public final class PlanJson {
  /** Version of the form; raised when a reader of the old one would misread the new one. */
  public static final int VERSION = 1;

  private PlanJson() {}

  /** The plan as one document that ends with a newline; the writer stays open. */
  public static void write(PlanHeader header, Plan plan, Writer writer) {
    try (JsonGenerator json = Json.generator(writer)) {
      write(header, plan, json);
      json.writeRaw('\n');
    }
  }

  /** The plan as text. */
  public static String render(PlanHeader header, Plan plan) {
    StringWriter text = new StringWriter();
    write(header, plan, text);
    return text.toString();
  }

  /** The plan as a part of another document. */
  static void write(PlanHeader header, Plan plan, JsonGenerator json) {
    json.writeStartObject();
    json.writeNumberProperty("version", VERSION);
    json.writeStringProperty("host", header.host());
    json.writeStringProperty("file", header.file());
    Json.text(json, "revision", header.revision());
    summary(plan, json);
    body(plan, json);
    json.writeEndObject();
  }

  /** All that the plan says, without where it comes from. */
  static void body(Plan plan, JsonGenerator json) {
    json.writeArrayPropertyStart("changes");
    plan.changes().forEach(change -> change(change, plan, json));
    json.writeEndArray();
    json.writeArrayPropertyStart("waiting");
    for (Waiting waiting : plan.waiting()) {
      json.writeStartObject();
      json.writeStringProperty("address", waiting.address());
      json.writeStringProperty("waitsFor", waiting.waitsFor());
      json.writeEndObject();
    }
    json.writeEndArray();
    if (!plan.checks().isEmpty()) {
      // Not as an empty array: plans that were saved before there were checks stay as they are.
      json.writeArrayPropertyStart("checks");
      plan.checks().forEach(check -> check(check, json));
      json.writeEndArray();
    }
    Json.texts(json, "problems", plan.problems());
    Json.texts(json, "warnings", plan.warnings());
  }

  private static void summary(Plan plan, JsonGenerator json) {
    json.writeObjectPropertyStart("summary");
    for (Action action : Action.values()) {
      json.writeNumberProperty(action.label(), plan.count(action));
    }
    json.writeNumberProperty("waiting", plan.waiting().size());
    json.writeStringProperty("disruption", plan.disruption().label());
    json.writeEndObject();
  }

  private static void check(PlannedCheck planned, JsonGenerator json) {
    Check check = planned.check();
    json.writeStartObject();
    json.writeStringProperty("address", planned.address());
    json.writeStringProperty("type", check.port() == null ? "ping" : "tcp");
    json.writeStringProperty(
        "target", check.port() == null ? check.address().toString() : check.endpoint());
    Json.text(json, "namespace", check.namespace());
    Json.text(json, "from", check.from());
    json.writeNumberProperty("withinMillis", check.within().toMillis());
    json.writeEndObject();
  }

  private static void change(Change change, Plan plan, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("address", change.address());
    json.writeStringProperty("action", change.action().label());
    json.writeStringProperty("type", change.id().type().label());
    Json.text(json, "namespace", change.id().namespace());
    Json.text(json, "device", change.id().device());
    Json.text(json, "key", change.id().key());
    json.writeArrayPropertyStart("fields");
    for (FieldChange field : FileTerms.of(change, plan)) {
      json.writeStartObject();
      json.writeStringProperty("name", field.name());
      Json.text(json, "before", field.before());
      Json.text(json, "after", field.after());
      json.writeEndObject();
    }
    json.writeEndArray();
    Json.texts(json, "waitsFor", change.waitsFor());
    if (change instanceof Change.Delete delete && delete.implied()) {
      json.writeBooleanProperty("along", true);
    }
    List<String> touches = plan.touches(change);
    if (!touches.isEmpty()) {
      Json.texts(json, "touches", touches);
    }
    json.writeObjectPropertyStart("disruption");
    json.writeStringProperty("class", change.disruption().level().label());
    Json.text(json, "what", change.disruption().what());
    json.writeEndObject();
    json.writeEndObject();
  }
}
