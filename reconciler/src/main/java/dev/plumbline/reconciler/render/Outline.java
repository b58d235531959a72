// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.spec.HostYaml;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A plan's changes in the order in which they are best read, with what is alike put together. */
final class Outline {
  /** So many blocks that are alike are printed whole; of more, the first {@link #SHOWN}. */
  private static final int FOLD_ABOVE = 6;

  private static final int SHOWN = 3;

  /** With more blocks than this, those whose values differ count as alike too. */
  private static final int LONG = 60;

  /** In the order in which a file is written. */
  private static final List<String> SECTIONS =
      Stream.concat(HostYaml.MAPS.stream(), HostYaml.LISTS.stream()).toList();

  private Outline() {}

  /** An object's change and those below it. */
  record Block(List<Change> changes) {
    Change first() {
      return changes.get(0);
    }
  }

  /** Blocks that are alike, in the order of the plan; those in {@code folded} are only counted. */
  record Group(List<Block> shown, List<Block> folded) {
    int foldedChanges() {
      return folded.stream().mapToInt(block -> block.changes().size()).sum();
    }
  }

  /**
   * The groups of a plan.
   *
   * @param full whether nothing is folded
   */
  static List<Group> of(Plan plan, boolean full) {
    List<Block> blocks = blocks(plan);
    List<Group> groups = groups(plan, blocks, full, true);
    int shown = groups.stream().mapToInt(group -> group.shown().size()).sum();
    return full || shown <= LONG ? groups : groups(plan, blocks, false, false);
  }

  private static List<Block> blocks(Plan plan) {
    Set<String> addresses = new HashSet<>();
    plan.changes().forEach(change -> addresses.add(change.address()));
    Map<String, List<Change>> byObject = new LinkedHashMap<>();
    for (Change change : plan.changes()) {
      byObject
          .computeIfAbsent(object(change.address(), addresses), key -> new ArrayList<>())
          .add(change);
    }
    List<Block> blocks = new ArrayList<>();
    byObject.forEach(
        (object, changes) -> {
          // The object itself leads, even where a part of it has to be done before.
          changes.sort(Comparator.comparing(change -> !change.address().equals(object)));
          blocks.add(new Block(List.copyOf(changes)));
        });
    blocks.sort(Comparator.comparing(block -> section(block.first().address())));
    return blocks;
  }

  /** The outermost change that this address is a part of; keys may have dots themselves. */
  private static String object(String address, Set<String> addresses) {
    for (int i = 1; i < address.length(); i++) {
      boolean ends = address.charAt(i) == '.' || address.charAt(i) == '[';
      if (ends && addresses.contains(address.substring(0, i))) {
        return address.substring(0, i);
      }
    }
    return address;
  }

  private static int section(String address) {
    int end = 0;
    while (end < address.length() && Character.isLetter(address.charAt(end))) {
      end++;
    }
    int known = SECTIONS.indexOf(address.substring(0, end));
    return known < 0 ? SECTIONS.size() : known;
  }

  private static List<Group> groups(Plan plan, List<Block> blocks, boolean full, boolean strict) {
    Map<String, List<Block>> alike = new LinkedHashMap<>();
    for (Block block : blocks) {
      // What may cut somebody off is not only counted.
      boolean alone = block.changes().stream().anyMatch(each -> !plan.touches(each).isEmpty());
      String key = alone ? block.first().address() : signature(block, strict);
      alike.computeIfAbsent(key, none -> new ArrayList<>()).add(block);
    }
    List<Group> groups = new ArrayList<>();
    for (List<Block> group : alike.values()) {
      boolean fold = !full && group.size() > FOLD_ABOVE;
      groups.add(
          new Group(
              List.copyOf(fold ? group.subList(0, SHOWN) : group),
              List.copyOf(fold ? group.subList(SHOWN, group.size()) : List.of())));
    }
    return groups;
  }

  /**
   * What blocks have in common that are alike: sections, actions, kinds, disruption and fields; in
   * the strict form the old and new values too, except of what is made anew.
   */
  private static String signature(Block block, boolean strict) {
    StringBuilder text = new StringBuilder().append(section(block.first().address()));
    for (Change change : block.changes()) {
      text.append('\n')
          .append(change.action())
          .append(' ')
          .append(change.id().type())
          .append(' ')
          .append(change.disruption().level());
      for (FieldChange field : change.fields()) {
        text.append(' ').append(field.name());
        boolean value =
            field.name().equals("kind") || (strict && !(change instanceof Change.Create));
        if (value) {
          text.append('=').append(field.before()).append('>').append(field.after());
        }
      }
    }
    return text.toString();
  }
}
