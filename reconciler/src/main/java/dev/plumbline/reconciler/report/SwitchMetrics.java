// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import dev.plumbline.datapath.control.SwitchStatus;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What the embedded switch does, as metrics. */
final class SwitchMetrics {
  private SwitchMetrics() {}

  static List<MetricSnapshot> of(SwitchStatus status) {
    Snapshots all = new Snapshots();
    all.gauge("plumbline_switch_flows", "Flows in the fast path.", status.flows())
        .counter(
            "plumbline_switch_upcalls",
            "Frames that came up since the agent's start.",
            (double) status.upcalls())
        .counter(
            "plumbline_switch_decisions", "Decisions made for them.", (double) status.decided())
        .counter(
            "plumbline_switch_upcalls_lost",
            "Frames that could not come up.",
            (double) status.upcallsLost())
        .counter(
            "plumbline_switch_flows_refused",
            "Flows that found no room.",
            (double) status.flowsRefused())
        .counters(
            "plumbline_switch_drops",
            "Frames dropped by the fast path.",
            labelled("reason", status.drops()))
        .counters(
            "plumbline_switch_errors",
            "What went wrong with frames on their way up and down.",
            labelled("error", status.errors()));
    ports(all, status.ports());
    return all.list();
  }

  private static void ports(Snapshots all, List<SwitchStatus.Port> ports) {
    long up = ports.stream().filter(SwitchStatus.Port::up).count();
    Map<Labels, Double> states = new LinkedHashMap<>();
    states.put(Labels.of("state", "up"), (double) up);
    states.put(Labels.of("state", "down"), (double) (ports.size() - up));
    all.gauges("plumbline_switch_ports", "Ports by whether they are up.", states)
        .gauges(
            "plumbline_switch_port_up",
            "Whether a port is up.",
            each(ports, port -> port.up() ? 1 : 0))
        .counters(
            "plumbline_switch_port_received_packets",
            "Packets that came in by a port.",
            each(ports, port -> (double) port.rxPackets()))
        .counters(
            "plumbline_switch_port_received_bytes",
            "Bytes that came in by a port.",
            each(ports, port -> (double) port.rxBytes()))
        .counters(
            "plumbline_switch_port_sent_packets",
            "Packets that went out by a port.",
            each(ports, port -> (double) port.txPackets()))
        .counters(
            "plumbline_switch_port_sent_bytes",
            "Bytes that went out by a port.",
            each(ports, port -> (double) port.txBytes()));
  }

  private static Map<Labels, Double> each(
      List<SwitchStatus.Port> ports, ToDoubleFunction<SwitchStatus.Port> value) {
    Map<Labels, Double> values = new LinkedHashMap<>();
    for (SwitchStatus.Port port : ports) {
      Labels labels = Labels.of("bridge", port.bridge(), "port", port.port(), "part", port.part());
      values.merge(labels, value.applyAsDouble(port), Double::sum);
    }
    return values;
  }

  private static Map<Labels, Double> labelled(String label, Map<String, Long> counts) {
    Map<Labels, Double> values = new LinkedHashMap<>();
    counts.forEach((name, count) -> values.put(Labels.of(label, name), count.doubleValue()));
    return values;
  }
}
