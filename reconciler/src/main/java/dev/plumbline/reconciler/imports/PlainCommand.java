// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.value.Prefix;
import dev.plumbline.spec.value.ValueException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Commands of iproute2 and net-tools that are plain enough to be read: no shell, no unknown word.
 */
final class PlainCommand {
  private static final Set<String> ADD = Set.of("add", "append", "replace", "a");
  private static final Set<String> UNDO = Set.of("del", "delete", "d", "flush");

  private static final Map<String, String> ROUTE_WORDS =
      Map.of(
          "via", "via",
          "dev", "dev",
          "metric", "metric",
          "preference", "metric",
          "priority", "metric",
          "table", "table",
          "src", "source",
          "mtu", "mtu",
          "scope", "scope",
          "advmss", "advmss");

  private static final Set<String> ROUTE_TYPES =
      Set.of("blackhole", "unreachable", "prohibit", "throw", "unicast");

  private static final Map<String, String> RULE_WORDS =
      Map.ofEntries(
          Map.entry("from", "from"),
          Map.entry("to", "to"),
          Map.entry("iif", "iif"),
          Map.entry("dev", "iif"),
          Map.entry("oif", "oif"),
          Map.entry("fwmark", "fwmark"),
          Map.entry("tos", "tos"),
          Map.entry("table", "table"),
          Map.entry("lookup", "table"),
          Map.entry("pref", "priority"),
          Map.entry("priority", "priority"),
          Map.entry("prio", "priority"));

  private final Draft draft;
  private final Deque<String> words;
  private String family = "";

  private PlainCommand(Draft draft, String command) {
    this.draft = draft;
    this.words = new ArrayDeque<>(List.of(command.split("\\s+")));
  }

  /** Whether it only undoes something, which leaving the file does by itself. */
  static boolean isUndoing(String command) {
    String[] words = plain(command, "").split("\\s+", -1);
    boolean undone = false;
    for (String word : words) {
      undone |= UNDO.contains(word) || word.equals("down");
    }
    return undone && words[0].matches("(/usr)?(/s?bin/)?(ip|route|ifconfig|brctl|vconfig)");
  }

  /** Puts what the command does into the draft; false if it is not plain. */
  static boolean read(Draft draft, Position at, String iface, String command) {
    String plain = plain(command, iface);
    if (plain.matches(".*[|&;<>$()`'\"*\\\\].*")) {
      return false;
    }
    try {
      return new PlainCommand(draft, plain).read();
    } catch (ValueException e) {
      draft.error(at, e.getMessage() + " in `" + command + "`", e.expected());
      return true;
    }
  }

  private static String plain(String command, String iface) {
    return command
        .strip()
        .replaceFirst("\\s*(2>\\s*/dev/null)?\\s*\\|\\|\\s*(true|:)$", "")
        .replace("\"$IFACE\"", "$IFACE")
        .replace("${IFACE}", "$IFACE")
        .replace("$IFACE", iface)
        .replace("--", "")
        .strip();
  }

  private String next() {
    String word = words.poll();
    return word == null ? "" : word;
  }

  private boolean read() {
    String program = next().replaceFirst("^(/usr)?/s?bin/", "");
    if (program.equals("ip")) {
      String object = next();
      while (object.startsWith("-")) {
        if (!object.matches("-[46]")) {
          return false;
        }
        family = object;
        object = next();
      }
      if (object.matches("r|ro|route")) {
        return ADD.contains(next()) && route();
      } else if (object.matches("ru|rule")) {
        return ADD.contains(next()) && rule();
      } else if (object.matches("a|ad|addr|address")) {
        return ADD.contains(next()) && address();
      } else if (object.matches("l|li|link")) {
        String verb = next();
        return verb.equals("set") ? set() : verb.equals("add") && link();
      }
      return false;
    } else if (program.equals("route")) {
      return next().equals("add") && oldRoute();
    } else if (program.equals("ifconfig")) {
      String device = next();
      return words.size() == 1 && next().equals("up") && up(device);
    }
    return false;
  }

  private boolean route() {
    Map<String, Object> route = new LinkedHashMap<>();
    String to = next();
    if (ROUTE_TYPES.contains(to)) {
      route.put("type", to);
      to = next();
    }
    boolean v6 = family.equals("-6");
    route.put(
        "to", to.equals("default") && v6 ? "::/0" : to.equals("default") ? to : Masks.network(to));
    while (!words.isEmpty()) {
      String word = next();
      String field = ROUTE_WORDS.get(word);
      if (word.equals("onlink")) {
        route.put("onlink", true);
      } else if (field == null || words.isEmpty()) {
        return false;
      } else {
        String value = next();
        if (field.equals("via") || field.equals("source")) {
          value = IpAddress.parse(value).toString();
        } else if (field.equals("scope") && value.equals("nowhere")) {
          return false;
        } else if (field.equals("table") && !value.matches("[0-9]+|main|default|local")) {
          return false; // a name of rt_tables
        }
        Draft.put(route, field, value);
      }
    }
    draft.add("routes").putAll(route);
    return true;
  }

