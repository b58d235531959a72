// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.VlanMode;
import dev.plumbline.spec.value.VlanId;
import dev.plumbline.spec.value.VlanSet;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code {access: 10}}, {@code {native: 1, trunk: [10, 20-29]}}, … */
final class VlanModeForm {
  private VlanModeForm() {}

  /** Reads the mode below a key; null if there is none. */
  static @Nullable VlanMode read(Fields parent, String key) {
    Fields fields = parent.map(key);
    if (fields == null) {
      return null;
    }
    List<String> modes =
        Stream.of("access", "trunk", "native", "dot1q-tunnel").filter(fields::has).toList();
    boolean several = modes.size() > 1 && !modes.equals(List.of("trunk", "native"));
    if (several) {
      fields.problem(
          fields.position(modes.get(1)),
          "`" + modes.get(0) + "` and `" + modes.get(1) + "` exclude each other",
          "one of access, trunk, native with trunk, dot1q-tunnel",
          null);
      return null;
    }
    if (fields.has("tagged") && !fields.has("native")) {
      fields.problem(
          fields.position("tagged"), "`tagged` is about the native VLAN", "`native` too", null);
      return null;
    }
    VlanId access = id(fields, "access");
    if (access != null) {
      return new VlanMode.Access(access);
    }
    VlanId tunnel = id(fields, "dot1q-tunnel");
    if (tunnel != null) {
      return new VlanMode.Dot1qTunnel(tunnel);
    }
    VlanId nativeVlan = id(fields, "native");
    VlanSet trunk = trunk(fields);
    if (nativeVlan != null) {
      return new VlanMode.Native(nativeVlan, trunk, Boolean.TRUE.equals(fields.flag("tagged")));
    }
    return trunk.isEmpty() ? null : new VlanMode.Trunk(trunk);
  }

  static @Nullable VlanId id(Fields fields, String key) {
    Integer number = fields.integer(key);
    return number == null || number < 1 || number > 4094 ? null : new VlanId(number);
  }

  private static VlanSet trunk(Fields fields) {
    List<VlanSet.Range> ranges = new ArrayList<>();
    for (YamlNode item : Fields.orNone(fields.items("trunk"))) {
      if (item instanceof YamlScalar scalar) {
        String text = Fields.loose(scalar);
        boolean outside = !(scalar.value() instanceof String) && !inRange(scalar);
        VlanSet.Range range =
            text == null || outside
                ? null
                : fields.parsed(text, scalar.position(), VlanSet.Range::parse);
        if (range != null) {
          ranges.add(range);
        }
      }
    }
    return VlanSet.ofRanges(ranges);
  }

  /** Numbers outside the range are the schema's to report. */
  private static boolean inRange(YamlScalar scalar) {
    Long number = Fields.number(scalar.value());
    return number != null && number >= 1 && number <= 4094;
  }

  /** Writes the mode; null stays null. */
  static @Nullable Tree write(@Nullable VlanMode mode) {
    if (mode instanceof VlanMode.Access access) {
      return new Tree().put("access", access.id().number());
    }
    if (mode instanceof VlanMode.Dot1qTunnel tunnel) {
      return new Tree().put("dot1q-tunnel", tunnel.id().number());
    }
    if (mode instanceof VlanMode.Trunk trunk) {
      return new Tree().put("trunk", ranges(trunk.ids()));
    }
    if (mode instanceof VlanMode.Native trunk) {
      Tree tree = new Tree().put("native", trunk.nativeVlan().number());
      if (!trunk.ids().isEmpty()) {
        tree.put("trunk", ranges(trunk.ids()));
      }
      return tree.putUnless(false, "tagged", trunk.tagged());
    }
    return null;
  }

  private static List<Object> ranges(VlanSet ids) {
    List<Object> list = new ArrayList<>();
    for (VlanSet.Range range : ids.ranges()) {
      list.add(range.first() == range.last() ? (Object) (long) range.first() : range.toString());
    }
    return list;
  }
}
