// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitRef;
import dev.plumbline.reconciler.systemd.ServiceManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Revisions whose checks hold, do not, or are broken off. On throwaway hosts, but not in user-mode
 * Linux too: nothing of it is another kernel's matter.
 */
class CheckedRevisionTest {
  private static final String GOOD =
      """
      version: 1
      veths: {vm: {peer: {device: eth0}}}
      checks:
        gateway: {ping: 192.0.2.1}
      """;
  private static final String BAD = GOOD.replace("eth0", "eth1").replace("192.0.2.1", "192.0.2.9");
  private static final String FIXED = BAD.replace("192.0.2.9", "192.0.2.2");

  @TempDir private Path directory;

  private AgentOptions options() {
    return new AgentOptions(
        new AgentOptions.File(directory.resolve("host.yaml")),
        "alpha",
        Duration.ofSeconds(1),
        directory.resolve("state"),
        directory.resolve("run"));
  }

  private void write(String text) throws IOException {
    AgentRun.write(directory.resolve("host.yaml"), text);
  }

  private Node status() throws IOException {
    return Asked.get(directory.resolve("run"), "/v1/status").tree();
  }

  /** A kernel on which all is reached but one address. */
  private static ModelKernel kernel() {
    ModelKernel kernel = ModelKernel.withCards("alpha", List.of());
    kernel.answer(check -> check.what().equals("ping 192.0.2.9") ? "no answer" : null);
    return kernel;
  }

  private static boolean has(ModelKernel kernel, String device) {
    return kernel.state().has(ResourceId.deviceIn("", device));
  }

  @Test
  void aRevisionWhoseChecksDoNotHoldIsUndoneAndHeldUntilThereIsAnother() throws Exception {
    ModelKernel kernel = kernel();
    write(GOOD);
    try (AgentRun agent = AgentRun.start(options(), () -> kernel)) {
      String applied = agent.await("applied ");
      assertTrue(applied.endsWith("; 1 check holds"), applied);
      LiveState before = kernel.state();
      write(BAD);
      String said =
          agent.await("checks.gateway \\(.*host.yaml:4:3\\): ping 192.0.2.9: no answer; ");
      assertTrue(said.endsWith("it did not hold before either"), said);
      agent.await("failed: 1 of 1 check does not hold; all was undone");
      assertEquals(before.byId().keySet(), kernel.state().byId().keySet());
      assertFalse(has(kernel, "eth1"));
      AgentRun.eventually("held", () -> stateIs("held"));
      assertTrue(status().texts("why").get(0).contains("host.yaml:4:3"), "" + status().map());
      // It is the good revision that is kept, and nothing tries the other one again.
      kernel.edit(Edit.deleteDevice(ResourceId.deviceIn("", "vm")));
      agent.await("drift: .* repaired");
      assertTrue(has(kernel, "eth0"));
      Asked synced =
          Asked.unix(directory.resolve("run"), Asked.request("POST", "/v1/sync", Map.of(), ""));
      assertEquals(200, synced.status());
      agent.settle();
      assertEquals(1, agent.lines("failed: ").size(), agent.lines("")::toString);
      write(FIXED);
      agent.await("applied .*; 1 check holds");
      AgentRun.eventually("in sync", () -> stateIs("in-sync"));
      assertTrue(has(kernel, "eth1"));
    }
    String history = History.read(directory.resolve("state")).toString();
    assertTrue(history.contains("event=check-failed"), history);
  }

