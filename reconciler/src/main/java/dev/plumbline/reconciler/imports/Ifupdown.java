// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.reconciler.imports.InterfacesFile.Option;
import dev.plumbline.reconciler.imports.InterfacesFile.Stanza;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.value.Prefix;
import dev.plumbline.spec.value.ValueException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * interfaces(5) of Debian's classic ifupdown, with the stanzas of bridge-utils-interfaces(5), of
 * ifenslave and of vlan.
 */
public final class Ifupdown {
  private static final Pattern DOTTED = Pattern.compile("(.+)\\.([0-9]{1,4})");
  private static final Pattern NUMBERED = Pattern.compile("vlan0*([0-9]{1,4})");
  private static final Set<String> COMMANDS =
      Set.of("up", "post-up", "pre-up", "down", "pre-down", "post-down");

  /** Of a bridge of bridge-utils: seconds, numbers and truths of the file. */
  private static final Map<String, String> BRIDGE_SECONDS =
      Map.of(
          "bridge-fd", "stp.forwardDelay",
          "bridge-hello", "stp.helloTime",
          "bridge-maxage", "stp.maxAge",
          "bridge-ageing", "macTable.aging");

  private final Draft draft = new Draft();
  private final InterfacesFile file = new InterfacesFile(draft);

  /** By the name before the colon. */
  private final Map<String, List<Stanza>> interfaces = new LinkedHashMap<>();

  /** Members by bond, from the members' own stanzas. */
  private final Map<String, List<String>> members = new LinkedHashMap<>();

  /** Devices that some bridge or bond brings up. */
  private final Set<String> carried = new LinkedHashSet<>();

  private Ifupdown() {}

  /** Reads the files one after the other, as if they were one. */
  public static Imported read(List<SourceText> sources) {
    Ifupdown ifupdown = new Ifupdown();
    sources.forEach(ifupdown.file::read);
    ifupdown.gather();
    ifupdown.interfaces.forEach(ifupdown::device);
    ifupdown.interfaces.forEach(ifupdown::commands);
    ifupdown.missing();
    return ifupdown.draft.finish();
  }

  private void gather() {
    for (Stanza stanza : file.stanzas) {
      String name = stanza.name().replaceFirst(":.*", "");
      interfaces.computeIfAbsent(name, key -> new ArrayList<>()).add(stanza);
      for (Option option : stanza.options()) {
        if (option.key().equals("bond-master")) {
          members.computeIfAbsent(option.value(), key -> new ArrayList<>()).add(name);
          carried.add(name);
        } else if (option.key().equals("bridge-ports") || option.key().matches("(bond-)?slaves")) {
          carried.addAll(List.of(option.value().split("\\s+")));
        }
      }
    }
    for (String name : file.started) {
      if (!interfaces.containsKey(name.replaceFirst(":.*", ""))) {
        draft.comment("", null, "`" + name + "` is started by auto or allow-…, and has no `iface`");
      }
    }
  }

  private boolean isStarted(String name) {
    return file.started.contains(name);
  }

  private void device(String name, List<Stanza> stanzas) {
    if (!isStarted(name) && !carried.contains(name) && !members.containsKey(name)) {
      draft.comment(
          "",
          stanzas.get(0).at(),
          "`" + name + "` is left out: neither `auto` nor `allow-hotplug` starts it");
      return;
    }
    Map<String, Object> object = new LinkedHashMap<>();
    String section = section(name, stanzas, object);
    String about = section + "." + name;
    for (Stanza stanza : stanzas) {
      new Lines(name, about, object, stanza).read();
    }
    if (section.equals("interfaces") && name.equals("lo") && object.isEmpty()) {
      return; // it is there and up everywhere
    }
    if (section.equals("interfaces") && !name.equals("lo")) {
      object.put("up", true);
    }
    draft.object(section, name).putAll(object);
  }

