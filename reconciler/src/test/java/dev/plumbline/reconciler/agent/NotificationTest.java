// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.api.ApiOptions;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.render.Schemas;
import dev.plumbline.reconciler.report.NotifyOptions;
import dev.plumbline.reconciler.report.Subject;
import dev.plumbline.reconciler.report.ToldServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom an agent tells of what. */
@KernelTest
class NotificationTest {
  @TempDir Path directory;

  @Test
  void somebodyIsToldOfDriftWithWhatWasFound() throws Exception {
    Sh.run("ip link set lo up");
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, "version: 1\nbridges: {br0: {datapath: kernel}}\n");
    try (ToldServer server = new ToldServer();
        AgentRun agent =
            AgentRun.start(
                new AgentOptions(
                    new AgentOptions.File(file),
                    "alpha",
                    Duration.ofSeconds(30),
                    directory.resolve("state"),
                    directory.resolve("run"),
                    ApiOptions.NONE,
                    new NotifyOptions(server.url(), EnumSet.of(Subject.DRIFT), null)))) {
      agent.await("applied ");
      Sh.run("ip link del br0");
      Node told = server.awaitEvents(1).get(0);
      assertTrue(told.text("message").startsWith("drift: bridges.br0 is missing"), told.toString());
      assertEquals(1, told.node("kinds").node("bridges").number("create"));
      Schemas.validates("notification.schema.json", server.bodies().get(0));
      Asked status = Asked.get(directory.resolve("run"), "/v1/status");
      assertTrue(status.tree().node("notifications").map().containsKey("sent"), status.body());
    }
  }
}
