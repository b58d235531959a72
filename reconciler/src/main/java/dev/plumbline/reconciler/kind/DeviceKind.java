// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import dev.plumbline.reconciler.resource.Resource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A kind of device, as the planner and the applier need it.
 *
 * @param name the kernel's name, as in IFLA_INFO_KIND; empty for devices without a driver of their
 *     own, such as network cards
 * @param fields the fields of the device itself, beside those that every device has
 * @param portFields the fields that devices get when they are ports of a device of this kind
 * @param staysInNamespace whether the kernel refuses to move it to another namespace, or would move
 *     half of it: a tunnel's packets go on travelling in the namespace that it was made in, and it
 *     goes with that one
 * @param setsAll whether a change has to carry all settings, because the kernel takes what is left
 *     out for a reset
 * @param conflict text that two devices of one namespace can not share, such as the VXLAN id and
 *     UDP port; null where there is none
 * @param refusal what the kernel refuses though it changes the field in place otherwise
 */
public record DeviceKind(
    String name,
    List<DeviceField> fields,
    List<DeviceField> portFields,
    boolean staysInNamespace,
    boolean setsAll,
    Function<Resource, @Nullable String> conflict,
    Refusal refusal) {

  /** Changes in place that the kernel refuses, by what the device is. */
  @FunctionalInterface
  public interface Refusal {
    /** Whether the device cannot get another value for this field than it has, but anew. */
    boolean refuses(Resource device, String field, String value);
  }

  public DeviceKind {
    fields = List.copyOf(fields);
    portFields = List.copyOf(portFields);
  }

  static DeviceKind named(String name, DeviceField... fields) {
    return new DeviceKind(
        name,
        List.of(fields),
        List.of(),
        false,
        false,
        device -> null,
        (device, field, value) -> false);
  }

  DeviceKind withPorts(DeviceField... ports) {
    return new DeviceKind(
        name, fields, List.of(ports), staysInNamespace, setsAll, conflict, refusal);
  }

  DeviceKind stayingInNamespace() {
    return new DeviceKind(name, fields, portFields, true, setsAll, conflict, refusal);
  }

  DeviceKind settingAll() {
    return new DeviceKind(name, fields, portFields, staysInNamespace, true, conflict, refusal);
  }

  DeviceKind conflictingBy(Function<Resource, @Nullable String> key) {
    return new DeviceKind(name, fields, portFields, staysInNamespace, setsAll, key, refusal);
  }

  DeviceKind refusing(Refusal changes) {
    return new DeviceKind(name, fields, portFields, staysInNamespace, setsAll, conflict, changes);
  }

  /** The field of this name, or null. */
  public @Nullable DeviceField field(String field) {
    for (DeviceField candidate : fields) {
      if (candidate.name().equals(field)) {
        return candidate;
      }
    }
    return null;
  }

  /** The port field of this name ({@code port.pathCost}), or null. */
  public @Nullable DeviceField portField(String field) {
    for (DeviceField candidate : portFields) {
      if (candidate.name().equals(field)) {
        return candidate;
      }
    }
    return null;
  }
}