  /** Where the device belongs, with what makes it. */
  private String section(String name, List<Stanza> stanzas, Map<String, Object> object) {
    Option ports = option(stanzas, "bridge-ports");
    if (ports != null) {
      bridge(name, ports, object);
      return "bridges";
    }
    Option slaves = option(stanzas, "bond-slaves", "slaves");
    if (slaves != null || members.containsKey(name) || option(stanzas, "bond-mode") != null) {
      List<String> list = new ArrayList<>(members.getOrDefault(name, List.of()));
      if (slaves != null && !slaves.value().equals("none")) {
        for (String slave : slaves.value().split("\\s+", -1)) {
          if (!list.contains(slave)) {
            list.add(slave);
          }
        }
      }
      object.put("mode", "balance-rr"); // the kernel's
      object.put("members", list);
      return "bonds";
    }
    Option raw = option(stanzas, "vlan-raw-device");
    Option id = option(stanzas, "vlan-id");
    Matcher dotted = DOTTED.matcher(name);
    Matcher numbered = NUMBERED.matcher(name);
    if (dotted.matches()) {
      vlan(object, raw == null ? dotted.group(1) : raw.value(), dotted.group(2));
      return "vlans";
    }
    if (raw != null && (id != null || numbered.matches())) {
      vlan(object, raw.value(), id != null ? id.value() : numbered.group(1));
      return "vlans";
    }
    return "interfaces";
  }

  private static void vlan(Map<String, Object> object, String parent, String id) {
    object.put("parent", parent);
    Draft.put(object, "id", id.replaceFirst("^0+(?=.)", ""));
  }

  private void bridge(String name, Option ports, Map<String, Object> object) {
    object.put("datapath", "kernel");
    Map<String, Object> entries = new LinkedHashMap<>();
    String[] words = ports.value().isEmpty() ? new String[0] : ports.value().split("\\s+");
    for (String port : words) {
      if (port.equals("all") || port.equals("regex") || port.equals("noregex")) {
        draft.comment(
            "bridges." + name,
            ports.at(),
            "`" + ports + "` means the devices that are there: name each of them in `ports`");
        break;
      } else if (!port.equals("none")) {
        entries.put(port, new LinkedHashMap<String, Object>());
        // bridge-utils makes what is named like a VLAN of another device.
        Matcher vlan = DOTTED.matcher(port);
        if (vlan.matches() && !interfaces.containsKey(port)) {
          vlan(draft.object("vlans", port), vlan.group(1), vlan.group(2));
        }
      }
    }
    if (!entries.isEmpty()) {
      object.put("ports", entries);
    }
  }

  private static @Nullable Option option(List<Stanza> stanzas, String... keys) {
    for (Stanza stanza : stanzas) {
      for (Option option : stanza.options()) {
        if (List.of(keys).contains(option.key())) {
          return option;
        }
      }
    }
    return null;
  }

  /** Ports and members without a stanza of their own are brought up all the same. */
  private void missing() {
    for (String name : carried) {
      boolean word = name.matches("none|all|regex|noregex|") || name.matches(".*[*\\[(/].*");
      if (!word && draft.sectionOf(name) == null) {
        draft.object("interfaces", name).put("up", true);
      }
    }
  }

  private void commands(String name, List<Stanza> stanzas) {
    for (Stanza stanza : stanzas) {
      for (Option option : stanza.options()) {
        boolean known = COMMANDS.contains(option.key());
        String section = draft.sectionOf(name);
        if (!known || section == null) {
          continue;
        }
        boolean down = option.key().endsWith("down");
        boolean done =
            down
                ? PlainCommand.isUndoing(option.value())
                : PlainCommand.read(draft, option.at(), name, option.value());
        if (!done) {
          String where = draft.sectionOf(name);
          draft.comment(
              where + "." + name,
              option.at(),
              "`" + option + "` is not taken over: a command, which the file has none of");
        }
      }
    }
  }

  /** The options of one stanza. */
  private final class Lines {
    private final String name;
    private final String about;
    private final Map<String, Object> object;
    private final Stanza stanza;
    private final Map<String, Option> first = new LinkedHashMap<>();

    Lines(String name, String about, Map<String, Object> object, Stanza stanza) {
      this.name = name;
      this.about = about;
      this.object = object;
      this.stanza = stanza;
      for (Option option : stanza.options()) {
        first.putIfAbsent(option.key(), option);
      }
    }

