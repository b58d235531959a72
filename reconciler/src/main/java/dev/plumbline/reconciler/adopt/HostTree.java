// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.HostYaml;
import dev.plumbline.spec.LoadOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A live host in the file's own terms. */
public final class HostTree {
  private final LiveState live;
  private final Ownership ownership;
  private final Set<ResourceId> setMacs;
  private final @Nullable String only;
  private final Notes notes = new Notes();
  private final Map<String, Object> tree = new LinkedHashMap<>();
  private @Nullable Sections sections;

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
    Refused.leaveOut(
        host.tree,
        LoadOptions.defaults(),
        (left, reason) ->
            host.notes.add(left, "left out, for the file would be refused: " + reason));
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

  /**
   * The file that a host is adopted with: devices that it would say nothing of are left out of
   * {@code interfaces}, and each note about a device stands above it.
   */
  public String adopting() {
    Map<String, Object> adopted = new LinkedHashMap<>(tree);
    List<String> head = new ArrayList<>();
    if (tree.get("interfaces") instanceof Map<?, ?> interfaces) {
      Map<Object, Object> said = new LinkedHashMap<>(interfaces);
      said.values().removeIf(value -> value instanceof Map<?, ?> map && map.isEmpty());
      if (said.isEmpty()) {
        adopted.remove("interfaces");
      } else {
        adopted.put("interfaces", said);
      }
      List<Object> silent = new ArrayList<>(interfaces.keySet());
      silent.removeAll(said.keySet());
      if (!silent.isEmpty()) {
        head.add("interfaces, left alone as there is nothing to say of them: " + join(silent));
      }
    }
    Map<String, List<String>> comments = new LinkedHashMap<>();
    Set<ResourceId> placed = new LinkedHashSet<>();
    for (ResourceId device : notes.devices()) {
      Sections.Place place = sections == null ? null : sections.find(device);
      if (place != null
          && adopted.get(place.section()) instanceof Map<?, ?> objects
          && objects.containsKey(place.key())) {
        placed.add(device);
        comments
            .computeIfAbsent(place.section() + "." + place.key(), key -> new ArrayList<>())
            .addAll(notes.of(device));
      }
    }
    head.addAll(notes.sentences(placed));
    comments.put("version", head);
    return HostYaml.write(adopted, (address, value) -> comments.getOrDefault(address, List.of()));
  }

  private static String join(List<Object> names) {
    List<String> texts = new ArrayList<>();
    names.forEach(name -> texts.add(name.toString()));
    return String.join(", ", texts);
  }

  private void write() {
    tree.put("version", 1L);
    tree.put("host", live.host());
    HostYaml.MAPS.forEach(section -> Scalars.map(tree, section));
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
    this.sections = sections;
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
}
