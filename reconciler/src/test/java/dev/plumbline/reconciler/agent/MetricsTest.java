// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.report.Build;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus gets to read. */
@KernelTest
class MetricsTest {
  @TempDir Path directory;

  private AgentRun follow(String text) throws IOException {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, text);
    return AgentRun.ofFile(file, directory.resolve("state"));
  }

  private Asked metrics() throws IOException {
    return Asked.get(directory.resolve("run"), "/metrics");
  }

  private void await(String metric, double value) throws InterruptedException {
    AgentRun.eventually(
        metric + " is " + value,
        () -> {
          try {
            return metrics().body().lines().anyMatch((metric + " " + value)::equals);
          } catch (IOException e) {
            return false;
          }
        });
  }

  @Test
  void changesDriftFailuresAndStateAreCounted() throws Exception {
    try (AgentRun agent =
        follow(
            """
            version: 1
            bridges: {br0: {datapath: kernel}, br1: {datapath: kernel}}
            """)) {
      await("plumbline_in_sync", 1);
      Asked before = metrics();
      assertEquals(200, before.status());
      assertTrue(before.head().contains("text/plain"), before.head());
      assertEquals(2, before.metric("plumbline_changes_total{action=\"create\",kind=\"bridges\"}"));
      assertEquals(
          1, before.metric("plumbline_reconcile_duration_seconds_count{reason=\"revision\"}"));
      assertEquals(0, before.metric("plumbline_events_total{event=\"refused\"}"));
      assertEquals(1, before.metric("plumbline_state{state=\"in-sync\"}"));
      assertEquals(0, before.metric("plumbline_fetch_errors_total"));
      assertTrue(before.body().contains("plumbline_revision_info{revision=\""), before.body());
      assertEquals(1, before.metric("plumbline_build_info{version=\"" + Build.version() + "\"}"));
      assertTrue(before.metric("plumbline_last_success_timestamp_seconds") > 1e9);
      assertTrue(before.metric("process_resident_memory_bytes") > 1e7);

      Sh.run("ip link del br0");
      await("plumbline_drift_repaired_total{kind=\"bridges\"}", 1);
      await("plumbline_in_sync", 1);
      assertTrue(
          metrics().metric("plumbline_reconcile_duration_seconds_count{reason=\"drift\"}") >= 1);

      AgentRun.write(directory.resolve("host.yaml"), "version: 1\nnothing: {}\n");
      agent.await("is refused");
      await("plumbline_held", 1);
      assertEquals(0, metrics().metric("plumbline_in_sync"));
      assertEquals(1, metrics().metric("plumbline_events_total{event=\"refused\"}"));

      assertEquals(
          200,
          Asked.unix(directory.resolve("run"), Asked.request("POST", "/v1/pause", Map.of(), ""))
              .status());
      assertEquals(1, metrics().metric("plumbline_paused"));
    }
  }

  @Test
  void whoeverTakesOpenMetricsGetsIt() throws Exception {
    try (AgentRun agent = follow("version: 1\n")) {
      assertTrue(agent.size() > 0);
      Asked open =
          Asked.unix(
              directory.resolve("run"),
              Asked.request(
                  "GET", "/metrics", Map.of("Accept", "application/openmetrics-text"), ""));
      assertTrue(open.head().contains("application/openmetrics-text"), open.head());
      assertTrue(open.body().endsWith("# EOF\n"), open.body());
    }
  }

  @Test
  @RequiresEbpf
  void theSwitchIsReadWhenSomebodyAsks() throws Exception {
    try (AgentRun agent =
        follow(
            """
            version: 1
            namespaces: {web: {}}
            bridges: {br0: {}}
            internalPorts:
              mgmt0: {bridge: br0, addresses: [10.0.0.1/24]}
              web0: {bridge: br0, namespace: web, device: eth0, addresses: [10.0.0.2/24]}
            """)) {
      assertTrue(agent.size() > 0);
      Sh.ping("", "10.0.0.2");
      await("plumbline_switch_ports{state=\"up\"}", 2);
      Asked page = metrics();
      assertTrue(page.metric("plumbline_switch_upcalls_total") >= 1, page.body());
      assertTrue(
          page.metric(
                  "plumbline_switch_port_received_packets_total{bridge=\"br0\",part=\"\","
                      + "port=\"web0\"}")
              >= 1,
          page.body());
    }
  }
}