    void read() {
      boolean v4 = stanza.family().equals("inet");
      boolean known = v4 || stanza.family().equals("inet6");
      switch (stanza.method()) {
        case "static" -> {
          if (known) {
            guarded(this::address);
            guarded(this::gateway);
          }
        }
        case "loopback", "manual" -> {}
        case "dhcp", "auto" ->
            comment(
                stanza.at(),
                (stanza.method().equals("dhcp") ? "DHCP" : "router advertisements")
                    + " ("
                    + stanza.family()
                    + "): whoever leases the address keeps it; keep that program running");
        case "" -> {}
        default ->
            comment(
                stanza.at(),
                "the method `"
                    + stanza.method()
                    + "` of "
                    + stanza.family()
                    + " is not taken over");
      }
      if (!known && !stanza.family().equals("inherits") && !stanza.family().equals("can")) {
        comment(stanza.at(), "the family `" + stanza.family() + "` is not taken over");
      }
      for (Option option : stanza.options()) {
        try {
          if (!option(option)) {
            comment(option.at(), "`" + option + "` is not taken over");
          }
        } catch (ValueException e) {
          draft.error(option.at(), e.getMessage(), e.expected());
        }
      }
    }

    private void comment(Position at, String sentence) {
      draft.comment(about, at, sentence);
    }

    private void guarded(Runnable part) {
      try {
        part.run();
      } catch (ValueException e) {
        Option wrong = first.get("address");
        draft.error(wrong == null ? stanza.at() : wrong.at(), e.getMessage(), e.expected());
      }
    }

    private String value(String key) {
      Option option = first.get(key);
      return option == null ? "" : option.value();
    }

    private void address() {
      String text = value("address");
      if (text.isEmpty()) {
        draft.error(stanza.at(), "a static address is missing", "`address 192.0.2.10/24`");
        return;
      }
      String plain = text.replaceFirst("/.*", "");
      IpAddress own = IpAddress.parse(plain);
      boolean v4 = own.family() == IpFamily.IPV4;
      int length;
      if (text.contains("/")) {
        length = Prefix.parse(text).length();
      } else if (!value("netmask").isEmpty()) {
        length = Masks.length(value("netmask"));
      } else {
        length = v4 ? classful(own) : 64;
        comment(
            stanza.at(),
            "the address has no netmask: /" + length + " is what ifupdown takes; say which it is");
      }
      Map<String, Object> address = new LinkedHashMap<>();
      address.put("address", own + "/" + length);
      String peer = value("pointopoint");
      if (!peer.isEmpty()) {
        address.put("peer", IpAddress.parse(peer).toString());
        address.put("address", own + "/" + length);
      }
      if (v4 && stanza.name().contains(":")) {
        address.put("label", stanza.name());
      }
      String scope = value("scope");
      if (!scope.isEmpty()) {
        address.put("scope", scope);
      }
      String broadcast = value("broadcast");
      if (!broadcast.isEmpty() && !broadcast.equals("+") && !broadcast.equals("-")) {
        address.put("broadcast", IpAddress.parse(broadcast).toString());
      }
      if (value("dad-attempts").equals("0")) {
        address.put("noDad", true);
      }
      String preferred = value("preferred-lifetime");
      if (preferred.matches("[0-9]+")) {
        address.put("preferredLifetime", preferred + "s");
      }
      Draft.append(
          object, "addresses", address.size() == 1 ? own + "/" + length : (Object) address);
    }

    /** What the first bits of an address once said of its network. */
    private static int classful(IpAddress address) {
      int first = address.bytes()[0] & 0xff;
      return first < 128 ? 8 : first < 192 ? 16 : 24;
    }

    private void gateway() {
      String gateway = value("gateway");
      if (!gateway.isEmpty() && !gateway.equals("none")) {
        IpAddress via = IpAddress.parse(gateway);
        Map<String, Object> route = draft.add("routes");
        route.put("to", "default");
        route.put("via", via.toString());
        route.put("dev", name);
        route.put("onlink", true);
        if (!value("metric").isEmpty()) {
          Draft.put(route, "metric", value("metric"));
        }
      }
    }

