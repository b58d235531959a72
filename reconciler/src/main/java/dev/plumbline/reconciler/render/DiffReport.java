// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.plan.Plan;
import java.io.Writer;
import java.util.List;
import java.util.Objects;
import tools.jackson.core.JsonGenerator;

/**
 * What a range of commits would change, host by host.
 *
 * @param from the older commit, by its full name
 * @param to the newer one
 */
public record DiffReport(String from, String to, List<HostDiff> hosts) {
  private static final int SHORT = 10;

  public DiffReport {
    hosts = List.copyOf(hosts);
  }

  /** For people at a terminal; lines end with a newline. */
  public String text(boolean colours, boolean full) {
    Palette palette = colours ? Palette.ANSI : Palette.PLAIN;
    StringBuilder out = new StringBuilder();
    for (HostDiff host : hosts) {
      if (host.plan() == null) {
        out.append(palette.bold(Shown.text(name(host)))).append("\n\n");
      }
      host.problems().forEach(line -> out.append("  ").append(Shown.text(line)).append('\n'));
      if (host.plan() != null) {
        out.append(host.problems().isEmpty() ? "" : "\n");
        out.append(new PlanText(colours, full).render(shown(host), host.plan()));
      }
      for (CheckDiff check : host.checks()) {
        out.append("  ").append(Shown.text(check.line())).append('\n');
      }
      out.append(host.checks().isEmpty() ? "" : "\n");
      out.append("  ").append(palette.dim(remark(host))).append("\n\n");
    }
    return out.append(palette.bold(sentence())).append('\n').toString();
  }

  /** A comment for a merge request. */
  public String markdown(boolean full) {
    StringBuilder out = new StringBuilder();
    out.append("## Network: ").append(sentence()).append("\n\n");
    for (HostDiff host : hosts) {
      if (host.plan() != null) {
        out.append(new PlanMarkdown(full).render(shown(host), host.plan())).append('\n');
      } else {
        out.append("### ").append(PlanMarkdown.code(name(host))).append("\n\n");
      }
      host.problems()
          .forEach(line -> out.append("- :x: ").append(PlanMarkdown.plain(line)).append('\n'));
      out.append(host.problems().isEmpty() ? "" : "\n");
      for (CheckDiff check : host.checks()) {
        out.append("- ").append(PlanMarkdown.code(check.line())).append('\n');
      }
      out.append(host.checks().isEmpty() ? "" : "\n");
      out.append("<sub>").append(PlanMarkdown.plain(remark(host))).append("</sub>\n\n");
    }
    return out.toString();
  }

  /** For programs: {@code schemas/diff.schema.json}. */
  public void json(Writer writer) {
    try (JsonGenerator json = Json.generator(writer)) {
      json.writeStartObject();
      json.writeNumberProperty("version", PlanJson.VERSION);
      json.writeStringProperty("from", from);
      json.writeStringProperty("to", to);
      json.writeArrayPropertyStart("hosts");
      for (HostDiff host : hosts) {
        json.writeStartObject();
        Json.text(json, "host", host.header().host());
        json.writeStringProperty("file", host.header().file());
        json.writeStringProperty("what", host.what().label());
        json.writeStringProperty("basis", host.basis().label());
        Json.texts(json, "problems", host.problems());
        json.writeArrayPropertyStart("checks");
        for (CheckDiff check : host.checks()) {
          json.writeStartObject();
          json.writeStringProperty("address", check.address());
          Json.text(json, "before", check.before());
          Json.text(json, "after", check.after());
          json.writeEndObject();
        }
        json.writeEndArray();
        if (host.plan() == null) {
          json.writeNullProperty("plan");
        } else {
          json.writeName("plan");
          PlanJson.write(shown(host), host.plan(), json);
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static String name(HostDiff host) {
    return host.header().host().isEmpty()
        ? host.header().file()
        : host.header().host() + " · " + host.header().file();
  }

  /** A file that is no host's alone stands for itself. */
  private static PlanHeader shown(HostDiff host) {
    PlanHeader header = host.header();
    return header.host().isEmpty()
        ? new PlanHeader("any host", header.file(), header.revision())
        : header;
  }

  private String remark(HostDiff host) {
    return switch (host.what()) {
      case REMOVED -> "The file is gone: its host keeps what it has, and says that it has no file.";
      case BROKEN -> "The file is refused: its host keeps what it has.";
      default ->
          switch (host.basis()) {
            case RECORD -> "From the recorded state of the host.";
            case NOTHING -> "From a host on which nothing was applied yet.";
            case REVISION ->
                "From a host that is as "
                    + from.substring(0, Math.min(SHORT, from.length()))
                    + " says.";
          };
    };
  }

  private String sentence() {
    long touched = hosts.stream().filter(HostDiff::changes).count();
    long bad = hosts.stream().filter(HostDiff::isBad).count();
    String names = range();
    if (hosts.isEmpty()) {
      return names + " touches no host.";
    }
    List<Plan> plans = hosts.stream().map(HostDiff::plan).filter(Objects::nonNull).toList();
    return names
        + " touches "
        + Shown.count(hosts.size(), "host")
        + " and changes "
        + (touched == 0 ? "none" : touched + " of them")
        + ": "
        + Summary.counts(plans)
        + (bad == 0 ? "." : "; " + Shown.count(bad, "file") + " cannot be applied.");
  }

  private String range() {
    return from.substring(0, Math.min(SHORT, from.length()))
        + ".."
        + to.substring(0, Math.min(SHORT, to.length()));
  }
}
