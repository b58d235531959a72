// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.Dummy;
import dev.plumbline.spec.model.Interface;
import dev.plumbline.spec.model.InternalPort;
import dev.plumbline.spec.model.Namespace;
import dev.plumbline.spec.model.Patch;
import dev.plumbline.spec.model.Veth;
import dev.plumbline.spec.model.Vlan;
import dev.plumbline.spec.model.VlanProtocol;
import dev.plumbline.spec.model.Vrf;
import dev.plumbline.spec.value.VlanId;
import dev.plumbline.spec.yaml.YamlMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds that are little more than a device: together, as each has two or three keys. */
final class SimpleForms {
  private SimpleForms() {}

  static Namespace namespace(String key, Fields fields) {
    fields.parsed(key, fields.position(""), dev.plumbline.spec.value.NamespaceName::check);
    Map<String, String> sysctl = new LinkedHashMap<>();
    fields.plain("sysctl").forEach((name, value) -> sysctl.put(name, value.toString()));
    return new Namespace(sysctl);
  }

  static Tree write(Namespace namespace) {
    if (namespace.sysctl().isEmpty()) {
      return new Tree();
    }
    Map<String, Object> sysctl = new LinkedHashMap<>();
    namespace
        .sysctl()
        .forEach(
            (name, value) ->
                sysctl.put(
                    name, value.matches("0|[1-9][0-9]{0,17}") ? Long.valueOf(value) : value));
    return new Tree().put("sysctl", sysctl);
  }

  static Interface anInterface(String key, Fields fields) {
    return new Interface(DeviceForm.read(key, fields));
  }

  static Tree write(String key, Interface object) {
    return DeviceForm.write(key, object.settings(), new Tree());
  }

  static Dummy dummy(String key, Fields fields) {
    return new Dummy(DeviceForm.read(key, fields));
  }

  static Tree write(String key, Dummy object) {
    return DeviceForm.write(key, object.settings(), new Tree());
  }

  static Veth veth(String key, Fields fields) {
    Fields peer = fields.map("peer");
    if (peer == null) {
      YamlMap nothing = new YamlMap(fields.position("peer"), Map.of());
      peer = fields.child("peer", nothing);
    }
    return new Veth(
        DeviceForm.read(key, fields), new Veth.Peer(DeviceForm.read(peerName(key), peer)));
  }

  private static String peerName(String key) {
    return (key.length() > 10 ? key.substring(0, 10) : key) + "-peer";
  }

  static Tree write(String key, Veth veth) {
    Tree tree = DeviceForm.write(key, veth.settings(), new Tree());
    Tree peer = DeviceForm.write(peerName(key), veth.peer().settings(), new Tree());
    return peer.map().isEmpty() ? tree : tree.put("peer", peer);
  }

  static @Nullable Vlan vlan(String key, Fields fields) {
    String parent = fields.text("parent");
    VlanId id = VlanModeForm.id(fields, "id");
    VlanProtocol protocol = fields.choice("protocol", VlanProtocol.values());
    var settings = DeviceForm.read(key, fields);
    return parent == null || id == null
        ? null
        : new Vlan(settings, parent, id, protocol == null ? VlanProtocol.DOT1Q : protocol);
  }

  static Tree write(String key, Vlan vlan) {
    Tree tree =
        new Tree()
            .put("parent", vlan.parent())
            .put("id", vlan.id().number())
            .putUnless(VlanProtocol.DOT1Q, "protocol", vlan.protocol());
    return DeviceForm.write(key, vlan.settings(), tree);
  }

  static @Nullable Vrf vrf(String key, Fields fields) {
    Long table = fields.looseValue("table", Tables::parse);
    var settings = DeviceForm.read(key, fields);
    return table == null ? null : new Vrf(settings, table, Fields.orNone(fields.texts("members")));
  }

  static Tree write(String key, Vrf vrf) {
    Tree tree = new Tree().put("table", vrf.table());
    if (!vrf.members().isEmpty()) {
      tree.put("members", vrf.members());
    }
    return DeviceForm.write(key, vrf.settings(), tree);
  }

  static @Nullable InternalPort internalPort(String key, Fields fields) {
    String bridge = fields.text("bridge");
    var settings = DeviceForm.read(key, fields);
    var vlan = VlanModeForm.read(fields, "vlan");
    return bridge == null ? null : new InternalPort(settings, bridge, vlan);
  }

  static Tree write(String key, InternalPort port) {
    Tree tree =
        new Tree().put("bridge", port.bridge()).put("vlan", VlanModeForm.write(port.vlan()));
    return DeviceForm.write(key, port.settings(), tree);
  }

  static @Nullable Patch patch(String key, Fields fields) {
    List<String> bridges = Fields.orNone(fields.texts("bridges"));
    return bridges.size() == 2 ? new Patch(bridges) : null;
  }

  static Tree write(Patch patch) {
    return new Tree().put("bridges", patch.bridges());
  }
}
