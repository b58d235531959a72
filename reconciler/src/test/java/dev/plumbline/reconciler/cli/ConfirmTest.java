// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code apply --confirm}, {@code confirm} and {@code rollback} as processes, some of them killed.
 */
@ExtendWith(ThrowawayHost.class)
@Timeout(300)
class ConfirmTest {
  private static final int SECONDS = 60;

  @TempDir private Path directory;
  private Path state;
  private Path file;
  private Path other;
  private String before;

  /** Whether devices are removed and come back: with another index, and a MAC that somebody set. */
  private boolean again;

  @BeforeEach
  void host() throws Exception {
    state = directory.resolve("state");
    Sh.run(
        "set -e; ip link add f type veth peer name g; ip link set g up; ip link set f mtu 1400 up;"
            + " ip addr add 10.50.0.1/24 dev f; ip route add default via 10.50.0.254");
    StringBuilder veths = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      veths.append("  v%d: {peer: {device: e%d, namespace: web}}\n".formatted(i, i));
    }
    file =
        file(
            "host.yaml",
            """
            namespaces: {web: {}}
            veths:
            %sbridges: {br: {datapath: kernel, ports: {f: {}}, addresses: [10.50.0.1/24]}}
            interfaces: {f: {mtu: 1300, addresses: []}}
            routes: [{to: default, via: 10.50.0.254}]
            """
                .formatted(veths));
    other = file("other.yaml", "veths: {o: {peer: {device: p}}}\n");
    before = shown();
  }

  @AfterEach
  void nothingWatchesAnyMore() throws Exception {
    run("rollback");
    eventually("no watcher is left", () -> watchers().isEmpty());
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), "version: 1\n" + text);
  }

  private int run(CommandRun command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--state", state.toString()));
    if (!List.of("show", "history").contains(arguments[0])) {
      all.addAll(List.of("--run", directory.resolve("run").toString()));
    }
    return command.execute(all.toArray(String[]::new));
  }

  /** What it printed, whatever came of it. */
  private String run(String... arguments) {
    CommandRun command = new CommandRun();
    int code = run(command, arguments);
    return code + "\n" + command.out() + command.err();
  }

  private String shown() {
    CommandRun show = new CommandRun();
    assertEquals(0, show.execute("show", "-o", "json", "--state", state.toString()), show.err());
    return again
        ? show.out().replaceAll("\"index\": [0-9]+, |(?m)^ {4}\"(veths|bridges)\": .*", "")
        : show.out();
  }

  private static void eventually(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, "never: " + what);
      Thread.sleep(5);
    }
  }

  private boolean isOpen() {
    return Files.exists(state.resolve("checkpoint"));
  }

  private List<Long> watchers() throws IOException {
    return watchers(state);
  }

  /** The processes that watch over a state directory: the shell, then what it started. */
  static List<Long> watchers(Path state) throws IOException {
    List<Long> found = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        String name = process.getFileName().toString();
        if (name.chars().allMatch(Character::isDigit)) {
          try {
            String line = Files.readString(process.resolve("cmdline"));
            if (line.contains(WatchVerb.NAME) && line.contains(state.toString())) {
              found.add(Long.parseLong(name));
            }
          } catch (IOException e) {
            assertFalse(Files.isReadable(process.resolve("exe")), "it has ended since");
          }
        }
      }
    }
    found.sort(null);
    return found;
  }

  private void assertAsBefore() {
    List<String> then = before.lines().toList();
    List<String> now = shown().lines().toList();
    List<String> gone = new ArrayList<>(then);
    gone.removeAll(now);
    List<String> come = new ArrayList<>(now);
    come.removeAll(then);
    assertEquals(before, String.join("\n", now) + "\n", () -> "gone: " + gone + ", come: " + come);
  }

  private void awaitRolledBack() throws Exception {
    eventually("rolled back", () -> !isOpen());
    assertAsBefore();
  }

  @Test
  void whatIsConfirmedInTimeStaysAndMeanwhileNothingElseIsApplied() throws Exception {
    String applied = run("apply", "--yes", "--confirm", "10m", file.toString());
    assertTrue(applied.startsWith("0\n"), applied);
    assertTrue(applied.contains("Not confirmed yet: rolled back at "), applied);
    assertEquals(2, watchers().size(), "a shell, and what it would start again");
    for (long pid : watchers()) {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      assertEquals("0", words[4], "no terminal: " + stat);
      assertFalse(words[3].equals(session()), "a session of its own: " + stat);
    }
    for (String again : new String[] {"--full", "--confirm=1m"}) {
      String refused = run("apply", "--yes", again, other.toString());
      assertTrue(refused.startsWith("1\n"), refused);
      assertTrue(refused.contains("host.yaml, applied by "), refused);
      assertTrue(refused.contains("decide that first; nothing was changed"), refused);
    }
    assertTrue(run("status").contains("unless `plumbline confirm` comes before"));
    String confirmed = run("confirm");
    assertTrue(confirmed.matches("0\nconfirmed by .*host.yaml stays\n"), confirmed);
    assertFalse(isOpen());
    assertTrue(Sh.run("ip link show v39").contains("v39"));
    String none = run("confirm");
    assertTrue(none.startsWith("1\n"), none);
    assertTrue(none.contains("no apply waits to be confirmed; the last: "), none);
    String history = run("history");
    assertTrue(history.indexOf("confirmed by ") > history.indexOf("rolled back unless"), history);
    assertTrue(run("apply", "--yes", other.toString()).startsWith("0\n"));
  }

  private static String session() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3];
  }

  @Test
  void rolledBackByHandAllIsAsItWas() {
    assertTrue(run("apply", "--yes", "--confirm", "10m", file.toString()).startsWith("0\n"));
    assertFalse(shown().equals(before));
    String back = run("rollback");
    assertTrue(back.startsWith("0\nas "), back);
    assertTrue(back.matches("(?s).*host.yaml rolled back; \\d+ changes undone\n"), back);
    assertAsBefore();
    assertTrue(run("rollback").startsWith("1\n"), "there is nothing to roll back");
  }

  /** At three moments: before the first step, on the way, and when all is applied. */
  @ParameterizedTest
  @ValueSource(strings = {"checkpoint", "device", "applied"})
  void aShellThatDiesWithAllItStartedIsNoHindrance(String moment) throws Exception {
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        MainProcess.of(
            output,
            "apply",
            "--yes",
            "--confirm",
            "2s",
            file.toString(),
            "--state",
            state.toString(),
            "--run",
            directory.resolve("run").toString());
    builder.command().addAll(0, List.of("setsid", "--wait"));
    Process session = builder.start();
    eventually(
        moment,
        () ->
            switch (moment) {
              case "checkpoint" -> isOpen();
              case "device" -> Sh.run("ip -br link").contains("v3");
              default -> Files.readString(output).contains("Not confirmed yet");
            });
    // setsid(1) need not fork here, so the session has the number of the process.
    // One that is dying still has its command line, and would be taken for a watcher.
    String of = "ps -s " + session.pid();
    eventually(
        "all of the session have ended",
        () -> {
          Sh.run("for p in $(" + of + " -o pid=); do kill -9 $p; done; true");
          return Sh.run(of + " -o stat= || true").lines().allMatch(stat -> stat.startsWith("Z"));
        });
    session.destroyForcibly().waitFor();
    if (watchers().isEmpty()) {
      // Killed before there was anybody to watch: whoever comes next takes it back.
      String next = run("apply", "--yes", file("none.yaml", "").toString());
      assertTrue(next.startsWith("0\n"), next);
    }
    awaitRolledBack();
    // Written down after it was done.
    eventually(
        "history", () -> run("history").matches("(?s).*(broken off|not confirmed within 2 s): .*"));
  }

  /** The time is up, without waiting for it. */
  private void makeOverdue() throws IOException {
    saysOf("deadlineMillis\":\\d+", "deadlineMillis\":1");
  }

  /** Changes what the checkpoint says of itself. */
  private void saysOf(String pattern, String replacement) throws IOException {
    Path about = state.resolve("checkpoint/about.json");
    Path fresh = state.resolve("about.fresh");
    String now = Files.readString(about);
    String then = now.replaceFirst(pattern, replacement);
    assertFalse(now.equals(then), now);
    Files.writeString(fresh, then);
    Files.move(fresh, about, StandardCopyOption.ATOMIC_MOVE);
  }

  private String checkpointId() throws IOException {
    String about = Files.readString(state.resolve("checkpoint/about.json"));
    return about.replaceFirst("(?s).*\"id\":\"([^\"]*)\".*", "$1");
  }

  private void killWatchers() throws Exception {
    for (long process : watchers()) {
      ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
    }
    eventually("killed", () -> watchers().isEmpty());
  }

  private static boolean isKernelAsBefore() {
    return Sh.run("ip addr show f").contains("mtu 1400")
        && Sh.run("ip addr show f").contains("10.50.0.1/24")
        && Sh.run("ip route show default").contains("dev f")
        && !Sh.run("ip link").contains("v39@");
  }

  @Test
  void aWatcherThatIsKilledIsStartedAgain() throws Exception {
    assertTrue(run("apply", "--yes", "--confirm", "10m", file.toString()).startsWith("0\n"));
    List<Long> watchers = watchers();
    Sh.run("kill -9 " + watchers.get(watchers.size() - 1));
    makeOverdue();
    awaitRolledBack();
    eventually("history", () -> run("history").contains("not confirmed within 600 s: "));
  }

  @Test
  void aWatcherThatSystemdDoesNotStartIsStartedWithout() throws Exception {
    assertTrue(run("apply", "--yes", "--confirm", "10m", file.toString()).startsWith("0\n"));
    killWatchers();
    String id = checkpointId();
    Files.delete(Watcher.sign(state, id));
    new Watcher(state, directory.resolve("run"), "false").start(id);
    assertEquals(2, watchers().size());
    assertTrue(Files.readString(Watcher.log(state)).startsWith("false does not start it: "));
    assertTrue(run("confirm").startsWith("0\n"));
    eventually("it ends", () -> watchers().isEmpty());
    try (Stream<Path> left = Files.list(state)) {
      assertTrue(left.noneMatch(each -> each.toString().contains(id)), "no sign is left");
    }
  }

  /** With a {@code sleep} that does not; the path is one that a shell would take apart. */
  @Test
  void itIsStartedAgainForAsLongAsTheCheckpointIsThere() throws Exception {
    Path checkpoint = Files.createDirectory(directory.resolve("a  $b 'c"));
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("sleep"), Path.of("/bin/true"));
    for (String end : List.of("exit 0", "rmdir \"$2\"; exit 1")) {
      Path log = Files.writeString(directory.resolve("starts"), "");
      String once = "echo x >>\"$1\"; [ \"$(wc -l <\"$1\")\" -lt 30 ] && exit 1; " + end;
      ProcessBuilder loop =
          new ProcessBuilder("sh", "-c", Watcher.AGAIN, "watcher", checkpoint.toString());
      loop.command()
          .addAll(List.of("sh", "-c", once, "once", log.toString(), checkpoint.toString()));
      loop.environment().merge("PATH", bin.toString(), (path, own) -> own + ":" + path);
      Process process = loop.inheritIO().start();
      assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), end);
      assertEquals(30, Files.readAllLines(log).size(), end);
    }
    assertFalse(Files.exists(checkpoint));
  }

  /** A process number that was given anew is not the process that applied. */
  @Test
  void anApplyWhoseProcessIsGoneIsRolledBackThoughAnotherHasItsNumber() throws Exception {
    assertTrue(run("apply", "--yes", "--confirm", "10m", file.toString()).startsWith("0\n"));
    Process other = new ProcessBuilder("sleep", "600").start();
    try {
      saysOf(
          "process\":\\d+(.*)\"applying\":false",
          "process\":" + other.pid() + "$1\"applying\":true");
      awaitRolledBack();
      eventually("in the history", () -> run("history").contains("the apply was broken off: "));
      assertTrue(other.isAlive());
    } finally {
      other.destroy();
    }
  }

  @Test
  void anApplyThatIsStoppedIsKilledAndRolledBack() throws Exception {
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        MainProcess.of(output, "apply", "--yes", "--confirm", "10m", file.toString());
    builder.command().addAll(List.of("--state", state.toString()));
    builder.command().addAll(List.of("--run", directory.resolve("run").toString()));
    Process apply = builder.start();
    try {
      eventually("watched", () -> isOpen() && Files.exists(Watcher.sign(state, checkpointId())));
      Sh.run("kill -STOP " + apply.pid() + " || true"); // it may have ended by now
      boolean stoppedInTime =
          Files.readString(state.resolve("checkpoint/about.json")).contains("\"applying\":true");
      makeOverdue();
      awaitRolledBack();
      if (stoppedInTime) {
        assertTrue(apply.waitFor(SECONDS, TimeUnit.SECONDS), "it was killed");
        assertTrue(Files.readString(Watcher.log(state)).contains("it is killed"));
      }
    } finally {
      apply.destroyForcibly().waitFor();
    }
  }

  private void mountState() throws IOException {
    Files.createDirectory(state);
    Sh.run("mount -t tmpfs -o size=4m none " + state);
  }

  private void fill() {
    Sh.run("dd if=/dev/zero of=" + state + "/filler bs=4k 2>/dev/null; true");
  }

  /** The kernel first: what cannot be written down is written down later. */
  @ParameterizedTest
  @ValueSource(strings = {"full", "readOnly"})
  void aDiskThatCannotBeWrittenIsNoHindrance(String disk) throws Exception {
    mountState();
    assertTrue(run("apply", "--yes", "--confirm", "10m", file.toString()).startsWith("0\n"));
    killWatchers(); // their log is on this disk
    makeOverdue();
    String id = checkpointId();
    Sh.run(": > " + state + "/applier"); // no block of its own that could be written again
    if (disk.equals("full")) {
      fill();
    } else {
      // A process that was killed closes its files a little after it has lost its command line.
      String remount = "mount -o remount,ro " + state;
      Sh.run("for i in $(seq 300); do " + remount + " && exit 0; sleep 0.1; done; exit 1");
    }
    Path output = directory.resolve("output");
    ProcessBuilder builder = MainProcess.of(output, WatchVerb.NAME, "--id", id);
    builder.command().addAll(List.of("--state", state.toString()));
    builder.command().addAll(List.of("--run", directory.resolve("run").toString()));
    Process watcher = builder.start();
    try {
      eventually("rolled back", ConfirmTest::isKernelAsBefore);
      Sh.run(disk.equals("full") ? "rm " + state + "/filler" : "mount -o remount,rw " + state);
      eventually("decided", () -> !isOpen());
      assertTrue(watcher.waitFor(SECONDS, TimeUnit.SECONDS), "it ends");
      assertEquals(0, watcher.exitValue(), Files.readString(output));
    } finally {
      watcher.destroyForcibly().waitFor();
    }
  }

  @Test
  void whatAFullDiskHasNoRoomToGoBackToIsNotApplied() throws Exception {
    mountState();
    assertTrue(run("apply", "--yes", file("none.yaml", "").toString()).startsWith("0\n"));
    fill();
    String refused = run("apply", "--yes", "--confirm", "10m", file.toString());
    assertTrue(refused.startsWith("1\n"), refused);
    assertTrue(refused.contains("No space left on device"), refused);
    assertFalse(refused.contains("Exception"), refused);
    assertFalse(isOpen());
    assertFalse(Files.exists(state.resolve("checkpoint.new")));
    assertTrue(isKernelAsBefore());
    Sh.run("rm " + state + "/filler");
  }

  @Test
  void anAgentThatHangsHoldsNothingUp() throws Exception {
    Path followed = file("followed.yaml", "veths: {a: {peer: {device: b}}}\n");
    again = true;
    try (AgentProcess agent = AgentProcess.follow(followed, directory)) {
      before = shown();
      assertTrue(run("apply", "--yes", "--confirm", "10m", file.toString()).startsWith("0\n"));
      Sh.run("kill -STOP " + agent.pid());
      makeOverdue();
      awaitRolledBack();
    }
  }

  @Test
  void withoutAnyWatcherTheNextCommandTakesItBackAndGoesOn() throws Exception {
    for (String next : List.of("apply", "confirm", "agent")) {
      assertTrue(run("apply", "--yes", "--confirm", "10m", file.toString()).startsWith("0\n"));
      killWatchers();
      makeOverdue();
      switch (next) {
        case "apply" -> {
          String said = run("apply", "--yes", other.toString());
          assertTrue(said.startsWith("0\n"), said);
          assertTrue(said.contains("rolled back; "), said);
          assertTrue(run("apply", "--yes", file("none.yaml", "").toString()).startsWith("0\n"));
        }
        case "confirm" -> {
          String said = run("confirm");
          assertTrue(said.startsWith("1\n"), said);
          assertTrue(said.contains("not confirmed within 600 s: "), said);
        }
        default -> {
          try (AgentProcess agent = AgentProcess.follow(file("none.yaml", ""), directory)) {
            assertTrue(agent.output().contains("not confirmed within 600 s: "), agent.output());
            agent.terminate();
          }
        }
      }
      awaitRolledBack();
    }
  }

  @Test
  void anApplyWaitsForTheChecksThatAnAgentTries() throws Exception {
    Sh.run(
        "set -e; ip netns add far; ip link add cable type veth peer name far0 netns far;"
            + " ip -n far link set far0 up; ip -n far addr add 10.0.0.2/24 dev far0");
    Path followed =
        file(
            "followed.yaml",
            """
            interfaces: {cable: {up: true, addresses: [10.0.0.1/24]}}
            routes: [{to: 10.9.0.0/16, via: 10.0.0.2}]
            checks: {far: {ping: 10.9.9.9, within: 2m}}
            """);
    try (AgentProcess agent =
            AgentProcess.start(directory, "agent", "--file", followed.toString());
        AgentProcess apply = waiting(agent)) {
      assertFalse(run("status").contains("rolled back"), "it is none to be confirmed");
      Sh.run("ip -n far addr add 10.9.9.9/32 dev far0");
      agent.await("applied .*followed.*; 1 check holds");
      String said = apply.ended();
      assertTrue(said.contains("The host matches " + other), said);
      assertTrue(Sh.run("ip -br link").contains("o@"), said);
    }
  }

  /** An apply that has said that it waits for an agent. */
  private AgentProcess waiting(AgentProcess agent) throws Exception {
    eventually("checks are tried", this::isOpen);
    AgentProcess apply = AgentProcess.start(directory, "apply", "--yes", other.toString());
    apply.await("waiting for the agent, which tries the checks of .*followed");
    assertFalse(agent.output().contains("applied "), agent.output());
    return apply;
  }

  @Test
  void anAgentKeepsOffAndTakesItBackItself() throws Exception {
    Path followed = file("followed.yaml", "veths: {a: {peer: {device: b}}}\n");
    again = true;
    try (AgentProcess agent = AgentProcess.follow(followed, directory)) {
      before = shown();
      String applied = run("apply", "--yes", "--confirm", "10m", file.toString());
      assertTrue(applied.startsWith("0\n"), applied);
      assertTrue(applied.contains("Not confirmed yet"), applied);
      assertTrue(run("status").contains("is rolled back at "));
      Files.writeString(followed, "version: 1\nveths: {c: {peer: {device: d}}}\n");
      Sh.run("ip link del v7");
      String refused = run("apply", "--yes", other.toString());
      assertTrue(refused.contains("decide that first"), refused);
      assertFalse(agent.output().contains("drift"), agent.output());
      int since = agent.written();
      assertTrue(run("rollback").startsWith("0\n"));
      agent.await(since, "rolled back; ");
      agent.await(since, "applied .*followed");
      assertTrue(Sh.run("ip -br link").contains("c@"));

      before = shown();
      since = agent.written();
      assertTrue(run("apply", "--yes", "--confirm", "1s", file.toString()).startsWith("0\n"));
      agent.await(since, "not confirmed within 1 s: .* rolled back; ");
      awaitRolledBack();
      // The very same as a new revision is not applied by itself.
      since = agent.written();
      Files.copy(file, followed, StandardCopyOption.REPLACE_EXISTING);
      agent.await(since, "refused: the very same was rolled back");
      assertAsBefore();

      since = agent.written();
      assertTrue(run("apply", "--yes", "--confirm", "10m", file.toString()).startsWith("0\n"));
      assertTrue(run("confirm").startsWith("0\nconfirmed by "));
      Sh.run("ip link del v7");
      agent.await(since, "drift: .*v7.*repaired");

      // And one that is killed leaves it to the other process.
      before = shown();
      assertTrue(run("apply", "--yes", "--confirm", "10m", other.toString()).startsWith("0\n"));
      eventually("watched", () -> !watchers().isEmpty());
      agent.kill();
      makeOverdue();
    }
    awaitRolledBack();
  }
}
