// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.Spelled;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A wanted resource in the making. Used by one thread. */
final class Draft {
  final String address;
  final ResourceId id;
  private final boolean makes;
  private final @Nullable String owner;
  private final Map<String, String> fields = new LinkedHashMap<>();

  Draft(String address, ResourceId id, boolean makes, @Nullable String owner) {
    this.address = address;
    this.id = id;
    this.makes = makes;
    this.owner = owner;
  }

  /** Sets a field, unless the file does not name it. */
  Draft set(String field, @Nullable Object value) {
    if (value != null) {
      fields.put(field, text(value));
    }
    return this;
  }

  private static String text(Object value) {
    if (value instanceof Spelled spelled) {
      return spelled.spelling();
    }
    if (value instanceof Duration duration) {
      return Durations.print(duration);
    }
    return value.toString();
  }

  Wanted wanted() {
    String kind = fields.getOrDefault("kind", "");
    Map<String, String> normal = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> {
          DeviceField field = DeviceKinds.field(kind, name);
          boolean names = name.equals("parent") || name.equals("primary");
          boolean kept = field == null || value.isEmpty() || names;
          normal.put(name, kept ? value : Objects.requireNonNull(field).normalise(value));
        });
    return new Wanted(address, new Resource(id, owner, normal), makes);
  }
}
