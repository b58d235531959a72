// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.VlanModes;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of a change in the file's words, for people: a device has a {@code master} in the
 * kernel, and is a port of a {@code bridge} or a member of a {@code bond} in the file.
 */
public final class FileTerms {
  private static final String PORT = "port.";
  private static final String MEMBER = "member of";

  private FileTerms() {}

  /**
   * The fields that change, as the file calls them and writes their values; without what tells how
   * things stand and nobody can ask for.
   */
  public static List<FieldChange> of(Change change, Plan plan) {
    List<FieldChange> terms = new ArrayList<>();
    for (FieldChange field : change.fields()) {
      switch (change.id().type()) {
        case DEVICE -> device(change, field, plan, terms);
        case VLANS -> {
          String before = VlanModes.text(field.before());
          terms.add(new FieldChange("vlan", before, VlanModes.text(field.after())));
        }
        case ADDRESS -> {
          if (!AddressText.TOLD.contains(field.name())) {
            terms.add(field);
          }
        }
        default -> terms.add(field);
      }
    }
    return terms;
  }

  private static void device(Change change, FieldChange field, Plan plan, List<FieldChange> terms) {
    if (!field.name().equals("master")) {
      String name = name(change, field.name());
      terms.add(new FieldChange(name, field.before(), field.after()));
      return;
    }
    String left = master(change, field.before(), plan);
    String joined = master(change, field.after(), plan);
    if (field.before().isEmpty() || field.after().isEmpty() || left.equals(joined)) {
      String name = field.after().isEmpty() ? left : joined;
      terms.add(new FieldChange(name, field.before(), field.after()));
    } else {
      terms.add(new FieldChange(left, field.before(), ""));
      terms.add(new FieldChange(joined, "", field.after()));
    }
  }

  private static String name(Change change, String field) {
    if (field.startsWith(PORT)) {
      String setting = field.substring(PORT.length());
      boolean said = change.address().contains(".ports.");
      return said ? setting : "ports." + change.id().device() + "." + setting;
    }
    return name(field);
  }

  /** The word for a field of whatever it is of. */
  public static String name(String field) {
    return switch (field) {
      case "kind" -> "type";
      case "master" -> MEMBER;
      case "owner" -> "made for";
      case "vlans" -> "vlan";
      default -> field.startsWith(PORT) ? field.substring(PORT.length()) : field;
    };
  }

  private static String master(Change change, String name, Plan plan) {
    ResourceId id = ResourceId.deviceIn(change.id().namespace(), name);
    String known = plan.masters().getOrDefault(id, "");
    if (known.isEmpty() && change.address().startsWith("bridges.")) {
      known = "bridge";
    }
    return master(known);
  }

  /** What the file calls the master of a device, by the master's kind. */
  static String master(String kind) {
    return switch (kind) {
      case "bridge", "bond", "vrf" -> kind;
      default -> MEMBER;
    };
  }
}
