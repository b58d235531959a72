// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Schemas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent answers is what the schema of its answers says. */
@KernelTest
class ApiSchemaTest {
  private static final String SCHEMA = "api.schema.json";

  @TempDir Path directory;
  private Path run;

  private AgentRun follow(String text) throws IOException {
    Path file = directory.resolve("host.yaml");
    run = directory.resolve("run");
    AgentRun.write(file, text);
    return AgentRun.ofFile(file, directory.resolve("state"));
  }

  private Asked asked(String definition, String method, String path) throws IOException {
    Asked answer = Asked.unix(run, Asked.request(method, path, Map.of(), ""));
    Schemas.validates(SCHEMA, definition, answer.body());
    return answer;
  }

  @Test
  void statusEventsAndWhatIsPosted() throws Exception {
    try (AgentRun agent =
        follow("version: 1\nbridges: {br0: {datapath: kernel, ports: {eth7: {}}}}\n")) {
      agent.await("waits for");
      Sh.run("ip link del br0");
      agent.await("drift: ");
      asked("status", "GET", "/v1/status");
      asked("events", "GET", "/v1/events");
      asked("sync", "POST", "/v1/sync");
      asked("pause", "POST", "/v1/pause?seconds=60");
      asked("status", "GET", "/v1/status");
      asked("pause", "POST", "/v1/resume");
      asked("pause", "POST", "/v1/pause?object=bridges.br0");
      asked("pause", "POST", "/v1/pause?seconds=60&object=bridges");
      asked("status", "GET", "/v1/status");
      asked("pause", "POST", "/v1/resume");
      for (String verb : new String[] {"confirm", "rollback"}) {
        Asked none = Asked.unix(run, Asked.request("POST", "/v1/" + verb, Map.of(), ""));
        Schemas.validates(
            SCHEMA,
            "decided",
            none.body().lines().filter(each -> each.startsWith("{")).findFirst().get());
      }
      asked("healthz", "GET", "/healthz");
      asked("readyz", "GET", "/readyz");
      asked("problem", "GET", "/v1/nothing");
      asked("problem", "POST", "/v1/pause?seconds=0");
      asked("problem", "POST", "/v1/apply?seconds=86401");
      Asked refused = Asked.unix(run, Asked.request("POST", "/v1/apply", Map.of(), "no plan"));
      String line = refused.body().lines().filter(each -> each.startsWith("{")).findFirst().get();
      Schemas.validates(SCHEMA, "applyLine", line);
      asked("status", "GET", "/v1/status"); // a plan that is none does not end the agent
      int since = agent.size();
      Sh.run("ip link del br0");
      agent.await(since, "drift: ");
    }
  }

  @Test
  @RequiresEbpf
  void theSwitch() throws Exception {
    try (AgentRun agent =
        follow(
            """
            version: 1
            namespaces: {web: {}}
            bridges: {br0: {}, br1: {}}
            patches: {p0: {bridges: [br0, br1]}}
            bonds: {bond0: {bridge: br0, members: [eth4, eth5], mode: balance-slb}}
            tunnels:
              gre0: {bridge: br0, type: gre, remote: 10.0.0.9, key: 5}
              vx0: {bridge: br0, type: vxlan, key: 5, remotes: [10.0.0.7, 10.0.0.8]}
            internalPorts:
              mgmt0: {bridge: br0, addresses: [10.0.0.1/24]}
              web0: {bridge: br0, namespace: web, device: eth0, addresses: [10.0.0.2/24]}
            """)) {
      assertTrue(agent.size() > 0);
      Sh.ping("", "10.0.0.2");
      asked("status", "GET", "/v1/status");
      assertFalse(asked("switch", "GET", "/v1/switch").tree().nodes("resources").isEmpty());
      assertFalse(asked("ports", "GET", "/v1/ports").tree().nodes("ports").isEmpty());
      assertFalse(asked("flows", "GET", "/v1/flows").tree().nodes("cached").isEmpty());
      assertFalse(
          asked("trace", "GET", "/v1/trace?bridge=br0&packet=in_port%3Dmgmt0")
              .tree()
              .nodes("steps")
              .isEmpty());
      assertFalse(asked("fdb", "GET", "/v1/fdb").tree().nodes("addresses").isEmpty());
      assertFalse(asked("tunnels", "GET", "/v1/tunnels").tree().nodes("tunnels").isEmpty());
      assertEquals(1, asked("bonds", "GET", "/v1/bonds").tree().nodes("bonds").size());
    }
  }

  @Test
  void theSchemaWouldSeeAMistake() throws Exception {
    try (AgentRun agent = follow("version: 1\n")) {
      assertTrue(agent.size() > 0);
      Asked status = asked("status", "GET", "/v1/status");
      Map<Object, Object> tree = new java.util.LinkedHashMap<>(status.tree().map());
      tree.put("state", "fine");
      String wrong = JsonTree.document(tree);
      assertThrows(AssertionError.class, () -> Schemas.validates(SCHEMA, "status", wrong));
      tree.putAll(status.tree().map());
      tree.remove("fetch");
      String less = JsonTree.document(tree);
      assertThrows(AssertionError.class, () -> Schemas.validates(SCHEMA, "status", less));
      tree.putAll(status.tree().map());
      Schemas.validates(SCHEMA, "status", JsonTree.document(tree));
      tree.put("mood", "fine");
      String more = JsonTree.document(tree);
      assertThrows(AssertionError.class, () -> Schemas.validates(SCHEMA, "status", more));
    }
  }
}
