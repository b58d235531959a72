// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.SourceMap;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the state does not say for certain, after mistakes of form and value: a value that could not
 * be read is absent from the state, and so is what stands at a key that nobody knows. A check that
 * rests on something being absent, or on a usual value, asks here first, so that one mistake gives
 * one problem while everything that is certain is checked in the same round.
 */
final class Doubts {
  private final SourceMap sources;
  private final Set<Position> wrong;
  private final Set<Position> unread;

  /** Addresses with a mistake at them or below them. */
  private final Set<String> touched = new HashSet<>();

  /** Addresses whose absent keys may have been meant by something that could not be read. */
  private final Set<String> open = new HashSet<>();

  /** Names that something has which could not be read. */
  private final Set<String> names = new HashSet<>();

  /** Members of such objects, and whatever stands at keys that nobody knows. */
  private final Set<String> members = new HashSet<>();

  /** Objects, and far ends of veths, with a mistake in them. */
  private final List<Touched> objects = new ArrayList<>();

  private final Set<Position> found = new HashSet<>();
  private final boolean blind;

  /**
   * An object with a mistake in it.
   *
   * @param namespace that it lives in; null if that is in doubt
   */
  record Touched(String address, @Nullable String namespace) {}

  /**
   * Looks for the mistakes so far.
   *
   * @param tree that the state was read from
   * @param problems of its form and values
   */
  Doubts(SourceMap sources, YamlMap tree, Problems problems) {
    this.sources = sources;
    this.wrong = problems.wrong();
    this.unread = problems.unread();
    if (problems.hasErrors()) {
      walk(tree, "");
      tree.entries().forEach(this::section);
    }
    // What is nowhere in the tree (a key that stands twice, a file that is not there) hides
    // anything.
    blind = problems.hasErrors() && (problems.isFull() || !found.containsAll(wrong));
  }

  /** Finds mistakes; true if there is any at or below the node. */
  private boolean walk(YamlNode node, String address) {
    boolean any = isWrong(node.position());
    if (any) {
      open.add(address);
    }
    if (node instanceof YamlMap map) {
      for (var entry : map.entries().entrySet()) {
        String child = address.isEmpty() ? entry.getKey() : address + "." + entry.getKey();
        boolean here = isWrong(entry.getValue().keyPosition());
        if (here) {
          open.add(child);
        }
        if (unread.contains(entry.getValue().keyPosition())) {
          open.add(address);
          texts(entry.getValue().value(), names);
          texts(entry.getValue().value(), members);
        }
        if (walk(entry.getValue().value(), child) || here) {
          touched.add(child);
          any = true;
        }
      }
    } else if (node instanceof YamlList list) {
      for (int i = 0; i < list.items().size(); i++) {
        String child = address + "[" + i + "]";
        if (walk(list.items().get(i), child)) {
          touched.add(child);
          any = true;
        }
      }
    }
    return any;
  }

  private boolean isWrong(Position position) {
    if (!wrong.contains(position)) {
      return false;
    }
    found.add(position);
    return true;
  }

  /** The names of objects with mistakes: they are as good as there. */
  private void section(String section, YamlMap.Entry entry) {
    if (touched.contains(section) && entry.value() instanceof YamlMap objects) {
      objects
          .entries()
          .forEach(
              (key, object) -> {
                if (touched.contains(section + "." + key)) {
                  names.add(key);
                  device(object.value(), section + "." + key);
                }
              });
    }
  }

  private void device(YamlNode object, String address) {
    if (object instanceof YamlMap map) {
      boolean sure = !about(address + ".namespace");
      String namespace = map.get("namespace") instanceof YamlScalar scalar ? scalar.text() : "";
      objects.add(new Touched(address, sure ? namespace : null));
      YamlNode name = map.get("device");
      if (name != null) {
        texts(name, names);
      }
      YamlNode peer = map.get("peer");
      if (peer != null) {
        device(peer, address + ".peer");
      }
      YamlNode list = map.get("members");
      if (list != null) {
        texts(list, members);
      }
    }
  }

  private static void texts(YamlNode node, Set<String> into) {
    if (node instanceof YamlMap map) {
      map.entries()
          .forEach(
              (key, entry) -> {
                into.add(key);
                texts(entry.value(), into);
              });
    } else if (node instanceof YamlList list) {
      list.items().forEach(item -> texts(item, into));
    } else if (node instanceof YamlScalar scalar) {
      into.add(scalar.text());
    }
  }

  /** Whether there is no mistake, so that everything is as it was meant. */
  boolean none() {
    return touched.isEmpty() && open.isEmpty();
  }

  /** Whether the state may say something else at this address than the file's writer meant. */
  boolean about(String address) {
    if (touched.contains(address)) {
      return true;
    }
    String at = address;
    while (!at.isEmpty() && !sources.has(at)) {
      int cut = Math.max(at.lastIndexOf('.'), at.lastIndexOf('['));
      at = cut < 0 ? "" : at.substring(0, cut);
    }
    return !at.equals(address) && open.contains(at);
  }

  /** Whether the file may have an object or device of this name that the state lacks. */
  boolean hides(String name) {
    return blind || names.contains(name);
  }

  /** Whether it may be a member of something that could not be read. */
  boolean mayBeMember(String name) {
    return blind || members.contains(name);
  }

  /** Whether there may be objects that are at no known place of the file. */
  boolean hidesObjects() {
    return blind || open.contains("");
  }

  /** Objects, and far ends of veths, with a mistake in them. */
  List<Touched> objects() {
    return objects;
  }
}
