// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.ThrowawayHost;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * docs/tour.cast is what a terminal shows of the commands of docs/tour.md. Somebody who types and
 * reads is made up, at an even pace; what is printed is real, with its colours. {@code
 * -Dgolden.update=true} records anew.
 */
class TourTest {
  private static final Path PAGE = Path.of("../docs/tour.md");
  private static final Path CAST = Path.of("../docs/tour.cast");
  private static final int COLUMNS = 140;
  private static final int ROWS = 32;
  private static final JsonMapper JSON = new JsonMapper();

  /** Lines of the file, and the time of the last one. */
  private final List<String> lines = new ArrayList<>();

  private BigDecimal at = BigDecimal.ZERO;

  private void show(String text, double secondsBefore) {
    at = at.add(BigDecimal.valueOf(secondsBefore)).setScale(2, RoundingMode.HALF_UP);
    lines.add("[" + at + ", \"o\", " + JSON.writeValueAsString(text) + "]");
  }

  @Test
  @ExtendWith(ThrowawayHost.class)
  @Timeout(300)
  void theRecordingIsWhatTheCommandsShow(@TempDir Path directory) throws Exception {
    DocsPage page = DocsPage.read(PAGE);
    Set<String> missing = new TreeSet<>();
    page.blocks().forEach(block -> missing.addAll(block.missing()));
    if (!missing.isEmpty()) {
      String reason = "there is no " + missing + ": the recording is not compared";
      System.err.println(reason);
      Assumptions.abort(reason);
    }
    lines.add(
        "{\"version\": 2, \"width\": %d, \"height\": %d, \"title\": \"plumbline, the tour\"}"
            .formatted(COLUMNS, ROWS));
    try (DocsHost host =
        new DocsHost(directory, Installed.in(Path.of("target/installed")), COLUMNS, ROWS)) {
      List<String> wrong =
          host.run(
              page,
              (step, ended) -> {
                show("\u001b[1m$ \u001b[0m", 1);
                for (int character : step.command().codePoints().toArray()) {
                  show(Character.toString(character), 0.06);
                }
                show("\r\n", 0.4);
                if (!ended.printed().isEmpty()) {
                  show(ended.printed().replace("\n", "\r\n"), 0.3);
                }
                at = at.add(BigDecimal.valueOf(3 + 1.05 * ended.printed().lines().count()));
              });
      assertEquals("", String.join("\n", wrong));
      show("\u001b[1m$ \u001b[0m", 1);
    }
    if (Boolean.getBoolean("golden.update")) {
      Files.write(CAST, lines);
    }
    assertEquals(
        DocsTest.alike(shown(Files.readAllLines(CAST))), DocsTest.alike(shown(lines)), "record it");
  }

  /** What is on the screen in the end, if it is high enough, without colours. */
  private static String shown(List<String> cast) {
    StringBuilder all = new StringBuilder();
    for (String line : cast.subList(1, cast.size())) {
      all.append(JSON.readTree(line).get(2).asString());
    }
    return all.toString()
        .replaceAll("\u001b\\[[0-9;]*[A-Za-z]", "")
        .replace("\r\n", "\n")
        .replaceAll("[^\n]*\r", "");
  }

  @Test
  void whatTheReadmeShowsIsOfTheRecording() throws Exception {
    String readme = Files.readString(Path.of("../README.md"));
    int from = readme.indexOf("```\n$ ") + 4;
    List<String> cast = DocsTest.alike(shown(Files.readAllLines(CAST))).lines().toList();
    int next = 0;
    for (String line : readme.substring(from, readme.indexOf("```", from)).lines().toList()) {
      String part = DocsTest.alike(line).strip();
      List<String> rest = cast.subList(next, cast.size());
      int found = rest.indexOf(part);
      assertTrue(found >= 0, () -> part + " in\n" + String.join("\n", rest));
      next += found + 1;
    }
  }

  @Test
  void theRecordingIsAnAsciicastOfThreeMinutes() throws Exception {
    List<String> cast = Files.readAllLines(CAST);
    JsonNode header = JSON.readTree(cast.get(0));
    assertEquals(2, header.get("version").asInt());
    assertTrue(header.get("width").asInt() > 0 && header.get("height").asInt() > 0);
    double last = 0;
    for (String line : cast.subList(1, cast.size())) {
      JsonNode event = JSON.readTree(line);
      assertTrue(event.isArray() && event.size() == 3, line);
      assertTrue(event.get(0).isNumber() && event.get(0).asDouble() >= last, line);
      assertEquals("o", event.get(1).asString(), line);
      assertTrue(event.get(2).isString(), line);
      last = event.get(0).asDouble();
    }
    assertTrue(last > 120 && last < 200, "three minutes, and not " + last + " s");
    String all = shown(cast);
    for (String line : all.split("\n", -1)) {
      assertTrue(line.length() <= COLUMNS, () -> "is wrapped: " + line);
    }
    for (String part :
        List.of("repaired in", "because   checks.web", "10.0.0.2/24", "delivered to host")) {
      assertTrue(all.contains(part), () -> part + " in\n" + all);
    }
  }
}
