// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.BridgePort;
import dev.plumbline.spec.model.Datapath;
import dev.plumbline.spec.model.FlowEntry;
import dev.plumbline.spec.model.GroupEntry;
import dev.plumbline.spec.model.MacTable;
import dev.plumbline.spec.model.MeterEntry;
import dev.plumbline.spec.model.StpSettings;
import dev.plumbline.spec.model.VlanProtocol;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bridges and their ports. */
final class BridgeForm {
  private BridgeForm() {}

  static Bridge read(String key, Fields fields) {
    Datapath named = fields.choice("datapath", Datapath.values());
    Datapath datapath = named == null ? Datapath.EMBEDDED : named;
    return new Bridge(
        datapath == Datapath.KERNEL
            ? DeviceForm.read(key, fields)
            : DeviceForm.readNamed(key, fields),
        datapath,
        fields.objects("ports", BridgeForm::port),
        VlanModeForm.read(fields, "vlan"),
        fields.flag("vlanFiltering"),
        fields.choice("vlanProtocol", VlanProtocol.values()),
        fields.integer("defaultPvid"),
        stp(fields.map("stp")),
        macTable(fields.map("macTable")),
        fields.flag("multicastSnooping"),
        fields.integer("groupForwardMask"),
        stp(fields.map("rstp")),
        fields.flag("forwardBpdu"),
        fields.items("flows", index -> flow(fields, index)),
        fields.items("groups", index -> group(fields, index)),
        fields.items("meters", index -> meter(fields, index)));
  }

  private static BridgePort port(String key, Fields fields) {
    return new BridgePort(
        VlanModeForm.read(fields, "vlan"),
        fields.integer("pathCost"),
        fields.integer("priority"),
        fields.flag("learning"),
        fields.flag("flood"),
        fields.flag("multicastFlood"),
        fields.flag("broadcastFlood"),
        fields.flag("hairpin"),
        fields.flag("isolated"),
        fields.flag("bpduGuard"),
        fields.flag("rootBlock"),
        fields.flag("fastLeave"),
        fields.flag("neighSuppress"),
        PortFilterForm.read(fields));
  }

  private static @Nullable StpSettings stp(@Nullable Fields fields) {
    return fields == null
        ? null
        : new StpSettings(
            fields.flag("enabled"),
            fields.integer("priority"),
            fields.duration("forwardDelay"),
            fields.duration("helloTime"),
            fields.duration("maxAge"));
  }

  private static @Nullable MacTable macTable(@Nullable Fields fields) {
    return fields == null ? null : new MacTable(fields.duration("aging"), fields.integer("size"));
  }

  private static @Nullable FlowEntry flow(Fields bridge, int index) {
    Fields fields = bridge.item("flows", index);
    if (fields == null) {
      String text = bridge.itemText("flows", index);
      return text == null ? null : new FlowEntry.Text(text);
    }
    Long cookie = fields.number("cookie");
    return new FlowEntry.Parts(
        fields.integer("table"),
        fields.integer("priority"),
        cookie == null ? fields.text("cookie") : cookie,
        fields.plain("match"),
        actions(fields));
  }

  private static List<Object> actions(Fields fields) {
    List<Object> actions = new ArrayList<>();
    for (YamlNode item : Fields.orNone(fields.items("actions"))) {
      if (item instanceof YamlScalar scalar && scalar.value() instanceof String text) {
        actions.add(text);
      } else if (item instanceof YamlMap map) {
        actions.add(Fields.plain(map));
      }
    }
    return actions;
  }

  private static @Nullable GroupEntry group(Fields bridge, int index) {
    Fields fields = bridge.item("groups", index);
    if (fields == null) {
      String text = bridge.itemText("groups", index);
      return text == null ? null : new GroupEntry.Text(text);
    }
    Long id = fields.number("id");
    String type = fields.text("type");
    return id == null || type == null
        ? null
        : new GroupEntry.Parts(
            id,
            type,
            fields.list(
                "buckets",
                bucket -> new GroupEntry.Bucket(bucket.integer("weight"), actions(bucket))));
  }

  private static @Nullable MeterEntry meter(Fields bridge, int index) {
    Fields fields = bridge.item("meters", index);
    if (fields == null) {
      String text = bridge.itemText("meters", index);
      return text == null ? null : new MeterEntry.Text(text);
    }
    Long id = fields.number("id");
    Long rate = fields.number("rate");
    String unit = fields.text("unit");
    return id == null || rate == null || unit == null
        ? null
        : new MeterEntry.Parts(id, rate, unit, fields.number("burst"));
  }

