// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.yaml;

import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Builds the tree of one document from events, on a stack of its own. */
final class TreeBuilder {
  private final Function<Optional<Mark>, Position> positions;
  private final Problems problems;
  private final Deque<Open> open = new ArrayDeque<>();
  private final Map<String, Optional<YamlNode>> anchors = new HashMap<>();
  private int documents;
  private int aliases;
  private long aliasedNodes;
  private long nodes;
  private @Nullable YamlNode root;

  TreeBuilder(Function<Optional<Mark>, Position> positions, Problems problems) {
    this.positions = positions;
    this.problems = problems;
  }

  /** A map or list that is not closed yet. */
  private static final class Open {
    final Position position;
    final @Nullable String anchor;
    final boolean isMap;
    final Map<String, YamlMap.Entry> entries = new LinkedHashMap<>();
    final List<YamlNode> items = new ArrayList<>();
    @Nullable String key;
    @Nullable Position keyPosition;

    Open(Position position, @Nullable String anchor, boolean isMap) {
      this.position = position;
      this.anchor = anchor;
      this.isMap = isMap;
    }

    YamlNode close() {
      return isMap ? new YamlMap(position, entries) : new YamlList(position, items);
    }
  }

  @Nullable YamlNode root() {
    return root;
  }

  /** Takes the next event; false if the file is refused, with the problem added. */
  boolean accept(Event event) {
    Position at = positions.apply(event.getStartMark());
    return switch (event.getEventId()) {
      case DocumentStart ->
          ++documents == 1 || refuse(at, "a second document begins here", "one document");
      case Alias -> alias((AliasEvent) event, at);
      case Scalar -> scalar((ScalarEvent) event, at);
      case MappingStart -> start((CollectionStartEvent) event, at, true);
      case SequenceStart -> start((CollectionStartEvent) event, at, false);
      case MappingEnd, SequenceEnd -> {
        Open closed = open.pop();
        yield add(closed.close(), closed.anchor, closed.position);
      }
      default -> true;
    };
  }

  private boolean refuse(Position at, String message, String expected) {
    problems.add(Problem.error(at, "", message).expecting(expected));
    return false;
  }

  private static @Nullable String anchor(NodeEvent event) {
    return event.getAnchor().map(Anchor::getValue).orElse(null);
  }

  private boolean start(CollectionStartEvent event, Position at, boolean isMap) {
    if (open.size() >= YamlLimits.DEPTH) {
      return refuse(at, "nested too deeply", "at most " + YamlLimits.DEPTH + " levels");
    }
    if (event.getTag().isPresent()) {
      return refuse(at, "the tag `" + event.getTag().get() + "` means nothing here", "no tags");
    }
    Open parent = open.peek();
    if (parent != null && parent.isMap && parent.key == null) {
      return refuse(at, "a map or list cannot be a key", "a text");
    }
    String anchor = anchor(event);
    if (anchor != null) {
      anchors.put(anchor, Optional.empty());
    }
    open.push(new Open(at, anchor, isMap));
    return true;
  }

  private boolean scalar(ScalarEvent event, Position at) {
    if (event.getTag().isPresent()) {
      return refuse(at, "the tag `" + event.getTag().get() + "` means nothing here", "no tags");
    }
    String text = event.getValue();
    Open parent = open.peek();
    boolean plain = event.getScalarStyle() == ScalarStyle.PLAIN;
    if (parent != null && parent.isMap && parent.key == null) {
      if (plain && text.isEmpty()) {
        return refuse(at, "a key is missing", "a text");
      }
      parent.key = text;
      parent.keyPosition = at;
      return true;
    }
    YamlScalar scalar = plain ? YamlScalar.ofPlain(at, text) : YamlScalar.ofText(at, text);
    return add(scalar.inset(inset(event, plain)), anchor(event), at);
  }

  /** A text of one line and without escapes stands in the file as it is, perhaps in quotes. */
  private static int inset(ScalarEvent event, boolean plain) {
    Mark start = event.getStartMark().orElse(null);
    Mark end = event.getEndMark().orElse(null);
    int quotes = plain ? 0 : 1;
    boolean isAsWritten =
        start != null
            && end != null
            && start.getLine() == end.getLine()
            && end.getColumn() - start.getColumn() == event.getValue().length() + 2 * quotes;
    return isAsWritten ? quotes : YamlScalar.SOMEWHERE;
  }

  private boolean alias(AliasEvent event, Position at) {
    String name = event.getAlias().getValue();
    if (++aliases > YamlLimits.ALIASES) {
      return refuse(at, "too many aliases", "at most " + YamlLimits.ALIASES);
    }
    Optional<YamlNode> node = anchors.get(name);
    if (node == null) {
      return refuse(at, "no anchor `&" + name + "` stands before this alias", "one");
    }
    if (node.isEmpty()) {
      return refuse(at, "the alias `*" + name + "` contains itself", "no cycles");
    }
    Open parent = open.peek();
    if (parent != null && parent.isMap && parent.key == null) {
      return refuse(at, "an alias cannot be a key", "a text");
    }
    if (open.size() + node.get().height() > YamlLimits.DEPTH) {
      return refuse(at, "nested too deeply", "at most " + YamlLimits.DEPTH + " levels");
    }
    aliasedNodes += node.get().size();
    if (aliasedNodes > YamlLimits.ALIASED_NODES) {
      return refuse(
          at, "the aliases stand for too many values", "at most " + YamlLimits.ALIASED_NODES);
    }
    nodes += node.get().size() - 1;
    return add(node.get(), null, at);
  }

  private boolean add(YamlNode node, @Nullable String anchor, Position at) {
    if (++nodes > YamlLimits.NODES) {
      return refuse(at, "too many values", "at most " + YamlLimits.NODES + ", aliases expanded");
    }
    if (anchor != null) {
      anchors.put(anchor, Optional.of(node));
    }
    Open parent = open.peek();
    if (parent == null) {
      root = node;
    } else if (!parent.isMap) {
      parent.items.add(node);
    } else if (parent.key != null && parent.keyPosition != null) {
      YamlMap.Entry first = parent.entries.get(parent.key);
      if (first == null) {
        parent.entries.put(parent.key, new YamlMap.Entry(parent.keyPosition, node));
      } else {
        Position other = first.keyPosition();
        problems.add(
            Problem.error(
                parent.keyPosition,
                "",
                "the key `" + parent.key + "` is here already at " + place(other)));
      }
      parent.key = null;
    }
    return true;
  }

  private static String place(Position position) {
    return "line " + position.line() + ", column " + position.column();
  }
}
