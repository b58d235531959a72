// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.AddressSetting;
import dev.plumbline.spec.model.DeviceSettings;
import dev.plumbline.spec.model.RouteScope;
import dev.plumbline.spec.value.DeviceName;
import dev.plumbline.spec.value.MacAddress;
import dev.plumbline.spec.value.NamespaceName;
import dev.plumbline.spec.value.Prefix;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings that every device has. */
final class DeviceForm {
  private DeviceForm() {}

  /**
   * Reads them.
   *
   * @param usualName the device's name if none is written
   */
  static DeviceSettings read(String usualName, Fields fields) {
    String name = fields.value("device", DeviceName::check);
    if (name == null && !fields.has("device")) {
      name = fields.parsed(usualName, fields.position("device"), DeviceName::check);
    }
    return readNamed(name == null ? usualName : name, fields);
  }

  /** Reads the settings of what has no device, so that its name may be any text. */
  static DeviceSettings readNamed(String name, Fields fields) {
    return new DeviceSettings(
        namespace(fields),
        name,
        fields.integer("mtu"),
        fields.value("mac", DeviceForm::unicastMac),
        fields.flag("up"),
        addresses(fields),
        fields.integer("txQueueLength"));
  }

  static String namespace(Fields fields) {
    String namespace = fields.value("namespace", NamespaceName::check);
    return namespace == null ? "" : namespace;
  }

  private static MacAddress unicastMac(String text) {
    MacAddress mac = MacAddress.parse(text);
    if (mac.isMulticast() || mac.isZero()) {
      throw new dev.plumbline.spec.value.ValueException(
          "`" + mac + "` cannot be a device's own address",
          "a unicast address such as 02:00:00:00:00:01");
    }
    return mac;
  }

  private static @Nullable List<AddressSetting> addresses(Fields fields) {
    List<YamlNode> items = fields.items("addresses");
    if (items == null) {
      return null;
    }
    return fields.items(
        "addresses",
        i -> {
          Fields map = fields.item("addresses", i);
          if (map != null) {
            return address(map);
          }
          Prefix prefix =
              items.get(i) instanceof YamlScalar scalar && scalar.value() instanceof String text
                  ? fields.parsed(text, scalar.position(), Prefix::parse)
                  : null;
          return prefix == null ? null : AddressSetting.of(prefix);
        });
  }

  private static @Nullable AddressSetting address(Fields fields) {
    Prefix prefix = fields.prefix("address");
    if (prefix == null) {
      return null;
    }
    return new AddressSetting(
        prefix,
        fields.ip("peer"),
        fields.ip("broadcast"),
        fields.text("label"),
        fields.choice("scope", RouteScope.values()),
        fields.number("metric"),
        fields.duration("validLifetime"),
        fields.duration("preferredLifetime"),
        fields.flag("noPrefixRoute"),
        fields.flag("noDad"));
  }

  /** Writes them. */
  static Tree write(String usualName, DeviceSettings settings, Tree tree) {
    tree.putUnless("", "namespace", settings.namespace())
        .putUnless(usualName, "device", settings.device())
        .put("mtu", settings.mtu())
        .put("mac", settings.mac())
        .put("up", settings.up());
    if (settings.addresses() != null) {
      tree.put("addresses", settings.addresses().stream().map(DeviceForm::writeAddress).toList());
    }
    return tree.put("txQueueLength", settings.txQueueLength());
  }

  private static Object writeAddress(AddressSetting address) {
    if (address.equals(AddressSetting.of(address.prefix()))) {
      return address.prefix().toString();
    }
    return new Tree()
        .put("address", address.prefix())
        .put("peer", address.peer())
        .put("broadcast", address.broadcast())
        .put("label", address.label())
        .put("scope", address.scope())
        .put("metric", address.metric())
        .put("validLifetime", address.validLifetime())
        .put("preferredLifetime", address.preferredLifetime())
        .put("noPrefixRoute", address.noPrefixRoute())
        .put("noDad", address.noDad())
        .map();
  }
}