  static Tree write(String key, Bridge bridge) {
    Tree tree = new Tree().putUnless(Datapath.EMBEDDED, "datapath", bridge.datapath());
    DeviceForm.write(key, bridge.settings(), tree);
    if (!bridge.ports().isEmpty()) {
      Map<String, Object> ports = new LinkedHashMap<>();
      bridge.ports().forEach((name, port) -> ports.put(name, write(port).map()));
      tree.put("ports", ports);
    }
    tree.put("vlan", VlanModeForm.write(bridge.vlan()))
        .put("vlanFiltering", bridge.vlanFiltering())
        .put("vlanProtocol", bridge.vlanProtocol())
        .put("defaultPvid", bridge.defaultPvid())
        .put("stp", write(bridge.stp()));
    if (bridge.macTable() != null) {
      tree.put(
          "macTable",
          new Tree().put("aging", bridge.macTable().aging()).put("size", bridge.macTable().size()));
    }
    tree.put("multicastSnooping", bridge.multicastSnooping())
        .put("groupForwardMask", bridge.groupForwardMask())
        .put("rstp", write(bridge.rstp()))
        .put("forwardBpdu", bridge.forwardBpdu());
    if (!bridge.flows().isEmpty()) {
      tree.put("flows", bridge.flows().stream().map(BridgeForm::write).toList());
    }
    if (!bridge.groups().isEmpty()) {
      tree.put("groups", bridge.groups().stream().map(BridgeForm::write).toList());
    }
    if (!bridge.meters().isEmpty()) {
      tree.put("meters", bridge.meters().stream().map(BridgeForm::write).toList());
    }
    return tree;
  }

  private static Tree write(BridgePort port) {
    return new Tree()
        .put("vlan", VlanModeForm.write(port.vlan()))
        .put("pathCost", port.pathCost())
        .put("priority", port.priority())
        .put("learning", port.learning())
        .put("flood", port.flood())
        .put("multicastFlood", port.multicastFlood())
        .put("broadcastFlood", port.broadcastFlood())
        .put("hairpin", port.hairpin())
        .put("isolated", port.isolated())
        .put("bpduGuard", port.bpduGuard())
        .put("rootBlock", port.rootBlock())
        .put("fastLeave", port.fastLeave())
        .put("neighSuppress", port.neighSuppress())
        .put("filter", port.filter() == null ? null : port.filter().plain());
  }

  private static @Nullable Tree write(@Nullable StpSettings stp) {
    return stp == null
        ? null
        : new Tree()
            .put("enabled", stp.enabled())
            .put("priority", stp.priority())
            .put("forwardDelay", stp.forwardDelay())
            .put("helloTime", stp.helloTime())
            .put("maxAge", stp.maxAge());
  }

  private static Object write(FlowEntry flow) {
    if (flow instanceof FlowEntry.Text text) {
      return text.text();
    }
    FlowEntry.Parts parts = (FlowEntry.Parts) flow;
    Tree tree =
        new Tree()
            .put("table", parts.table())
            .put("priority", parts.priority())
            .put("cookie", parts.cookie());
    if (!parts.match().isEmpty()) {
      tree.put("match", parts.match());
    }
    return tree.put("actions", parts.actions()).map();
  }

  private static Object write(GroupEntry group) {
    if (group instanceof GroupEntry.Text text) {
      return text.text();
    }
    GroupEntry.Parts parts = (GroupEntry.Parts) group;
    List<Object> buckets = new ArrayList<>();
    for (GroupEntry.Bucket bucket : parts.buckets()) {
      buckets.add(new Tree().put("weight", bucket.weight()).put("actions", bucket.actions()).map());
    }
    return new Tree().put("id", parts.id()).put("type", parts.type()).put("buckets", buckets).map();
  }

  private static Object write(MeterEntry meter) {
    if (meter instanceof MeterEntry.Text text) {
      return text.text();
    }
    MeterEntry.Parts parts = (MeterEntry.Parts) meter;
    return new Tree()
        .put("id", parts.id())
        .put("rate", parts.rate())
        .put("unit", parts.unit())
        .put("burst", parts.burst())
        .map();
  }
}
