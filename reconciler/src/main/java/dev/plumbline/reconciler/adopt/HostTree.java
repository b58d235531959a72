// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.HostYaml;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.source.MapSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A live host in the file's own terms. */
public final class HostTree {
  private static final List<String> MAPS =
      List.of(
          "namespaces",
          "interfaces",
          "veths",
          "vlans",
          "dummies",
          "bridges",
          "bonds",
          "internalPorts",
          "patches",
          "tunnels",
          "vrfs");

  /** So that what is removed from a list does not move what is still to be removed. */
  private static final Comparator<String> LAST_FIRST =
      Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()).reversed();

  private static final List<String> LISTS = List.of("routes", "rules");

  /** Each round of checking leaves out what the last one refused, and what was refused for that. */
  private static final int ROUNDS = 10;

  private final LiveState live;
  private final Ownership ownership;
  private final Set<ResourceId> setMacs;
  private final @Nullable String only;
  private final Notes notes = new Notes();
  private final Map<String, Object> tree = new LinkedHashMap<>();

  private HostTree(
      LiveState live, Ownership ownership, Set<ResourceId> setMacs, @Nullable String only) {
    this.live = live;
    this.ownership = ownership;
    this.setMacs = setMacs;
    this.only = only;
  }

  /**
   * Writes a host down.
   *
   * @param ownership what plumbline remembers: what it set is written even where it is usual, for
   *     else it would be set back
   * @param setMacs devices whose MAC address somebody set
   * @param only the one namespace that is wanted, empty for the host's own; null for all of them
   */
  public static HostTree of(
      LiveState live, Ownership ownership, Set<ResourceId> setMacs, @Nullable String only) {
    HostTree host = new HostTree(live, ownership, setMacs, only);
    host.write();
    host.leaveOutWhatIsRefused();
    return host;
  }

  /** The file as a plain ordered tree of maps, lists, texts, Long and Boolean. */
  public Map<String, Object> tree() {
    return tree;
  }

  /** What the file cannot say, a sentence each. */
  public List<String> notes() {
    return notes.sentences();
  }

  /** The file, with the notes as comments at its head. */
  public String yaml() {
    StringBuilder text = new StringBuilder();
    for (String note : notes()) {
      text.append("# ").append(note.replaceAll("\\p{Cntrl}", "?")).append('\n');
    }
    return text.append(HostYaml.write(tree)).toString();
  }

  private void write() {
    tree.put("version", 1L);
    tree.put("host", live.host());
    MAPS.forEach(section -> Scalars.map(tree, section));
    namespaces();
    devices();
    tree.values().removeIf(value -> value instanceof Map<?, ?> map && map.isEmpty());
    tree.values().removeIf(value -> value instanceof List<?> list && list.isEmpty());
  }

  private boolean isWanted(String namespace) {
    return only == null || only.equals(namespace);
  }

  private void namespaces() {
    Map<String, Object> section = Scalars.map(tree, "namespaces");
    for (Resource namespace : live.ofType(ResourceType.NAMESPACE)) {
      String name = namespace.id().key();
      if (isWanted(name) && namespace.has(Resource.UNREADABLE)) {
        notes.add(
            namespace.id(), "left out, it cannot be read: " + namespace.get(Resource.UNREADABLE));
      } else if (isWanted(name) && !namespace.has(Resource.UNFINISHED)) {
        Map<String, Object> sysctls = new TreeMap<>();
        for (Resource sysctl : live.ofType(ResourceType.SYSCTL)) {
          if (sysctl.id().namespace().equals(name)) {
            sysctls.put(sysctl.id().key(), Scalars.of("", sysctl.get("value")));
          }
        }
        section.put(
            name, sysctls.isEmpty() ? Map.of() : new LinkedHashMap<>(Map.of("sysctl", sysctls)));
      }
    }
  }

  private void devices() {
    Sections sections = new Sections(live, notes);
    DeviceTrees trees = new DeviceTrees(live, ownership, setMacs, sections, notes);
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      Sections.Place place = sections.of(device.id());
      boolean wanted = isWanted(device.id().namespace());
      if (place.section().equals("veths") || place.section().equals("internalPorts")) {
        ResourceId peer = PeerText.parse(device.get("peer"));
        wanted |= isWanted(peer.namespace());
      }
      if (wanted && !place.far()) {
        Map<String, Object> object = trees.of(device);
        if (object != null) {
          Scalars.map(tree, place.section()).put(place.key(), object);
        }
      }
    }
    if (isWanted("")) {
      new EmbeddedBridges(live, sections, tree).write();
    }
    list("routes", ResourceType.ROUTE, sections);
    list("rules", ResourceType.RULE, sections);
  }

  private void list(String section, ResourceType type, Sections sections) {
    boolean routes = type == ResourceType.ROUTE;
    List<Object> entries = new ArrayList<>();
    for (Resource resource : live.ofType(type)) {
      if (!isWanted(resource.id().namespace())) {
        continue;
      }
      String obstacle = routes ? Routing.obstacle(resource) : Routing.ruleObstacle(resource);
      if (obstacle.isEmpty()) {
        entries.add(routes ? Routing.route(resource, sections) : Routing.rule(resource, sections));
      } else {
        notes.add(resource.id(), obstacle);
      }
    }
    tree.put(section, entries);
  }

  /** A host may be set up in ways that a file is refused for: those objects are left out. */
  private void leaveOutWhatIsRefused() {
    for (int round = 0; round < ROUNDS; round++) {
      Map<String, String> refused = new TreeMap<>(LAST_FIRST);
      for (Problem problem : problems()) {
        if (problem.isError()) {
          refused.putIfAbsent(problem.address(), problem.message());
        }
      }
      if (refused.isEmpty()) {
        return;
      }
      refused.forEach(
          (address, reason) ->
              notes.add(remove(address), "left out, for the file would be refused: " + reason));
    }
  }

  private List<Problem> problems() {
    MapSource source = MapSource.ofTexts(Map.of("host.yaml", HostYaml.write(tree)));
    return HostFile.load(source, "host.yaml", LoadOptions.defaults()).problems();
  }

  /** Removes an object and gives its name for people: of a route all that it says. */
  private String remove(String address) {
    for (String section : MAPS) {
      if (tree.get(section) instanceof Map<?, ?> map && address.startsWith(section + ".")) {
        String rest = address.substring(section.length() + 1);
        map.keySet().removeIf(key -> rest.equals(key) || rest.startsWith(key + "."));
        if (map.isEmpty()) {
          tree.remove(section);
        }
      }
    }
    for (String section : LISTS) {
      if (tree.get(section) instanceof List<?> list && address.startsWith(section + "[")) {
        int index = Integer.parseInt(address.substring(section.length() + 1, address.indexOf(']')));
        List<Object> rest = new ArrayList<>(list);
        Object entry = rest.remove(index);
        tree.put(section, rest);
        return section + " " + entry;
      }
    }
    return address;
  }
}
