// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents over model kernels: several in one process, without any network. */
class ModelAgentTest {
  private static final String FILE =
      """
      version: 1
      namespaces: {web: {}}
      veths: {vm: {peer: {device: eth0, namespace: web, addresses: [10.0.0.2/24]}}}
      bridges: {br0: {datapath: kernel, ports: {vm: {}, eth1: {}}, addresses: [10.0.0.1/24]}}
      routes: [{to: 10.9.0.0/16, via: 10.0.0.2}]
      """;

  @TempDir private Path directory;

  private static final ResourceId BRIDGE = ResourceId.deviceIn("", "br0");
  private static final ResourceId ADDRESS = ResourceId.addressOn("web", "eth0", "10.0.0.2/24");
  private static final ResourceId ROUTE = ResourceId.route("", "10.9.0.0/16 table 254 metric 0");

  private AgentRun start(String name, ModelKernel kernel) throws IOException {
    Path file = directory.resolve(name + ".yaml");
    Files.writeString(file, FILE);
    return AgentRun.start(
        new AgentOptions(
            new AgentOptions.File(file),
            name,
            Duration.ofSeconds(1),
            directory.resolve(name + ".state"),
            directory.resolve(name + ".run")),
        () -> kernel);
  }

  @Test
  void agentsOfOneProcessKeepEachItsOwnHost() throws Exception {
    ModelKernel kernel = ModelKernel.withCards("one", List.of("eth0", "eth1"));
    ModelKernel foreign = ModelKernel.withCards("other", List.of("eth0", "eth1"));
    try (AgentRun one = start("one", kernel);
        AgentRun other = start("other", foreign)) {
      one.await("applied ");
      other.await("applied ");
      repaired(kernel, Edit.deleteAddress(ADDRESS));
      repaired(kernel, Edit.down(BRIDGE));
      repaired(kernel, Edit.deleteDevice(BRIDGE));
      repaired(kernel, Edit.deleteNamespace("web"));
      one.await("drift: .* repaired in ");
      assertEquals(List.of(), other.lines("drift"));
    }
  }

  /** All that the file asks for is there, and after the edit again. */
  private static void repaired(ModelKernel kernel, Edit edit) throws Exception {
    LiveState whole = kernel.state();
    assertTrue(whole.has(BRIDGE) && whole.has(ADDRESS) && whole.has(ROUTE), whole.byId()::toString);
    kernel.edit(edit);
    AgentRun.eventually(edit + " is repaired", () -> kernel.state().byId().equals(whole.byId()));
  }
}
