// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.FileTerms;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** One change as lines: its address, what it is, its fields, and what to mind. */
final class ChangeLines {
  /** Waiting for more than this is told by a number. */
  private static final int NAMED = 3;

  /** Longer old values do not push the arrows of all others to the right. */
  private static final int ALIGNED = 24;

  /** Columns; a longer line would be wrapped by many a terminal. */
  private static final int WIDTH = 110;

  /** What people look for first; all others follow by name, and {@code up} comes last. */
  private static final List<String> FIRST = List.of("key", "id", "parent", "local", "via", "dev");

  private final Palette palette;
  private final boolean full;

  private final Plan plan;

  ChangeLines(Palette palette, boolean full, Plan plan) {
    this.palette = palette;
    this.full = full;
    this.plan = plan;
  }

  /** The address, and beside it what the change is about; without the sign. */
  String head(Change change) {
    StringBuilder head = new StringBuilder(palette.bold(Shown.text(change.address())));
    String about = about(change);
    if (!about.isEmpty()) {
      head.append("  ").append(palette.dim(about));
    }
    List<FieldChange> fields = fields(change);
    if (isInline(change, fields)) {
      for (FieldChange field : fields) {
        head.append("  ").append(field.name()).append(' ').append(value(change, field, 0));
      }
    }
    return head.toString();
  }

  /** The lines below, without sign and indentation. */
  List<String> details(Change change) {
    List<String> lines = new ArrayList<>();
    List<FieldChange> fields = fields(change);
    if (!isInline(change, fields)) {
      int names = fields.stream().mapToInt(field -> field.name().length()).max().orElse(0);
      int befores =
          fields.stream().mapToInt(field -> Shown.value(field.before()).length()).max().orElse(0);
      for (FieldChange field : fields) {
        lines.add(
            Shown.pad(field.name(), names)
                + "  "
                + value(change, field, Math.min(befores, ALIGNED)));
      }
    }
    if (change.disruption().level() == Disruption.Level.INTERRUPTS) {
      lines.add(palette.warning("! interrupts " + Shown.text(change.disruption().what())));
    }
    for (String path : plan.touches(change)) {
      lines.add(palette.warning("! touches " + Shown.text(path)));
    }
    List<String> prerequisites = prerequisites(change);
    if (!prerequisites.isEmpty()) {
      lines.add(palette.dim("# waits for " + listed(prerequisites)));
    }
    return lines;
  }

  /** One value needs no line of its own; what is made reads as {@code ip -d} prints it. */
  private boolean isInline(Change change, List<FieldChange> fields) {
    if (fields.size() <= 1) {
      return true;
    }
    int width = change.address().length() + about(change).length() + 8;
    for (FieldChange field : fields) {
      width += field.name().length() + field.after().length() + 3;
    }
    return change.action() == Action.CREATE && width <= WIDTH;
  }

  private String value(Change change, FieldChange field, int width) {
    if (change.action() == Action.CREATE) {
      return palette.of(Action.CREATE, Shown.value(field.after()));
    }
    return palette.dim(Shown.pad(Shown.value(field.before()), width))
        + palette.dim(" → ")
        + palette.of(change.action(), Shown.value(field.after()));
  }

  /** Without what the head says already. */
  private List<FieldChange> fields(Change change) {
    if (change.id().type() == ResourceType.RULE) {
      return List.of();
    }
    boolean create = change.action() == Action.CREATE;
    boolean route = change.id().type() == ResourceType.ROUTE;
    return FileTerms.of(change, plan).stream()
        .filter(field -> !(create && field.name().equals("type") && !route))
        .filter(field -> !(create && route && field.after().equals("unicast")))
        .sorted(Comparator.comparing(ChangeLines::rank))
        .toList();
  }

  private static int rank(FieldChange field) {
    int first = FIRST.indexOf(field.name());
    return first >= 0 ? first : field.name().equals("up") ? FIRST.size() + 1 : FIRST.size();
  }

  /** What the address does not say: the kind, and the device where its name is another one. */
  private String about(Change change) {
    ResourceId id = change.id();
    List<String> words = new ArrayList<>();
    if (id.type() == ResourceType.DEVICE) {
      String kind = resource(change).get("kind");
      boolean named = lastKey(change.address()).equals(id.device());
      boolean said = change.address().equals(id.toString());
      if (!kind.isEmpty()) {
        words.add(Shown.text(kind));
      }
      if (!named && !said) {
        words.add((kind.isEmpty() ? "device " : "") + Shown.text(id.device()));
      }
    }
    boolean placed = change.address().contains(id.namespace());
    if (!id.namespace().isEmpty() && !placed) {
      words.add("in " + Shown.text(id.namespace()));
    }
    if (isAlong(change)) {
      words.add("(goes with " + listed(change.waitsFor()) + ")");
    } else if (change instanceof Change.Delete delete && delete.implied()) {
      words.add("(goes with what it rests on)");
    }
    return String.join(" ", words);
  }

  /** Whether it is an address or a route that goes with the steps which it comes after. */
  private static boolean isAlong(Change change) {
    return change instanceof Change.Delete delete
        && delete.implied()
        && change.id().type() != ResourceType.DEVICE
        && !change.waitsFor().isEmpty();
  }

  private static Resource resource(Change change) {
    if (change instanceof Change.Create create) {
      return create.wanted();
    }
    if (change instanceof Change.Modify modify) {
      return modify.live();
    }
    if (change instanceof Change.Recreate recreate) {
      return recreate.wanted();
    }
    return ((Change.Delete) change).live();
  }

  private static String lastKey(String address) {
    int dot = address.indexOf('.');
    int nested = address.lastIndexOf(".ports.");
    int members = address.lastIndexOf(".members.");
    int from = nested >= 0 ? nested + 6 : members >= 0 ? members + 8 : dot;
    return address.substring(from + 1);
  }

  /**
   * The prerequisites worth telling: not the object that this is a part of, and for what is made
   * none, for whoever reads a plan takes for granted that a port comes after its bridge.
   */
  private List<String> prerequisites(Change change) {
    if (full) {
      return change.waitsFor();
    }
    if (change.action() == Action.CREATE || isAlong(change)) {
      return List.of();
    }
    return change.waitsFor().stream()
        .filter(address -> !isPart(change.address(), address) && !isPart(address, change.address()))
        .toList();
  }

  private static boolean isPart(String part, String whole) {
    return part.startsWith(whole + ".") || part.startsWith(whole + "[");
  }

  private static String listed(List<String> addresses) {
    List<String> named =
        addresses.subList(0, Math.min(NAMED, addresses.size())).stream().map(Shown::text).toList();
    int more = addresses.size() - named.size();
    return String.join(", ", named) + (more == 0 ? "" : " and " + more + " more");
  }
}