    /** Takes an option over; false if there is no word for it. */
    private boolean option(Option option) {
      String value = option.value();
      boolean addressed = stanza.method().equals("static");
      switch (option.key()) {
        case "address", "netmask", "gateway", "metric", "broadcast", "pointopoint", "scope" -> {
          return addressed;
        }
        case "network" -> {
          return true; // follows from the address, and ifupdown passes over it
        }
        case "dad-attempts", "preferred-lifetime" -> {
          return addressed && (value.matches("0|forever") || option.key().startsWith("pref"));
        }
        case "mtu" -> {
          if (stanza.family().equals("inet6")) {
            return false; // a sysctl of IPv6 where it is less than the device's
          }
          Draft.put(object, "mtu", value);
          return value.matches("[0-9]+");
        }
        case "hwaddress" -> {
          String mac = value.replaceFirst("^ether\\s+", "");
          return mac.contains(":") && put("mac", mac);
        }
        case "vlan-raw-device", "vlan-id" -> {
          return about.startsWith("vlans.");
        }
        case "bond-master", "bridge-ports", "bond-slaves", "slaves" -> {
          return true;
        }
        default -> {
          return COMMANDS.contains(option.key())
              || (about.startsWith("bridges.") && bridge(option))
              || (about.startsWith("bonds.") && bond(option));
        }
      }
    }

    private boolean put(String path, Object value) {
      Draft.put(object, path, value);
      return true;
    }

    private boolean bond(Option option) {
      if (!option.key().startsWith("bond-")) {
        return false;
      }
      String name = option.key().substring("bond-".length()).replace('-', '_');
      String value = option.value();
      // Several are asked for in turn, and one is primary at a time.
      boolean several = name.equals("primary") && value.contains(" ");
      return !several && BondSettings.put(object, name, value);
    }

    private boolean bridge(Option option) {
      String value = option.value();
      String key = option.key();
      String path = BRIDGE_SECONDS.get(key);
      if (path != null) {
        boolean off = value("bridge-stp").matches("|off|no|0") && path.startsWith("stp.");
        if (off && value.matches("0+(\\.0*)?")) {
          comment(
              option.at(),
              "`" + option + "` has no effect without spanning tree, and is left as it is");
          return true;
        }
        return value.matches("[0-9]{1,7}(\\.0+)?")
            && put(path, value.replaceFirst("\\..*", "") + "s");
      }
      switch (key) {
        case "bridge-stp" -> {
          if (value.matches("on|yes|1")) {
            put("stp.enabled", true);
          }
          return value.matches("on|yes|1|off|no|0");
        }
        case "bridge-bridgeprio" -> {
          return value.matches("[0-9]{1,5}") && put("stp.priority", value);
        }
        case "bridge-vlan-aware" -> {
          if (value.equals("yes")) {
            put("vlanFiltering", true);
          }
          return value.matches("yes|no");
        }
        case "bridge-hw" -> {
          return value.matches("(..:){5}..") && put("mac", value);
        }
        case "bridge-pathcost", "bridge-portprio" -> {
          String[] words = value.split("\\s+", -1);
          boolean port =
              words.length == 2
                  && object.get("ports") instanceof Map<?, ?> ports
                  && ports.containsKey(words[0])
                  && words[1].matches("[0-9]{1,5}");
          return port
              && port(words[0], key.equals("bridge-pathcost") ? "pathCost" : "priority", words[1]);
        }
        case "bridge-maxwait", "bridge-waitport" -> {
          comment(
              option.at(),
              "`"
                  + option
                  + "`: nobody waits; `checks` says what has to be reached after an apply");
          return true;
        }
        default -> {
          return false;
        }
      }
    }

    @SuppressWarnings("unchecked")
    private boolean port(String port, String key, String value) {
      Object entry = ((Map<String, Object>) object.getOrDefault("ports", Map.of())).get(port);
      if (entry != null) {
        Draft.put((Map<String, Object>) entry, key, value);
      }
      return entry != null;
    }
  }
}