  private boolean stateIs(String state) {
    try {
      return status().text("state").equals(state);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void atTheStartTheLastGoodRevisionIsAppliedThoughNothingIsReachedYet() throws Exception {
    write(GOOD);
    try (AgentRun agent = AgentRun.start(options(), CheckedRevisionTest::kernel)) {
      agent.await("applied .*; 1 check holds");
    }
    // The host was restarted: nothing is there, and nobody answers.
    ModelKernel booted = ModelKernel.withCards("alpha", List.of());
    booted.answer(check -> "no answer");
    try (AgentRun agent = AgentRun.start(options(), () -> booted)) {
      String applied = agent.await("applied ");
      assertFalse(applied.contains("check"), applied);
      assertTrue(has(booted, "eth0"));
      write(FIXED);
      agent.await("failed: 1 of 1 check does not hold; all was undone");
      assertTrue(has(booted, "eth0"));
    }
    // One that has changed since has to hold its own.
    try (AgentRun agent = AgentRun.start(options(), () -> booted)) {
      agent.await("failed: 1 of 1 check does not hold; there was nothing to undo|all was undone");
      assertEquals(List.of(), agent.lines("applied "));
      AgentRun.eventually("held", () -> stateIs("held"));
    }
  }

  @Test
  void whereNothingWasGoodYetItIsTriedAgainUntilItHolds() throws Exception {
    AtomicReference<String> why = new AtomicReference<>("no answer");
    ModelKernel kernel = ModelKernel.withCards("alpha", List.of());
    kernel.answer(check -> why.get());
    write(GOOD);
    try (AgentRun agent = AgentRun.start(options(), () -> kernel)) {
      agent.await("failed: 1 of 1 check does not hold; all was undone");
      AgentRun.eventually("held", () -> stateIs("held"));
      why.set(null);
      agent.await("applied .*; 1 check holds");
      AgentRun.eventually("in sync", () -> stateIs("in-sync"));
      assertTrue(has(kernel, "eth0"));
    }
  }

  /** What a process has that is killed: nothing after it is done. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void whatWasNotProvenWhenTheAgentDiedIsRolledBackByTheNextOne() throws Exception {
    ModelKernel kernel = kernel();
    write(GOOD);
    try (AgentRun agent = AgentRun.start(options(), () -> kernel)) {
      agent.await("applied .*; 1 check holds");
      AgentRun.eventually("in sync", () -> stateIs("in-sync"));
    }
    LiveState before = kernel.state();
    AtomicInteger asked = new AtomicInteger();
    kernel.answer(
        check -> {
          if (asked.incrementAndGet() > 1) { // after the last step
            throw new Killed();
          }
          return null;
        });
    write(FIXED);
    AgentOptions options = options();
    try (Agent agent =
        Agent.open(options, () -> kernel, ServiceManager.NONE, new AgentLog(line -> {}, false))) {
      assertThrows(Killed.class, agent::once);
    }
    assertTrue(has(kernel, "eth1"), "applied and not proven");
    AtomicReference<LiveState> then = new AtomicReference<>();
    kernel.answer(
        check -> {
          then.compareAndSet(null, kernel.state()); // before the first step
          return "no answer";
        });
    try (AgentRun agent = AgentRun.start(options, () -> kernel)) {
      String back = agent.await("the apply was broken off: ");
      assertTrue(back.contains(" rolled back; "), back);
      // It is tried again, as nothing but the agent's end speaks against it.
      agent.await("failed: 1 of 1 check does not hold; all was undone");
      assertEquals(before.byId().keySet(), then.get().byId().keySet());
    }
  }

  @Test
  void whatIsBeingTriedIsNobodysToConfirm() throws Exception {
    ModelKernel kernel = kernel();
    CountDownLatch told = new CountDownLatch(1);
    kernel.answer(
        check -> {
          if (has(kernel, "eth0")) { // after the last step
            await(told);
          }
          return null;
        });
    write(GOOD);
    Path checkpoint = directory.resolve("state/checkpoint");
    try (AgentRun agent = AgentRun.start(options(), () -> kernel)) {
      try {
        AgentRun.eventually("applied", () -> has(kernel, "eth0"));
        assertTrue(Files.exists(checkpoint));
        assertTrue(status().node("unconfirmed").map().isEmpty(), "" + status().map());
      } finally {
        told.countDown();
      }
      agent.await("applied .*; 1 check holds");
      assertFalse(Files.exists(checkpoint));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** With something in the place that it is moved to before it is removed. */
  @Test
  @ExtendWith(ThrowawayHost.class)
  void whatIsProvenStaysWhereItsCheckpointCannotBeRemoved() throws Exception {
    ModelKernel kernel = kernel();
    Path checkpoint = directory.resolve("state/checkpoint");
    Path place = Files.createDirectories(directory.resolve("state/checkpoint.old"));
    Sh.run("mount -t tmpfs none " + place);
    write(GOOD);
    try (AgentRun agent = AgentRun.start(options(), () -> kernel)) {
      String failed = agent.await("STATE DIRECTORY: cannot forget what there was before ");
      assertTrue(failed.contains("busy"), failed);
      agent.await("applied .*; 1 check holds");
      AgentRun.eventually("in sync", () -> stateIs("in-sync"));
      kernel.edit(Edit.deleteDevice(ResourceId.deviceIn("", "vm")));
      agent.await("drift: .* repaired");
      Asked decided =
          Asked.unix(directory.resolve("run"), Asked.request("POST", "/v1/rollback", Map.of(), ""));
      assertEquals(200, decided.status());
      assertTrue(has(kernel, "eth0"));
      assertEquals(List.of(), agent.events("rolled-back"));
      assertTrue(Files.exists(checkpoint));
      Sh.run("umount " + place);
      agent.await("state directory: can forget again ");
      assertFalse(Files.exists(checkpoint));
      write(FIXED);
      agent.await("applied .*; 1 check holds");
      AgentRun.eventually("the other", () -> has(kernel, "eth1"));
    }
  }

  @Test
  void whatCannotBeTriedIsUndone() throws Exception {
    ModelKernel kernel = kernel();
    write(GOOD);
    try (AgentRun agent = AgentRun.start(options(), () -> kernel)) {
      agent.await("applied ");
      AtomicInteger asked = new AtomicInteger();
      kernel.answer(
          check -> {
            // Before the first step, and then after the last.
            if (asked.incrementAndGet() > 1) {
              throw new IllegalStateException("out of sockets");
            }
            return null;
          });
      write(FIXED);
      agent.await("ping 192.0.2.2: it cannot be tried: .*out of sockets");
      agent.await("failed: 1 of 1 check does not hold; all was undone");
      assertFalse(has(kernel, "eth1"));
      assertTrue(has(kernel, "eth0"));
    }
  }

  @Test
  void aCommitThatSaysTheSameForThisHostStandsAsTheOneBefore() throws Exception {
    AgentOptions options =
        new AgentOptions(
            new AgentOptions.Git(
                directory.resolve("work").toString(),
                new GitRef.Branch("main"),
                GitAccess.USUAL,
                null),
            "alpha",
            Duration.ofSeconds(1),
            directory.resolve("state"),
            directory.resolve("run"));
    try (OriginRun repository = new OriginRun(directory)) {
      repository.commit("Good", "hosts/alpha.yaml", GOOD);
      ModelKernel kernel = kernel();
      try (AgentRun agent = AgentRun.start(options, () -> kernel)) {
        agent.await("applied .*; 1 check holds");
        repository.commit("Bad", "hosts/alpha.yaml", BAD);
        agent.await("failed: 1 of 1 check does not hold; all was undone");
        String newest = repository.commit("Beside", "README", "Nothing about any host\n");
        agent.await("\"Beside\".* is refused: it says the same for this host as .*\"Bad\"");
        AgentRun.eventually("held", () -> stateIs("held"));
        assertTrue(status().text("held").startsWith(newest.substring(0, 7)), "" + status().map());
        assertTrue(status().texts("why").get(0).contains("192.0.2.9"), "" + status().map());
        assertEquals(1, agent.events("failed").size(), agent.lines("")::toString);
        repository.commit("Back", "hosts/alpha.yaml", GOOD);
        agent.await("noted .*\"Back\"");
      }
      // What is fetched at the start says the same as what was good last.
      repository.commit("Once more", "README", "Nothing at all\n");
      ModelKernel booted = ModelKernel.withCards("alpha", List.of());
      booted.answer(check -> "no answer");
      try (Agent once =
          Agent.open(options, () -> booted, ServiceManager.NONE, new AgentLog(line -> {}, false))) {
        assertTrue(once.once());
      }
      assertTrue(has(booted, "eth0"));
    }
  }

  @Test
  void theOwnFileThatSomebodyAppliedIsProven() throws Exception {
    write(GOOD);
    AgentLog log = new AgentLog(line -> {}, false);
    try (StateDirectory state =
        StateDirectory.open(directory.resolve("state"), BootClock.OF_THE_HOST, log)) {
      ProvenFile proven = new ProvenFile(directory.resolve("state"), state.trouble());
      Path own = directory.resolve("host.yaml");
      try (FileOrigin origin = new FileOrigin(own, "alpha", Duration.ofSeconds(1), proven, log)) {
        String id = FileOrigin.read(own, "alpha").id();
        assertFalse(origin.now().isProven());
        origin.keeper(directory.resolve("other.yaml"), id).keep();
        assertFalse(origin.now().isProven());
        origin.keeper(directory.resolve("state/../host.yaml"), id).keep();
        assertTrue(origin.now().isProven());
      }
    }
  }

  /** On the real kernel, where nobody answers for two minutes. */
  @Test
  @ExtendWith(ThrowawayHost.class)
  void aPauseAndTheEndOfTheAgentEndChecksAtOnceAndUndoAll() throws Exception {
    Sh.run(
        "ip netns add far; ip link add cable type veth peer name far0 netns far;"
            + " ip -n far link set far0 up; ip -n far addr add 10.0.0.2/24 dev far0");
    write(
        """
        version: 1
        interfaces: {cable: {up: true, addresses: [10.0.0.1/24]}}
        routes: [{to: 10.9.0.0/16, via: 10.0.0.2}]
        checks: {nobody: {ping: 10.9.9.9, within: 2m}}
        """);
    Path run = directory.resolve("run");
    try (AgentRun agent = AgentRun.start(options())) {
      applied();
      assertEquals(200, Asked.unix(run, Asked.request("POST", "/v1/pause", Map.of(), "")).status());
      agent.await("its checks were broken off; all was undone");
      AgentRun.eventually("paused", () -> stateIs("paused"));
      agent.settle();
      assertFalse(Sh.run("ip route").contains("10.9.0.0/16"));
      assertEquals(1, agent.events("checks-broken-off").size(), agent.lines("")::toString);
      assertEquals(
          200, Asked.unix(run, Asked.request("POST", "/v1/resume", Map.of(), "")).status());
      applied();
    }
    assertFalse(Sh.run("ip route").contains("10.9.0.0/16"), "undone by the end of the agent");
  }

  private static void applied() throws InterruptedException {
    AgentRun.eventually("applied", () -> Sh.run("ip route").contains("10.9.0.0/16"));
  }
}
