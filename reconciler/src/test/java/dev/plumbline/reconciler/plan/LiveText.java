// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Ownership.Setting;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A live state as a person writes it: resources by the name that plans give them, with the fields
 * that matter; {@link ModelKernel} fills in what a kernel would give the rest. README.md in
 * src/test/resources/planner describes the form.
 */
public record LiveText(LiveState live, Ownership ownership) {

  public static LiveText parse(String yaml) {
    Object tree = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    Map<?, ?> root = tree == null ? Map.of() : (Map<?, ?>) tree;
    List<Resource> resources = new ArrayList<>();
    SortedMap<ResourceId, SortedMap<String, Setting>> settings = new TreeMap<>();
    TreeSet<ResourceId> made = new TreeSet<>();
    Set<String> missing = new TreeSet<>();
    boolean[] can = {true, true, true};
    for (Map.Entry<?, ?> entry : root.entrySet()) {
      switch (String.valueOf(entry.getKey())) {
        case "resources" ->
            ((Map<?, ?>) entry.getValue()).forEach((k, v) -> resources.add(resource(k, v)));
        case "remembered" ->
            ((Map<?, ?>) entry.getValue()).forEach((k, v) -> settings.put(id(k), settings(v)));
        case "made" -> ((Collection<?>) entry.getValue()).forEach(each -> made.add(id(each)));
        case "missingKinds" ->
            ((Collection<?>) entry.getValue()).forEach(each -> missing.add(String.valueOf(each)));
        case "addressProtocol" -> can[0] = (Boolean) entry.getValue();
        case "liveRename" -> can[1] = (Boolean) entry.getValue();
        case "bridgeVlans" -> can[2] = (Boolean) entry.getValue();
        default -> throw new IllegalArgumentException("unknown key " + entry.getKey());
      }
    }
    ResourceId lo = ResourceId.deviceIn("", "lo");
    resources.add(new Resource(lo, null, Map.of("mtu", "65536")));
    for (Resource each : List.copyOf(resources)) {
      if (each.id().type() == ResourceType.NAMESPACE) {
        ResourceId inside = ResourceId.deviceIn(each.id().key(), "lo");
        resources.add(new Resource(inside, null, Map.of("mtu", "65536")));
      }
    }
    Capabilities capabilities = new Capabilities(missing, can[0], can[1], can[2]);
    LiveState bare = new LiveState("host", capabilities, resources, Map.of());
    return new LiveText(new ModelKernel(bare).state(), new Ownership(settings, made));
  }

  private static Resource resource(Object key, Object value) {
    Map<String, String> fields = new TreeMap<>();
    String owner = null;
    for (Map.Entry<?, ?> field : ((Map<?, ?>) value).entrySet()) {
      String text = String.valueOf(field.getValue());
      if (field.getKey().equals("owner")) {
        owner = text;
      } else {
        fields.put(String.valueOf(field.getKey()), text);
      }
    }
    return new Resource(id(key), owner, fields);
  }

  private static SortedMap<String, Setting> settings(Object value) {
    SortedMap<String, Setting> settings = new TreeMap<>();
    ((Map<?, ?>) value)
        .forEach(
            (field, pair) -> {
              List<?> texts = (List<?>) pair;
              String original = String.valueOf(texts.get(0));
              settings.put(
                  String.valueOf(field), new Setting(original, String.valueOf(texts.get(1))));
            });
    return settings;
  }

  /** The reverse of {@link ResourceId#toString}. */
  public static ResourceId id(Object text) {
    String[] words = String.valueOf(text).split(" ", 2);
    ResourceType type = ResourceType.ofLabel(words[0]);
    String rest = words[1];
    String namespace = "";
    switch (type) {
      case NAMESPACE -> {
        return ResourceId.namespaceNamed(rest);
      }
      case BRIDGE, PORT, GROUP, METER, FLOW -> {
        return new ResourceId(type, "", "", rest);
      }
      case SYSCTL, ROUTE, RULE -> {
        int end = rest.indexOf(": ");
        if (end >= 0 && rest.indexOf(' ') == end + 1) {
          namespace = rest.substring(0, end);
          rest = rest.substring(end + 2);
        }
        return new ResourceId(type, namespace, "", rest);
      }
      default -> {
        String[] parts = rest.split(" ", 2);
        int slash = parts[0].indexOf('/');
        namespace = slash < 0 ? "" : parts[0].substring(0, slash);
        String device = parts[0].substring(slash + 1);
        return new ResourceId(type, namespace, device, parts.length > 1 ? parts[1] : "");
      }
    }
  }
}
