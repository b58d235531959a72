// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.MeterText;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.model.MeterEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The meters of one bridge of a file, as {@link FlowGroups} has its groups. */
final class FlowMeters {
  private final DesiredState state;
  private final String bridge;

  /** Addresses in the file by number, of all that could be read. */
  private final Map<Long, String> addresses = new LinkedHashMap<>();

  private final List<MeterConfig> good = new ArrayList<>();
  private final List<Flows.Mistake> mistakes = new ArrayList<>();
  private final Set<Long> used = new TreeSet<>();

  /** Whether all could be read. */
  private boolean isWhole = true;

  FlowMeters(DesiredState state, String bridge) {
    this.state = state;
    this.bridge = bridge;
  }

  void read(List<MeterEntry> meters) {
    for (int i = 0; i < meters.size(); i++) {
      String item = state.sources().item("bridges." + bridge + ".meters", i);
      try {
        MeterConfig meter = MeterText.parse(meters.get(i).source().text());
        String other = addresses.putIfAbsent(meter.id(), item);
        if (other == null) {
          good.add(meter);
        } else {
          mistakes.add(
              new Flows.Mistake(
                  item,
                  state.position(item),
                  "has the number of " + FlowGroups.name(other) + ": " + meter.id()));
        }
      } catch (FlowSyntaxException e) {
        isWhole = false;
        mistakes.add(Flows.mistake(state, item, meters.get(i).source(), e));
      }
    }
  }

  /**
   * Notes that a flow names meters.
   *
   * @return what is wrong with that; null: nothing
   */
  @Nullable String use(List<Long> ids) {
    used.addAll(ids);
    for (Long id : ids) {
      if (isWhole && !addresses.containsKey(id)) {
        return FlowGroups.missing("meter", id, addresses.keySet());
      }
    }
    return null;
  }

  /** Of which none is named by a flow. */
  List<Flows.Mistake> doubts() {
    List<Flows.Mistake> doubts = new ArrayList<>();
    addresses.forEach(
        (id, address) -> {
          if (!used.contains(id)) {
            doubts.add(
                new Flows.Mistake(
                    address, state.position(address), "no flow has its packets pass meter " + id));
          }
        });
    return doubts;
  }

  /** Those without a mistake, in the file's order. */
  List<MeterConfig> good() {
    return good;
  }

  List<Flows.Mistake> mistakes() {
    return mistakes;
  }
}
