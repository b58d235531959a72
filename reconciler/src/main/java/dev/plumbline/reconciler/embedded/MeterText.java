// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.Locale;
import java.util.Map;

/** A meter as a resource: its number is its identity, and every field is always there. */
public final class MeterText {
  private MeterText() {}

  public static Resource of(String bridge, MeterConfig meter) {
    String burst = meter.burst() == 0 ? "" : String.valueOf(meter.burst());
    return new Resource(
        ResourceId.meter(bridge, meter.id()),
        Resource.OURS,
        Map.of(
            "rate", String.valueOf(meter.rate()),
            "unit", meter.unit().toString(),
            "burst", burst));
  }

  /**
   * The meter that {@link #of} made this of.
   *
   * @throws IllegalArgumentException a part of it is not understood
   */
  public static MeterConfig parse(Resource meter) {
    String burst = meter.get("burst");
    return new MeterConfig(
        Long.parseLong(FlowText.key(meter.id())),
        MeterConfig.Unit.valueOf(meter.get("unit").toUpperCase(Locale.ROOT)),
        Long.parseLong(meter.get("rate")),
        burst.isEmpty() ? 0 : Long.parseLong(burst));
  }
}
