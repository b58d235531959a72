// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import dev.plumbline.netlink.event.RouteGroup;
import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.Reception;
import dev.plumbline.netlink.socket.Result;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Measures how the agent undoes drift; started by {@code reconciler/bench/drift}. */
final class DriftBench {
  private static final RouteGroup[] GROUPS = {
    RouteGroup.LINK, RouteGroup.IPV4_ADDRESS, RouteGroup.IPV4_ROUTE
  };

  /** An agent takes ten repairs of one object within a minute for chance. */
  private static final int BEFORE_FIGHT = 8;

  private static final int WARM_UP = 10;

  /** What somebody changes by hand, or a script that looks at what it did. */
  private static final long PAUSE_MILLIS = 400;

  /** After a new revision the agent reads the host as a whole once more. */
  private static final long APPLIED_MILLIS = 1_000;

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final String command;
  private final int samples;
  private final int idleSeconds;
  private int version;

  private DriftBench(String command, int samples, int idleSeconds) {
    this.command = command;
    this.samples = samples;
    this.idleSeconds = idleSeconds;
  }

  /** Arguments: the command, changes of each sort, seconds to look at the idle agent, sizes. */
  public static void main(String[] args) throws Exception {
    DriftBench bench =
        new DriftBench(args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    for (String size : args[3].split(",", -1)) {
      bench.measure(new DriftHost(Integer.parseInt(size)));
    }
  }

  private void measure(DriftHost host) throws Exception {
    Path directory = Files.createTempDirectory("plumbline-drift");
    Map<String, List<Long>> agents = new LinkedHashMap<>();
    Map<String, List<Long>> loops = new LinkedHashMap<>();
    Path file = directory.resolve("host.yaml");
    Files.writeString(file, host.file(0));
    String idle;
    String start;
    try (RouteSocket socket = RouteSocket.open();
        Subscription events = Subscription.open(GROUPS)) {
      try (DriftAgent agent = DriftAgent.start(command, file, directory)) {
        agent.awaitApplied();
        for (Map.Entry<String, DriftHost.Sort> sort : host.sorts().entrySet()) {
          List<Long> all = agents.computeIfAbsent(sort.getKey(), key -> new ArrayList<>());
          for (int i = 0; i < WARM_UP + samples; i++) {
            if (i > 0 && i % (BEFORE_FIGHT * sort.getValue().things()) == 0) {
              Files.writeString(file, host.file(++version));
              agent.awaitApplied();
              Thread.sleep(APPLIED_MILLIS);
            }
            Long nanos = once(sort.getValue().breaker().of(socket, i), socket, events);
            if (i >= WARM_UP) {
              all.add(nanos);
            }
            Thread.sleep(PAUSE_MILLIS + agent.settleMillis());
          }
        }
        idle = agent.idle(idleSeconds);
      }
      start = firstRepair(host, file, directory, socket, events);
      for (Map.Entry<String, DriftHost.Sort> sort : host.sorts().entrySet()) {
        List<Long> all = loops.computeIfAbsent(sort.getKey(), key -> new ArrayList<>());
        for (int i = 0; i < WARM_UP + samples; i++) {
          Long nanos = loop(sort.getValue().breaker().of(socket, i), socket, events);
          if (i >= WARM_UP) {
            all.add(nanos);
          }
        }
      }
      Sandbox.clear();
    }
    print(host, agents, loops);
    out.println(idle);
    out.println(start);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** Breaks and waits until it is mended; nanoseconds between, as the listener saw them. */
  private static long once(DriftHost.Break broken, RouteSocket socket, Subscription events)
      throws IOException {
    drain(events);
    Watcher watcher = new Watcher(broken, events);
    watcher.start();
    socket.execute(broken.damage());
    return watcher.nanos();
  }

  private static long loop(DriftHost.Break broken, RouteSocket socket, Subscription events)
      throws Exception {
    TightLoop loop = new TightLoop(broken);
    loop.start();
    loop.awaitReady();
    long nanos = once(broken, socket, events);
    loop.join();
    Thread.sleep(5);
    return nanos;
  }

  private static void drain(Subscription events) throws IOException {
    while (!(events.receive(0) instanceof Reception.Nothing)) {
      // what was before
    }
  }

  /** The independent listener. */
  private static final class Watcher extends Thread {
    private final DriftHost.Break broken;
    private final Subscription events;
    private volatile long nanos = -1;

    Watcher(DriftHost.Break broken, Subscription events) {
      super("listener");
      this.broken = broken;
      this.events = events;
    }

    @Override
    public void run() {
      long begun = 0;
      Set<Integer> parts = new HashSet<>();
      try {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (System.nanoTime() < end) {
          Reception reception = events.receive(1000);
          long now = System.nanoTime();
          if (reception instanceof Reception.Messages got) {
            for (Message message : got.messages()) {
              if (begun == 0 && broken.begun().of(message) != 0) {
                begun = now;
              } else if (begun != 0) {
                int part = broken.mended().of(message);
                if (part != 0 && parts.add(part) && parts.size() == broken.parts()) {
                  nanos = now - begun;
                  return;
                }
              }
            }
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    long nanos() {
      try {
        join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (nanos < 0) {
        throw new IllegalStateException("never repaired: " + broken.damage());
      }
      return nanos;
    }
  }

  /** Waits for the event and writes the fix, no more. */
  private static final class TightLoop extends Thread {
    private final DriftHost.Break broken;
    private final CountDownLatch ready = new CountDownLatch(1);

    TightLoop(DriftHost.Break broken) {
      super("loop");
      this.broken = broken;
    }

    void awaitReady() throws InterruptedException {
      ready.await();
    }

    @Override
    public void run() {
      try (Subscription events = Subscription.open(GROUPS);
          RouteSocket socket = RouteSocket.open()) {
        ready.countDown();
        while (true) {
          if (events.receive(-1) instanceof Reception.Messages got
              && got.messages().stream().anyMatch(each -> broken.begun().of(each) != 0)) {
            for (Result result : socket.executeAll(broken.fix())) {
              if (result.failure() != null) {
                throw new IllegalStateException(result.failure());
              }
            }
            return;
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** From the start of the process, with an address missing. */
  private String firstRepair(
      DriftHost host, Path file, Path directory, RouteSocket socket, Subscription events)
      throws Exception {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      DriftHost.Break broken = host.sorts().get("address removed").breaker().of(socket, i);
      drain(events);
      socket.execute(broken.damage());
      Watcher watcher = new Watcher(broken, events);
      watcher.start();
      long begun = System.nanoTime();
      try (DriftAgent agent = DriftAgent.start(command, file, directory)) {
        watcher.join();
        all.add(System.nanoTime() - begun);
        agent.awaitApplied();
      }
    }
    return String.format(
        Locale.ROOT,
        "start of the process to the first repair: median %.0f ms, worst %.0f ms of %d",
        percentile(all, 50),
        percentile(all, 100),
        all.size());
  }

  private void print(
      DriftHost host, Map<String, List<Long>> agents, Map<String, List<Long>> loops) {
    out.printf(
        "%n%d objects; milliseconds from the foreign change to its repair, %d each%n",
        host.objects(), samples);
    out.printf(
        "%-24s%10s%10s%10s%14s%10s%14s%n",
        "", "p50", "p99", "worst", "loop p50", "p99", "ratio p50/p99");
    agents.forEach(
        (sort, nanos) -> {
          List<Long> loop = loops.getOrDefault(sort, List.of());
          out.printf(
              Locale.ROOT,
              "%-24s%10.2f%10.2f%10.2f%14.2f%10.2f%8.1f/%.1f%n",
              sort,
              percentile(nanos, 50),
              percentile(nanos, 99),
              percentile(nanos, 100),
              percentile(loop, 50),
              percentile(loop, 99),
              percentile(nanos, 50) / percentile(loop, 50),
              percentile(nanos, 99) / percentile(loop, 99));
        });
  }

  /** In milliseconds. */
  private static double percentile(List<Long> nanos, int percent) {
    List<Long> sorted = new ArrayList<>(nanos);
    Collections.sort(sorted);
    int rank = (int) Math.ceil(percent / 100.0 * sorted.size());
    return sorted.get(Math.max(0, rank - 1)) / 1e6;
  }
}
