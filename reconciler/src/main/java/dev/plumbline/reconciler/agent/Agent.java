// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.api.ApiServer;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.Kernel;
import dev.plumbline.reconciler.host.KernelWatch;
import dev.plumbline.reconciler.host.NetlinkKernel;
import dev.plumbline.reconciler.report.Notifier;
import dev.plumbline.reconciler.report.NotifyOptions;
import dev.plumbline.reconciler.source.GitSource;
import dev.plumbline.reconciler.source.HostPath;
import dev.plumbline.reconciler.systemd.ServiceManager;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the host of the calling thread at the newest good revision, until it is told to stop.
 *
 * <p>{@link #run} and {@link #once} belong to the thread that opened it; {@link #stop} may be
 * called from any.
 */
public final class Agent implements AutoCloseable {
  private final AgentLock lock;
  private final StateDirectory remembered;
  private final Origin origin;
  private final String name;
  private final AgentOptions options;
  private final RunningSwitch embedded;
  private final Host host;
  private final KernelWatch watch;
  private final AgentLog log;
  private final Supervision supervision;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean stopping;
  private volatile @Nullable ConfigurationFile configuration;
  private volatile @Nullable Runnable look;

  private Agent(
      AgentLock lock,
      StateDirectory remembered,
      Origin origin,
      String name,
      AgentOptions options,
      RunningSwitch embedded,
      Host host,
      KernelWatch watch,
      ServiceManager manager,
      AgentLog log) {
    this.supervision = new Supervision(manager, log);
    this.name = name;
    this.options = options;
    this.lock = lock;
    this.remembered = remembered;
    this.origin = origin;
    this.embedded = embedded;
    this.host = host;
    this.watch = watch;
    this.log = log;
  }

  /** As {@link #open(AgentOptions, ServiceManager, AgentLog)}, with nobody to be told. */
  public static Agent open(AgentOptions options, AgentLog log) throws IOException {
    return open(options, ServiceManager.NONE, log);
  }

  /**
   * Prepares an agent for the host that the calling thread is on; changes nothing yet.
   *
   * @param manager who is told how it goes; stays the caller's
   * @throws IOException if another agent uses the state directory, the repository's name cannot be
   *     understood, or the kernel cannot be spoken to
   * @throws IllegalArgumentException if the path leads out of the repository
   */
  public static Agent open(AgentOptions options, ServiceManager manager, AgentLog log)
      throws IOException {
    return open(options, NetlinkKernel::open, manager, log);
  }

  /**
   * As {@link #open(AgentOptions, ServiceManager, AgentLog)}, on any kernel: the host is that one's
   * alone.
   *
   * @param kernel is opened when it is sure that no other agent is there, and closed with this one
   */
  public static Agent open(
      AgentOptions options, Kernel.Opener kernel, ServiceManager manager, AgentLog log)
      throws IOException {
    AgentLock lock = AgentLock.take(options.stateDirectory());
    StateDirectory remembered =
        StateDirectory.open(options.stateDirectory(), BootClock.OF_THE_HOST, log);
    Origin origin = null;
    RunningSwitch embedded = new RunningSwitch(options.runDirectory(), log);
    Host host = null;
    KernelWatch watch = null;
    boolean done = false;
    try {
      origin = origin(options, remembered, log);
      Kernel opened = kernel.open();
      host = Host.open(options.stateDirectory(), embedded, opened, remembered.trouble()::met);
      watch = opened.watch(log::say);
      Agent agent =
          new Agent(
              lock,
              remembered,
              origin,
              name(options),
              options,
              embedded,
              host,
              watch,
              manager,
              log);
      done = true;
      return agent;
    } finally {
      if (!done) {
        closeAll(watch, host, embedded, origin, remembered, lock);
      }
    }
  }

  private static String name(AgentOptions options) throws IOException {
    String named = options.host();
    return named == null ? Host.name() : named;
  }

  private static Origin origin(AgentOptions options, StateDirectory remembered, AgentLog log)
      throws IOException {
    String host = name(options);
    if (options.from() instanceof AgentOptions.File from) {
      ProvenFile proven = new ProvenFile(options.stateDirectory(), remembered.trouble());
      return new FileOrigin(from.path(), host, options.interval(), proven, log);
    }
    AgentOptions.Git from = (AgentOptions.Git) options.from();
    HostPath path = new HostPath(from.path(), HostPath.identity(host, from.labels()));
    GitSource source =
        GitSource.open(
            options.stateDirectory().resolve("git"), from.url(), from.ref(), from.access());
    Fleet fleet = Fleet.open(from, host, options, remembered, log);
    return new GitOrigin(
        source,
        from.signers(),
        path,
        from.holdRollbacks(),
        options.interval(),
        remembered,
        fleet,
        log);
  }

  private @Nullable Notifier notifier() {
    NotifyOptions wanted = options.notification();
    if (wanted == null) {
      return null;
    }
    Notifier notifier = Notifier.start(wanted, name, log::say);
    Runnable unused = log.follow(notifier::take);
    return notifier;
  }

  /**
   * Tells where the options came from; before {@link #run}.
   *
   * @param file was just read, and is not again; that it has changed is said when somebody asks to
   *     {@link #look}
   */
  public void configuredBy(Path file) {
    configuration = new ConfigurationFile(file);
  }

  /** Has the agent fetch and compare now, as {@code POST /v1/sync} does; from any thread. */
  public void look() {
    Runnable now = look;
    if (now != null) {
      now.run();
    }
  }

  private Checkpoints checkpoints() {
    return new Checkpoints(options.stateDirectory(), BootClock.OF_THE_HOST);
  }

  /** Applies and repairs until {@link #stop} is called. */
  public void run() throws IOException {
    try {
      Mailbox mailbox = new Mailbox(watch::wakeUp);
      Clock clock =
          SteadyClock.open(options.runDirectory(), BootClock.OF_THE_HOST, Clock.systemUTC());
      Pause pause = new Pause(options.runDirectory(), clock);
      ObjectPauses objects = new ObjectPauses(options.runDirectory(), clock);
      Checkpoints checkpoints = checkpoints();
      Reconciling reconciling =
          new Reconciling(host, watch, mailbox, pause, objects, checkpoints, log);
      Notifier notifier = notifier();
      Pictures pictures = new Pictures(options.runDirectory(), options.stateDirectory(), log);
      AgentApi api =
          new AgentApi(
              embedded,
              pictures,
              name,
              origin,
              options.followed(),
              mailbox,
              pause,
              objects,
              checkpoints,
              log,
              notifier,
              configuration,
              watch::wakeUp);
      reconciling.checkWhile(
          () -> {
            // The loop is at it, and does not hang.
            supervision.working(pause.until() != null);
            return !stopping;
          });
      try (notifier;
          ApiServer server = ApiServer.open(options.runDirectory(), options.access(), api);
          pictures) {
        // Not before it is sure that no other agent runs it.
        embedded.resume();
        log.say(
            "started",
            "agent started, process "
                + ProcessHandle.current().pid()
                + ", listening on "
                + server.socket());
        if (pause.until() != null) {
          log.say("paused", "paused by somebody: `plumbline resume` ends it");
        }
        server.listen();
        look = api::look;
        origin.start(mailbox);
        while (!stopping) {
          watch.longestSleepMillis(supervision.longestSleepMillis());
          reconciling.turn();
          remembered.starts().tick();
          api.serve(reconciling);
          SyncState state = reconciling.state();
          boolean idle = origin.state().tries() > 0 && mailbox.offered() == state.taken();
          origin.stands(state, pause.until() != null);
          supervision.turned(state, pause.until() != null, state.taken() > 0 || idle);
          if (!reconciling.revision().isEmpty()) {
            embedded.forgetEarlier();
          }
        }
      }
      remembered.starts().ended();
      log.say("stopped", "agent stopped; the host stays as it is");
    } finally {
      ended.countDown();
    }
  }

  /**
   * Gets the newest revision, or else the last good one, applies it, and is done.
   *
   * @return whether the host is now as the file says
   */
  public boolean once() throws IOException {
    try {
      embedded.resume();
      Clock clock =
          SteadyClock.open(options.runDirectory(), BootClock.OF_THE_HOST, Clock.systemUTC());
      Pause pause = new Pause(options.runDirectory(), clock);
      ObjectPauses objects = new ObjectPauses(options.runDirectory(), clock);
      Reconciling reconciling =
          new Reconciling(host, watch, new Mailbox(() -> {}), pause, objects, checkpoints(), log);
      reconciling.checkWhile(() -> !stopping);
      reconciling.settleFirst(); // the network may be needed to reach the repository
      boolean good = reconciling.adopt(origin.now());
      remembered.starts().ended();
      return good;
    } finally {
      ended.countDown();
    }
  }

  /** Lets {@link #run} return after what it is at; from any thread. */
  public void stop() {
    stopping = true;
    if (isRunning()) {
      supervision.stopping();
      watch.wakeUp();
    }
  }

  /** Whether {@link #run} or {@link #once} has not ended yet; from any thread. */
  public boolean isRunning() {
    return ended.getCount() > 0;
  }

  /** Waits until this is closed, with all saved; false if the time was up before. */
  public boolean awaitEnd(long seconds) throws InterruptedException {
    return closed.await(seconds, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    try {
      closeAll(watch, host, embedded, origin, remembered, lock);
    } finally {
      closed.countDown();
    }
  }

  private static void closeAll(
      @Nullable KernelWatch watch,
      @Nullable Host host,
      RunningSwitch embedded,
      @Nullable Origin origin,
      StateDirectory remembered,
      AgentLock lock)
      throws IOException {
    // The origin first: it wakes the watch.
    if (origin != null) {
      origin.close();
    }
    if (watch != null) {
      watch.close();
    }
    if (host != null) {
      host.close();
    }
    embedded.close();
    remembered.close();
    lock.close();
  }
}
