// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.model.SourceMap;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The whole file. */
public final class StateForm {
  private StateForm() {}

  /** Reads a merged tree; objects that lack what they need are left out. */
  public static DesiredState read(YamlMap tree, Problems problems) {
    Fields fields = new Fields(tree, problems);
    return new DesiredState(
        1,
        fields.text("host"),
        Fields.orNone(fields.texts("protect")),
        DriftForm.read(fields),
        fields.objects("namespaces", SimpleForms::namespace),
        fields.objects("interfaces", SimpleForms::anInterface),
        fields.objects("veths", SimpleForms::veth),
        fields.objects("vlans", SimpleForms::vlan),
        fields.objects("dummies", SimpleForms::dummy),
        fields.objects("bridges", BridgeForm::read),
        fields.objects("bonds", BondForm::read),
        fields.objects("internalPorts", SimpleForms::internalPort),
        fields.objects("patches", SimpleForms::patch),
        fields.objects("tunnels", TunnelForm::read),
        fields.objects("vrfs", SimpleForms::vrf),
        fields.list("routes", RouteForm::read),
        fields.list("rules", RuleForm::read),
        fields.objects("checks", CheckForm::read),
        fields.objects("reachability", ReachabilityForm::read),
        sources(tree, fields.kept()));
  }

  private static SourceMap sources(YamlMap tree, Map<String, List<Integer>> kept) {
    Map<String, Position> positions = new HashMap<>();
    Map<String, Integer> insets = new HashMap<>();
    positions.put("", tree.position());
    locate(tree, "", positions, insets);
    return new SourceMap(positions, kept, insets);
  }

  private static void locate(
      YamlNode node, String address, Map<String, Position> positions, Map<String, Integer> insets) {
    if (node instanceof YamlMap map) {
      map.entries()
          .forEach(
              (key, entry) -> {
                String child = address.isEmpty() ? key : address + "." + key;
                positions.put(child, entry.keyPosition());
                locate(entry.value(), child, positions, insets);
              });
    } else if (node instanceof YamlList list) {
      for (int i = 0; i < list.items().size(); i++) {
        String child = address + "[" + i + "]";
        positions.put(child, list.items().get(i).position());
        if (list.items().get(i) instanceof YamlScalar scalar && scalar.inset() != 0) {
          insets.put(child, scalar.inset());
        }
        locate(list.items().get(i), child, positions, insets);
      }
    }
  }

  /** Writes a state as a plain ordered tree of maps, lists, texts, numbers and booleans. */
  public static Map<String, Object> write(DesiredState state) {
    Tree tree = new Tree().put("version", state.version()).put("host", state.host());
    if (!state.protect().isEmpty()) {
      tree.put("protect", state.protect());
    }
    tree.put("drift", DriftForm.write(state.drift()));
    section(tree, "namespaces", state.namespaces(), (key, object) -> SimpleForms.write(object));
    section(tree, "interfaces", state.interfaces(), SimpleForms::write);
    section(tree, "veths", state.veths(), SimpleForms::write);
    section(tree, "vlans", state.vlans(), SimpleForms::write);
    section(tree, "dummies", state.dummies(), SimpleForms::write);
    section(tree, "bridges", state.bridges(), BridgeForm::write);
    section(tree, "bonds", state.bonds(), BondForm::write);
    section(tree, "internalPorts", state.internalPorts(), SimpleForms::write);
    section(tree, "patches", state.patches(), (key, object) -> SimpleForms.write(object));
    section(tree, "tunnels", state.tunnels(), TunnelForm::write);
    section(tree, "vrfs", state.vrfs(), SimpleForms::write);
    list(tree, "routes", state.routes().stream().map(RouteForm::write).toList());
    list(tree, "rules", state.rules().stream().map(RuleForm::write).toList());
    section(tree, "checks", state.checks(), CheckForm::write);
    section(tree, "reachability", state.reachability(), ReachabilityForm::write);
    return tree.map();
  }

  private static <T> void section(
      Tree tree, String key, Map<String, T> objects, BiFunction<String, T, Tree> writer) {
    if (!objects.isEmpty()) {
      Map<String, Object> section = new LinkedHashMap<>();
      objects.forEach((name, object) -> section.put(name, writer.apply(name, object).map()));
      tree.put(key, section);
    }
  }

  private static void list(Tree tree, String key, List<Tree> items) {
    if (!items.isEmpty()) {
      tree.put(key, items.stream().map(Tree::map).toList());
    }
  }
}
