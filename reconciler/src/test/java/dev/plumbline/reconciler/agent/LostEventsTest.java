// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.event.RouteGroup;
import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.Reception;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.KernelWatch;
import dev.plumbline.reconciler.host.NetlinkWatch;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drift whose own event never arrives, for the socket was full. */
@KernelTest
class LostEventsTest {
  private static final int RECEIVE_BYTES = 4096;
  private static final int CHANGES = 3000;
  private static final int DELLINK = 17;

  private static final String FILE =
      """
      version: 1
      namespaces: {web: {}}
      veths: {vm: {peer: {device: eth0, namespace: web, addresses: [10.0.0.2/24]}}}
      bridges: {br0: {datapath: kernel, ports: {vm: {}}, addresses: [10.0.0.1/24]}}
      """;

  @TempDir private Path directory;

  private void floodThenRepair(String namespace, String damage, String found) throws Exception {
    DesiredState state =
        HostFile.load(
                MapSource.ofTexts(Map.of("host.yaml", FILE)), "host.yaml", LoadOptions.defaults())
            .state();
    assertNotNull(state);
    Candidate candidate =
        Candidate.read("1", "1", "one", state, List.of(), Candidate.Keeper.NOTHING);
    List<String> lines = new ArrayList<>();
    AgentLog log = new AgentLog(lines::add, false);
    try (Host host = Host.open(directory.resolve("state"));
        KernelWatch watch = new NetlinkWatch(log::say, RECEIVE_BYTES)) {
      Reconciling reconciling =
          new Reconciling(
              host,
              watch,
              new Mailbox(() -> {}),
              new Pause(directory.resolve("run"), Clock.systemUTC()),
              new ObjectPauses(directory.resolve("run"), Clock.systemUTC()),
              new Checkpoints(directory.resolve("state"), BootClock.OF_THE_HOST),
              log);
      assertTrue(reconciling.adopt(candidate), lines.toString());
      String in = namespace.isEmpty() ? "" : "-n " + namespace + " ";
      Sh.run("ip " + in + "link add foreign up type veth peer name foreigner");
      reconciling.turn();
      int since = lines.size();

      try (Subscription witness = witness(namespace)) {
        // Nobody reads while this runs: the loop is this very thread.
        Sh.run("ip " + in + "-batch " + batch(damage));
        onlyTheFirstEventsArrived(witness);
      }
      reconciling.turn();

      List<String> said = lines.subList(since, lines.size());
      String place = namespace.isEmpty() ? "the host" : "namespace " + namespace;
      String lost = "events were lost in " + place + ": reading everything anew";
      assertTrue(said.stream().anyMatch(line -> line.endsWith(lost)), said.toString());
      // Its own repair may overflow a socket as small as this, too.
      List<String> others = said.stream().filter(line -> !line.contains("were lost")).toList();
      assertEquals(1, others.size(), said.toString());
      assertTrue(
          others.get(0).matches(".* drift: .*" + found + ".* repaired in .*"), said.toString());
    }
  }

  private static Subscription witness(String namespace) throws IOException {
    Subscription witness;
    if (namespace.isEmpty()) {
      witness = Subscription.open(RouteGroup.LINK);
    } else {
      try (NetNamespace opened = NetNamespace.named(namespace)) {
        witness = Subscription.open(opened, RouteGroup.LINK);
      }
    }
    witness.receiveBufferBytes(RECEIVE_BYTES);
    return witness;
  }

  /** A socket of the same size has lost the event of the damage, which came last. */
  private static void onlyTheFirstEventsArrived(Subscription witness) throws IOException {
    int events = 0;
    boolean overrun = false;
    Reception reception = witness.receive(0);
    while (!(reception instanceof Reception.Nothing)) {
      overrun |= reception instanceof Reception.Overrun;
      if (reception instanceof Reception.Messages messages) {
        events += messages.messages().size();
        for (Message message : messages.messages()) {
          assertTrue(
              message.type() != DELLINK,
              "the event of the damage was not lost: " + events + " " + overrun + " " + messages);
        }
      }
      reception = witness.receive(0);
    }
    assertTrue(overrun && events < CHANGES / 10, events + " events of " + CHANGES);
  }

  /** Thousands of changes to what is none of the agent's, and the damage at their end. */
  private Path batch(String damage) throws IOException {
    StringBuilder batch = new StringBuilder();
    for (int i = 0; i < CHANGES; i++) {
      batch.append(
          i % 2 == 0
              ? "link set foreign alias a%d\n".formatted(i)
              : "address add 172.16.%d.%d/32 dev foreign\n".formatted(i >> 8, i & 255));
    }
    return Files.writeString(directory.resolve("batch"), batch.append(damage).append('\n'));
  }

  @Test
  void onTheHostLeadToAFullReadingThatRepairsWhatDrifted() throws Exception {
    floodThenRepair("", "link del br0", "bridges.br0 is missing");

    assertTrue(Sh.run("ip -br addr show br0").contains("10.0.0.1/24"));
    assertTrue(Sh.run("ip link show vm").contains("master br0"));
  }

  @Test
  void inANamespaceToo() throws Exception {
    floodThenRepair("web", "link del eth0", "veths.vm");

    assertTrue(Sh.run("ip -n web -br addr show eth0").contains("10.0.0.2/24"));
  }
}
