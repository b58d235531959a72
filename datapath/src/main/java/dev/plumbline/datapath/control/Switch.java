// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.fastpath.FastPaths;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A running switch, in the network namespace of the thread that opens it.
 *
 * <p>It outlives its process: {@link #close} (or {@code kill -9}) leaves the fast path forwarding
 * what it knows, and the next {@link #open} of the same directory takes over tables, addresses and
 * port numbers. {@link #remove} is for good. May be used by several threads.
 */
public final class Switch implements AutoCloseable {
  /** Something that the switch's thread does between two turns. */
  interface Command<T> {
    T run(Engine engine) throws IOException;
  }

  /** A command without an answer. */
  private interface Action {
    void run(Engine engine) throws IOException;
  }

  private record Pending<T>(Command<T> command, CompletableFuture<T> result) {
    void run(Engine engine) {
      try {
        result.complete(command.run(engine));
      } catch (IOException | RuntimeException e) {
        result.completeExceptionally(e);
      }
    }
  }

  private final Engine engine;
  private final Thread thread;
  private final Queue<Pending<?>> commands = new ArrayDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private boolean ended;
  private volatile boolean running = true;
  private volatile @Nullable Throwable failure;

  private Switch(Engine engine) {
    this.engine = engine;
    this.thread = new Thread(this::run, "plumbline-switch");
    this.thread.setDaemon(true);
  }

  /**
   * Starts a switch, without bridges until it is configured; what an earlier process left goes on
   * meanwhile.
   *
   * @throws IOException if the kernel refuses something, in its own words
   */
  public static Switch open(SwitchOptions options) throws IOException {
    Switch started = new Switch(Engine.open(options));
    started.thread.start();
    return started;
  }

  /**
   * Whether a switch of this directory, see {@link SwitchOptions}, forwards in the kernel; whether
   * a process runs it is another matter. Without eBPF none does without one.
   */
  public static boolean isLeft(Path directory) throws IOException {
    return FastPaths.isLeft(directory.resolve(Engine.PINS));
  }

  private void run() {
    try {
      while (running) {
        if (engine.isConfigured()) {
          engine.turn();
        } else {
          awaitCommand();
        }
        runCommands();
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    } finally {
      synchronized (commands) {
        ended = true;
      }
      runCommands();
    }
  }

  private void awaitCommand() {
    synchronized (commands) {
      try {
        while (running && commands.isEmpty()) {
          commands.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        running = false;
      }
    }
  }

  private void runCommands() {
    while (true) {
      Pending<?> next;
      synchronized (commands) {
        next = commands.poll();
      }
      if (next == null) {
        return;
      }
      next.run(engine);
    }
  }

  /**
   * Runs a command on the switch's thread.
   *
   * @throws IOException if the command does, or the switch has ended
   */
  <T> T call(Command<T> command) throws IOException {
    Pending<T> pending = new Pending<>(command, new CompletableFuture<>());
    synchronized (commands) {
      if (ended) {
        throw new IOException("the switch has ended", failure);
      }
      commands.add(pending);
      commands.notifyAll();
    }
    engine.wakeUp();
    try {
      return pending.result().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the switch was asked", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw new IOException(cause.getMessage(), cause);
      }
      if (e.getCause() instanceof IllegalArgumentException cause) {
        throw new IllegalArgumentException(cause.getMessage(), cause);
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void run(Action action) throws IOException {
    Object unused =
        call(
            on -> {
              action.run(on);
              return on;
            });
  }

  /**
   * Makes the difference between what the switch is and this. Only what the difference concerns is
   * disturbed.
   *
   * @throws IOException if the kernel refuses something; the switch goes on towards the new
   *     configuration as far as it can, and {@link #config} says which that is
   * @throws IllegalArgumentException if the configuration cannot be: more ports than numbers, two
   *     tunnels that nothing tells apart; the switch is then what it was
   */
  public void configure(SwitchConfig config) throws IOException {
    configure(config, List.of());
  }

  /**
   * As {@link #configure(SwitchConfig)}, and lets frames in as soon as ports have their devices,
   * before anything else is done for the new configuration.
   */
  public void configure(SwitchConfig config, List<Announcement> announcements) throws IOException {
    run(on -> on.configure(config, announcements));
  }

  /**
   * Has flows that are there begin their time anew, as if they had been changed: they were put in
   * again as they are. Others are passed over.
   */
  public void renew(String bridge, Collection<FlowConfig> flows) throws IOException {
    run(on -> on.renew(bridge, flows));
  }

  /** What the switch is configured to be. */
  public SwitchConfig config() throws IOException {
    return call(on -> on.state().config());
  }

  /** What it is and does. */
  public SwitchStatus status() throws IOException {
    return call(on -> new Reports(on).status());
  }

  /** The addresses that a bridge knows; null: all bridges. */
  public List<SwitchStatus.MacEntry> addresses(@Nullable String bridge) throws IOException {
    return call(on -> new Reports(on).addresses(bridge));
  }

  /** The flows of a bridge's tables, in any order, and what they counted; null: all bridges. */
  public List<SwitchStatus.DecidedFlow> decided(@Nullable String bridge) throws IOException {
    return call(on -> new Reports(on).decided(bridge));
  }

  /** The meters of a bridge, in any order, and what they counted; null: all bridges. */
  public List<SwitchStatus.Meter> meters(@Nullable String bridge) throws IOException {
    return call(on -> new Reports(on).meters(bridge));
  }

  /** The megaflows of frames that came in by a bridge's ports; null: all bridges. */
  public List<SwitchStatus.CachedFlow> flows(@Nullable String bridge) throws IOException {
    return call(on -> new Reports(on).flows(bridge));
  }

  /**
   * How the switch decides on a packet now, and what the fast path has for it.
   *
   * @param packet as a match: {@code in_port=eth1,dl_dst=…}
   * @throws IllegalArgumentException it is none
   */
  public TraceReport trace(String bridge, String packet) throws IOException {
    return call(
        on -> {
          try {
            return Tracer.live(on, bridge, packet);
          } catch (FlowSyntaxException e) {
            throw new IllegalArgumentException("column " + e.column() + ": " + e.getMessage(), e);
          }
        });
  }

  /** Why the switch's thread has ended by itself; null: it has not. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /** Ends the switch and takes everything that it made out of the kernel. */
  public void remove() throws IOException {
    run(Engine::dismantle);
    close();
  }

  private void end() throws IOException {
    running = false;
    synchronized (commands) {
      commands.notifyAll();
    }
    engine.wakeUp();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends this process's part; the fast path forwards on. A second time does nothing. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      end();
      engine.close();
    }
  }
}