  private boolean rule() {
    Map<String, Object> rule = new LinkedHashMap<>();
    while (!words.isEmpty()) {
      String word = next();
      String field = RULE_WORDS.get(word);
      String value = next();
      if (field == null || value.isEmpty()) {
        return false;
      }
      if (field.equals("from") || field.equals("to")) {
        if (value.equals("all")) {
          continue;
        }
        value = Masks.network(value);
      } else if (field.equals("table") && !value.matches("[0-9]+|main|default|local")) {
        return false;
      } else if (field.equals("fwmark")) {
        String[] mark = value.split("/", 2);
        try {
          rule.put("fwmark", Long.decode(mark[0]));
          if (mark.length > 1) {
            rule.put("fwmask", Long.decode(mark[1]));
          }
        } catch (NumberFormatException e) {
          return false;
        }
        continue;
      }
      Draft.put(rule, field, value);
    }
    if (!rule.containsKey("priority")) {
      return false; // the kernel would choose one by those that are there
    }
    if (family.equals("-6")) {
      rule.put("family", "ipv6");
    }
    draft.add("rules").putAll(rule);
    return true;
  }

  private boolean address() {
    String text = next();
    Map<String, Object> address = new LinkedHashMap<>();
    address.put(
        "address", text.contains("/") ? Prefix.parse(text).toString() : Masks.network(text));
    String device = null;
    while (!words.isEmpty()) {
      String word = next();
      String value = word.equals("nodad") ? "" : next();
      switch (word) {
        case "dev" -> device = value;
        case "nodad" -> address.put("noDad", true);
        case "label", "scope" -> address.put(word, value);
        case "brd", "broadcast" -> {
          if (!value.equals("+")) {
            address.put("broadcast", value);
          }
        }
        default -> {
          return false;
        }
      }
    }
    if (device == null) {
      return false;
    }
    Map<String, Object> object = device(device);
    Draft.append(object, "addresses", address.size() == 1 ? address.get("address") : address);
    return true;
  }

  /** The object of a device; one that no section makes is there already. */
  private Map<String, Object> device(String name) {
    String section = draft.sectionOf(name);
    return draft.object(section == null ? "interfaces" : section, name);
  }

  private boolean up(@Nullable String device) {
    if (device == null || device.isEmpty()) {
      return false;
    }
    String section = draft.sectionOf(device);
    if (section == null || section.equals("interfaces")) {
      draft.object("interfaces", device).put("up", true);
    } else {
      draft.object(section, device).remove("up");
    }
    return true;
  }

  private boolean set() {
    String device = next();
    if (device.equals("dev")) {
      device = next();
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    boolean up = false;
    while (!words.isEmpty()) {
      String word = next();
      switch (word) {
        case "up" -> up = true;
        case "dev" -> device = next();
        case "mtu" -> Draft.put(settings, "mtu", next());
        case "address" -> settings.put("mac", next());
        case "txqueuelen", "txqlen" -> Draft.put(settings, "txQueueLength", next());
        default -> {
          return false;
        }
      }
    }
    if (device.isEmpty() || settings.containsValue("")) {
      return false;
    }
    device(device).putAll(settings);
    return !up || up(device);
  }

  private boolean link() {
    String name = next();
    if (name.equals("dev") || name.equals("name")) {
      name = next();
    }
    if (!next().equals("type")) {
      return false;
    }
    String type = next();
    if (type.equals("dummy") && words.isEmpty()) {
      move(name, "dummies");
      return true;
    }
    if (type.equals("bridge") && words.isEmpty()) {
      move(name, "bridges").put("datapath", "kernel");
      return true;
    }
    if (type.equals("veth") && next().equals("peer") && words.size() <= 2) {
      String peer = next();
      peer = peer.equals("name") ? next() : peer;
      Map<String, Object> far = new LinkedHashMap<>();
      far.put("device", peer);
      // What is at its other end stays down until something sets it up.
      far.put("up", draft.has("interfaces", peer));
      move(name, "veths").put("peer", far);
      return words.isEmpty() && !peer.isEmpty();
    }
    return false;
  }

  /** Makes a device that was thought to be there already an object that is made. */
  private Map<String, Object> move(String name, String section) {
    Map<String, Object> made = draft.object(section, name);
    Object before = draft.section("interfaces").remove(name);
    if (before instanceof Map<?, ?> settings) {
      settings.forEach((key, value) -> made.put(String.valueOf(key), value));
      made.remove("up", true); // as all that is made
    }
    return made;
  }

  /** {@code route add -net 10.0.0.0 netmask 255.0.0.0 gw 10.0.0.1 dev eth0}. */
  private boolean oldRoute() {
    String to = next();
    boolean host = to.equals("-host");
    if (to.startsWith("-")) {
      if (!to.matches("-net|-host")) {
        return false;
      }
      to = next();
    }
    String mask = "";
    Map<String, Object> route = new LinkedHashMap<>();
    route.put("to", to);
    while (!words.isEmpty()) {
      String word = next();
      String value = next();
      switch (word) {
        case "netmask" -> mask = value;
        case "gw" -> route.put("via", IpAddress.parse(value).toString());
        case "dev" -> route.put("dev", value);
        case "metric" -> Draft.put(route, "metric", value);
        default -> {
          return false;
        }
      }
    }
    if (!to.equals("default")) {
      if (mask.isEmpty() && !host && !to.contains("/")) {
        return false; // by the classes of old
      }
      route.put("to", Masks.network(mask.isEmpty() ? to : to + "/" + Masks.length(mask)));
    }
    draft.add("routes").putAll(route);
    return true;
  }
}
