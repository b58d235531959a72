// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.LiveText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One change that is asked for: {@code modify device n1/a | up=true | as=n1/b}. The fields are
 * those of the resource; {@code owner} is its mark, {@code as} a device's new name and place.
 *
 * @param verb create, modify, recreate or delete
 * @param id what it is done to
 * @param fields what it is to have
 */
record Ask(String verb, ResourceId id, SortedMap<String, String> fields) {
  private static final String AS = "as";
  private static final String OWNER = "owner";

  static Ask of(String verb, ResourceId id, Map<String, String> fields) {
    return new Ask(verb, id, new TreeMap<>(fields));
  }

  /** The reverse of {@link #toString}. */
  static Ask parse(String line) {
    String[] parts = line.split("\\|", -1);
    String[] words = parts[0].strip().split(" ", 2);
    SortedMap<String, String> fields = new TreeMap<>();
    for (int i = 1; i < parts.length; i++) {
      String[] field = parts[i].strip().split("=", 2);
      fields.put(field[0], field[1]);
    }
    return new Ask(words[0], LiveText.id(words[1]), fields);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(verb).append(' ').append(id);
    fields.forEach((name, value) -> text.append(" | ").append(name).append('=').append(value));
    return text.toString();
  }

  /** The change; null where what it is about is not there. */
  @Nullable Change change(LiveState live) {
    Resource there = live.find(id);
    SortedMap<String, String> values = new TreeMap<>(fields);
    String owner = values.remove(OWNER);
    String as = values.remove(AS);
    ResourceId then = as == null ? id : LiveText.id("device " + as);
    String address = id.toString();
    if (verb.equals("create")) {
      Resource wanted = new Resource(id, owner, values);
      return new Change.Create(address, wanted, List.of(), Disruption.NONE);
    }
    if (there == null) {
      return null;
    }
    if (verb.equals("delete")) {
      return new Change.Delete(address, there, false, List.of(), Disruption.NONE);
    }
    if (!then.namespace().equals(id.namespace()) && !there.get("master").isEmpty()) {
      values.putIfAbsent("master", ""); // as the planner has it: it has none there
    }
    // A route is replaced as a whole.
    boolean route = id.type() == ResourceType.ROUTE;
    Resource wanted = (route ? new Resource(id, null, values) : there.with(values)).withId(then);
    wanted = owner == null ? wanted : wanted.withOwner(owner);
    List<FieldChange> changes = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          if (!there.get(name).equals(value)) {
            changes.add(new FieldChange(name, there.get(name), value));
          }
        });
    if (owner != null) {
      changes.add(new FieldChange(OWNER, String.valueOf(there.owner()), owner));
    }
    if (verb.equals("recreate")) {
      // As the planner has it: what is wanted is what is named.
      Resource anew = new Resource(then, owner, values);
      return new Change.Recreate(address, there, anew, changes, List.of(), Disruption.NONE);
    }
    return new Change.Modify(address, there, wanted, changes, List.of(), Disruption.NONE);
  }
}
