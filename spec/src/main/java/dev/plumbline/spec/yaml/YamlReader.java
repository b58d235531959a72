// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.yaml;

import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Position;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML file into a tree.
 *
 * <p>Works on the parser's events, not on the library's own node graph: the limits then hold before
 * anything is built, and nothing recurses over a hostile file.
 */
public final class YamlReader {
  private static final LoadSettings SETTINGS =
      LoadSettings.builder().setCodePointLimit(YamlLimits.FILE_BYTES).setUseMarks(true).build();

  /** An escape that the file ends in, or of a number beyond 31 bits. */
  private static final Pattern NO_CHARACTER =
      Pattern.compile("\\\\(?:[xuU]\\z|U[89A-Fa-f][0-9A-Fa-f]{7})");

  private final String file;
  private final Problems problems;

  private YamlReader(String file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  /**
   * The file's only document; null if it cannot be read, which is a problem then. An empty file is
   * an empty map.
   *
   * @param file name for positions
   */
  public static @Nullable YamlNode read(String file, byte[] content, Problems problems) {
    return new YamlReader(file, problems).read(content);
  }

  private @Nullable YamlNode read(byte[] content) {
    Position whole = Position.ofFile(file);
    if (content.length > YamlLimits.FILE_BYTES) {
      problems.add(
          Problem.error(whole, "", "the file is too large")
              .expecting("at most " + (YamlLimits.FILE_BYTES >> 20) + " MiB"));
      return null;
    }
    String text;
    ByteBuffer bytes = ByteBuffer.wrap(content);
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      // The decoder leaves the buffer where it stopped.
      String before = new String(content, 0, bytes.position(), StandardCharsets.UTF_8);
      problems.add(Problem.error(after(before), "", "the file is not UTF-8 text"));
      return null;
    }
    if (text.startsWith("\ufeff")) {
      text = text.substring(1);
    }
    try {
      Iterator<Event> events = new Parse(SETTINGS).parseString(text).iterator();
      TreeBuilder builder = new TreeBuilder(this::position, problems);
      while (events.hasNext()) {
        if (!builder.accept(events.next())) {
          return null;
        }
      }
      YamlNode root = builder.root();
      return root == null ? new YamlMap(new Position(file, 1, 1), java.util.Map.of()) : root;
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark();
      problems.add(Problem.error(position(mark), "", "not YAML: " + oneLine(e.getProblem())));
    } catch (ReaderException e) {
      String before = text.substring(0, text.offsetByCodePoints(0, e.getPosition()));
      String character = String.format("U+%04X", e.getCodePoint());
      problems.add(
          Problem.error(after(before), "", "not YAML: the character " + character + " is here")
              .expecting("in quotes, as an escape such as \"\\u0007\""));
    } catch (NumberFormatException e) {
      // The library's own, for such an escape.
      Matcher escape = NO_CHARACTER.matcher(text);
      Position at = escape.find() ? after(text.substring(0, escape.start())) : whole;
      problems.add(
          Problem.error(at, "", "not YAML: this escape sequence is no character")
              .expecting("one such as \"\\u0007\""));
    } catch (YamlEngineException e) {
      problems.add(Problem.error(whole, "", "not YAML: " + oneLine(e.getMessage())));
    }
    return null;
  }

  /** The place of the character after a text that the file begins with. */
  private Position after(String text) {
    int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
    return new Position(file, line, text.length() - text.lastIndexOf('\n'));
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "it ends or breaks here" : text.replaceAll("\\s+", " ").strip();
  }

  private Position position(Optional<Mark> mark) {
    return mark.map(m -> new Position(file, m.getLine() + 1, m.getColumn() + 1))
        .orElse(Position.ofFile(file));
  }
}
