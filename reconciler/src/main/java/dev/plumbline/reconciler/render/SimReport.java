// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.sim.Simulated;
import dev.plumbline.reconciler.sim.Tally.Count;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/**
 * What became of simulated runs.
 *
 * @param again the command line that repeats a run, but for the seed at its end
 */
public record SimReport(Simulated simulated, String again) {
  private static final int SEEDS_SHOWN = 10;

  /** For people at a terminal; lines end with a newline. */
  public String text(boolean colours) {
    Palette palette = colours ? Palette.ANSI : Palette.PLAIN;
    StringBuilder out = new StringBuilder();
    out.append(Shown.count(simulated.runs(), "run")).append(" of ");
    out.append(Shown.text(String.join(", ", simulated.files()))).append(", ");
    out.append(seeds()).append(", on a host with ").append(devices()).append(".\n");
    out.append(tried()).append('\n');
    simulated
        .passedOver()
        .forEach(
            (why, times) ->
                out.append("Passed over, ")
                    .append(Shown.count(times, "time"))
                    .append(": ")
                    .append(Shown.text(why))
                    .append('\n'));
    for (String file : simulated.neverApplied()) {
      out.append(palette.bold(Shown.text(file) + " was never applied: " + why()));
      out.append('\n');
    }
    for (Simulated.Failed failed : simulated.failed()) {
      if (!failed.story().isEmpty()) {
        out.append('\n').append(palette.bold("Seed " + failed.seed() + ": not so, that "));
        out.append(palette.bold(failed.law().sentence())).append('\n');
        failed.story().forEach(line -> out.append("  ").append(Shown.text(line)).append('\n'));
        out.append("  ").append(palette.dim("Again: " + again + failed.seed())).append('\n');
      }
    }
    return out.append(simulated.failed().isEmpty() ? "" : "\n")
        .append(palette.bold(verdict()))
        .append('\n')
        .toString();
  }

  private String why() {
    boolean few = simulated.runs() <= simulated.files().size();
    String where = simulated.failed().isEmpty() ? "above" : "below";
    return few ? "it takes more runs than files" : "see " + where + " why";
  }

  private String seeds() {
    long last = simulated.seed() + simulated.runs() - 1;
    return simulated.runs() == 1
        ? "seed " + simulated.seed()
        : "seeds " + simulated.seed() + " to " + last;
  }

  private String devices() {
    return simulated.devices().isEmpty()
        ? "no network card"
        : Shown.text(String.join(", ", simulated.devices()));
  }

  private String tried() {
    return String.join(
            ", ",
            Shown.count(of(Count.APPLIES), "apply", "applies"),
            Shown.count(of(Count.REFUSALS), "refused request"),
            Shown.count(of(Count.CRASHES), "crash", "crashes"),
            Shown.count(of(Count.INTERRUPTIONS), "failed reading"),
            Shown.count(of(Count.EDITS), "edit by others", "edits by others"),
            Shown.count(of(Count.ROLLBACKS), "rollback"),
            Shown.count(of(Count.FOLLOWED), "row of events followed", "rows of events followed"))
        + ".";
  }

  private long of(Count what) {
    return simulated.tally().of(what);
  }

  private String verdict() {
    int failed = simulated.failed().size();
    if (failed == 0) {
      long cut = of(Count.CUT_SHORT);
      if (cut > 0 && simulated.neverApplied().isEmpty()) {
        return Shown.count(cut, "run was", "runs were")
            + " cut short, see above why; every other one converged, lost nothing of others, and"
            + " gave the host back.";
      }
      return simulated.neverApplied().isEmpty()
          ? "Every run converged, lost nothing of others, and gave the host back."
          : "Nothing failed, but not every file was tried.";
    }
    List<String> seeds =
        simulated.failed().stream()
            .limit(SEEDS_SHOWN)
            .map(each -> String.valueOf(each.seed()))
            .toList();
    String more = failed > SEEDS_SHOWN ? " and " + (failed - SEEDS_SHOWN) + " more" : "";
    return Shown.count(failed, "run")
        + " failed: "
        + (failed == 1 ? "seed " : "seeds ")
        + String.join(", ", seeds)
        + more
        + ".";
  }

  /** For programs: {@code schemas/sim.schema.json}. */
  public void json(Writer writer) {
    try (JsonGenerator json = Json.generator(writer)) {
      json.writeStartObject();
      json.writeNumberProperty("version", 1);
      Json.texts(json, "files", simulated.files());
      Json.texts(json, "devices", simulated.devices());
      json.writeNumberProperty("seed", simulated.seed());
      json.writeNumberProperty("runs", simulated.runs());
      json.writeBooleanProperty("converged", simulated.isGood());
      json.writeObjectPropertyStart("tried");
      for (Count each : Count.values()) {
        json.writeNumberProperty(each.label(), of(each));
      }
      json.writeEndObject();
      json.writeArrayPropertyStart("failed");
      for (Simulated.Failed each : simulated.failed()) {
        json.writeStartObject();
        json.writeNumberProperty("seed", each.seed());
        json.writeStringProperty("law", each.law().label());
        Json.texts(json, "story", each.story());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayPropertyStart("passedOver");
      for (Map.Entry<String, Long> each : simulated.passedOver().entrySet()) {
        json.writeStartObject();
        json.writeStringProperty("why", each.getKey());
        json.writeNumberProperty("times", each.getValue());
        json.writeEndObject();
      }
      json.writeEndArray();
      Json.texts(json, "neverApplied", simulated.neverApplied());
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }
}
