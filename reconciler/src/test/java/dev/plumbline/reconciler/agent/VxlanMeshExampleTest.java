// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The three files of the mesh, each applied by an agent on a host of its own. On a throwaway host,
 * but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
@RequiresKind("vxlan")
class VxlanMeshExampleTest {
  private static final int HOSTS = 3;
  private static final int PINGS = 20;

  /** Of each ping: far larger than anything that a host says of its own accord. */
  private static final int BYTES = 1_200;

  @TempDir Path directory;
  private final List<OtherHost> hosts = new ArrayList<>();
  private final List<AgentRun> agents = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    Sh.run("ip link add wire type bridge");
    Sh.run("ip link set wire up");
    for (int i = 1; i <= HOSTS; i++) {
      OtherHost host = new OtherHost();
      hosts.add(host);
      Sh.run("ip link add cable" + i + " type veth peer name eth0 netns " + host.namespace());
      Sh.run("ip link set cable" + i + " master wire up");
      Path file = Path.of("..", "examples", "vxlan-mesh", "host-" + i + ".yaml");
      Path state = directory.resolve("host-" + i).resolve("state");
      agents.add(host.run(() -> AgentRun.ofFile(file, state)));
    }
  }

  @AfterEach
  void stop() {
    agents.forEach(AgentRun::close);
    hosts.forEach(OtherHost::close);
  }

  private void greet(int from, int to) throws Exception {
    boolean unused =
        hosts
            .get(from - 1)
            .run(
                () -> {
                  Sh.ping("c" + from, "10.10.0." + to);
                  return true;
                });
  }

  private int received(int from, int to) throws Exception {
    String command =
        "ip netns exec c%d ping -q -c %d -s %d -i 0.05 -W 2 10.10.0.%d"
            .formatted(from, PINGS, BYTES, to);
    String result = hosts.get(from - 1).run(() -> Sh.run(command));
    return Integer.parseInt(result.replaceFirst("(?s).* (\\d+) received.*", "$1"));
  }

  private long bytesSent(int host) throws Exception {
    String file = "/sys/class/net/eth0/statistics/tx_bytes";
    return Long.parseLong(hosts.get(host - 1).run(() -> Sh.run("cat " + file)).strip());
  }

  @Test
  void everyPairSpeaksDirectlyAndNoHostRelays() throws Exception {
    int[][] pairs = {{1, 2, 3}, {2, 3, 1}, {3, 1, 2}};
    for (int[] pair : pairs) {
      greet(pair[0], pair[1]);
      long third = bytesSent(pair[2]);
      int received = received(pair[0], pair[1]);
      assertTrue(received > PINGS / 2, received + " of " + PINGS + " pings are answered");
      long relayed = bytesSent(pair[2]) - third;
      // Its own neighbour discovery and the like; relaying one way would be all of the pings'
      // bytes.
      assertTrue(relayed < PINGS * BYTES / 2, relayed + " bytes left the third host meanwhile");
    }
  }
}
