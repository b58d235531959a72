// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.DontFragment;
import dev.plumbline.spec.model.Tunnel;
import dev.plumbline.spec.model.TunnelType;
import dev.plumbline.spec.value.IpAddress;
import org.jspecify.annotations.Nullable;

/** Tunnels. */
final class TunnelForm {
  /** In place of a key or remote that flows say. */
  private static final String FLOW = "flow";

  private TunnelForm() {}

  static @Nullable Tunnel read(String key, Fields fields) {
    TunnelType type = fields.choice("type", TunnelType.values());
    var settings = DeviceForm.read(key, fields);
    var vlan = VlanModeForm.read(fields, "vlan");
    IpAddress local = fields.ip("local");
    boolean remoteOfFlow = FLOW.equals(fields.text("remote"));
    IpAddress remote = remoteOfFlow ? null : fields.ip("remote");
    String said = fields.text("key");
    if (said != null && !said.equals(FLOW)) {
      fields.problem(
          fields.valuePosition("key"), "`" + said + "` is no key", "a number, or `flow`", null);
    }
    var remotes = fields.values("remotes", IpAddress::parse);
    if (type == null) {
      return null;
    }
    return new Tunnel(
        settings,
        type,
        fields.text("bridge"),
        vlan,
        fields.number("key"),
        local,
        remote,
        Fields.orNone(remotes),
        fields.integer("port"),
        fields.integer("ttl"),
        fields.integer("tos"),
        fields.choice("df", DontFragment.values()),
        fields.text("parent"),
        fields.flag("checksum"),
        fields.flag("learning"),
        FLOW.equals(said),
        remoteOfFlow);
  }

  static Tree write(String key, Tunnel tunnel) {
    Tree tree =
        new Tree()
            .put("bridge", tunnel.bridge())
            .put("vlan", VlanModeForm.write(tunnel.vlan()))
            .put("type", tunnel.type())
            .put("key", tunnel.keyOfFlow() ? FLOW : tunnel.key())
            .put("local", tunnel.local())
            .put("remote", tunnel.remoteOfFlow() ? FLOW : tunnel.remote());
    if (!tunnel.remotes().isEmpty()) {
      tree.putTexts("remotes", tunnel.remotes());
    }
    tree.put("port", tunnel.port())
        .put("ttl", tunnel.ttl())
        .put("tos", tunnel.tos())
        .put("df", tunnel.df())
        .put("parent", tunnel.parent())
        .put("checksum", tunnel.checksum())
        .put("learning", tunnel.learning());
    return DeviceForm.write(key, tunnel.settings(), tree);
  }
}
