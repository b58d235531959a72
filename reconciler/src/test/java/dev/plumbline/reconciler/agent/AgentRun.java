// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.Kernel;
import dev.plumbline.reconciler.host.NetlinkKernel;
import dev.plumbline.reconciler.report.Event;
import dev.plumbline.reconciler.systemd.ServiceManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** An agent that runs on the throwaway host of the test that starts it. */
final class AgentRun implements AutoCloseable {
  static final int SECONDS = 90;

  private final List<String> log = new ArrayList<>();
  private final CompletableFuture<Agent> agent = new CompletableFuture<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final AgentLog into;
  private final Thread thread;

  private AgentRun(AgentOptions options, Kernel.Opener kernel) {
    into =
        new AgentLog(
            line -> {
              synchronized (log) {
                log.add(line);
                log.notifyAll();
              }
            },
            false);
    // Started from the test's thread, so that it is on the same host.
    thread =
        new Thread(
            () -> {
              try (Agent opened = Agent.open(options, kernel, ServiceManager.NONE, into)) {
                agent.complete(opened);
                opened.run();
                end.complete(null);
              } catch (IOException | RuntimeException e) {
                agent.completeExceptionally(e);
                end.completeExceptionally(e);
              }
            },
            "agent-under-test");
  }

  static AgentRun start(AgentOptions options) {
    return start(options, NetlinkKernel::open);
  }

  static AgentRun start(AgentOptions options, Kernel.Opener kernel) {
    AgentRun run = new AgentRun(options, kernel);
    run.thread.start();
    run.agent.join();
    return run;
  }

  /** Follows a file, and waits until it is applied. */
  static AgentRun ofFile(Path file, Path state) {
    AgentOptions.From from = new AgentOptions.File(file);
    AgentRun run =
        start(
            new AgentOptions(
                from, "alpha", Duration.ofSeconds(30), state, state.resolveSibling("run")));
    run.await("applied ");
    return run;
  }

  int size() {
    synchronized (log) {
      return log.size();
    }
  }

  /** The first line that the pattern is found in, waiting for it. */
  String await(String pattern) {
    return await(0, pattern);
  }

  String await(int since, String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    long deadline = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    synchronized (log) {
      int next = since;
      while (true) {
        for (; next < log.size(); next++) {
          if (wanted.matcher(log.get(next)).find()) {
            return log.get(next);
          }
        }
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError("no line with `" + pattern + "` in " + log);
        }
        try {
          log.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AssertionError("interrupted", e);
        }
      }
    }
  }

  /** The events of this name. */
  List<Event> events(String name) {
    return into.recent().stream().filter(each -> each.event().equals(name)).toList();
  }

  List<String> lines(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    synchronized (log) {
      return log.stream().filter(line -> wanted.matcher(line).find()).toList();
    }
  }

  /** Waits until the agent has said nothing for a moment. */
  void settle() throws InterruptedException {
    int before;
    do {
      before = size();
      new CountDownLatch(1).await(400, java.util.concurrent.TimeUnit.MILLISECONDS);
    } while (size() != before);
  }

  /** Nanoseconds that the agent's thread has worked. */
  long cpuNanos() {
    return java.lang.management.ManagementFactory.getThreadMXBean()
        .getThreadCpuTime(thread.getId());
  }

  static void eventually(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("never came true: " + what);
      }
      Thread.sleep(5);
    }
  }

  static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Override
  public void close() {
    agent.join().stop();
    end.orTimeout(SECONDS, java.util.concurrent.TimeUnit.SECONDS).join();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
