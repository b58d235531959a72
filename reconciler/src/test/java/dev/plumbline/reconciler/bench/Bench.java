// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import dev.plumbline.reconciler.bench.Scenario.Census;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Measures the scenarios and prints tables; started by {@code reconciler/bench/run}. */
final class Bench {
  /** A phase that takes longer is measured once, not each round. */
  private static final Duration SLOW = Duration.ofSeconds(4);

  private static final int MOST_ROUNDS = 5;
  private static final int WARM_UP_ROUNDS = 5;
  private static final int WARM_UP_SIZE = 100;

  private static final String COMMAND = "./plumbline";
  private static final String WARM = "warm";
  private static final String IP = "ip";
  private static final String IFUPDOWN = "ifupdown2";

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final Path home;
  private final Duration budget;
  private final Duration limit;
  private final Set<String> contenders;
  private final Set<String> tooSlow = new TreeSet<>();

  private Bench(Path home, Duration budget, Duration limit, Set<String> contenders) {
    this.home = home;
    this.budget = budget;
    this.limit = limit;
    this.contenders = contenders;
  }

  /**
   * Arguments: the repository, seconds after which no further round of a size begins, the limit of
   * a phase in seconds, contenders to leave out (comma-separated), sizes (comma-separated), then
   * names of scenarios.
   */
  public static void main(String[] args) throws Exception {
    Set<String> contenders = new TreeSet<>(Set.of(COMMAND, WARM, IP, IFUPDOWN));
    contenders.removeAll(Set.of(args[3].split(",", -1)));
    Bench bench =
        new Bench(
            Path.of(args[0]),
            Duration.ofSeconds(Long.parseLong(args[1])),
            Duration.ofSeconds(Long.parseLong(args[2])),
            contenders);
    List<String> names = List.of(args).subList(5, args.length);
    for (Scenario scenario : List.of(new Bridges(), new Veths(), new Routes())) {
      if (names.contains(scenario.name())) {
        bench.scenario(scenario, args[4].split(",", -1));
      }
    }
  }

  private void scenario(Scenario scenario, String[] sizes) throws Exception {
    if (contenders.contains(WARM)) {
      for (int i = 0; i < WARM_UP_ROUNDS; i++) {
        round(scenario, WARM_UP_SIZE, WARM, new Figures());
      }
    }
    Map<Integer, Map<String, Figures>> growth = new LinkedHashMap<>();
    for (String each : sizes) {
      int size = Integer.parseInt(each);
      Map<String, Figures> figures = new LinkedHashMap<>();
      for (String contender : List.of(COMMAND, WARM, IP, IFUPDOWN)) {
        figures.put(contender, new Figures());
      }
      long start = System.nanoTime();
      int round = 0;
      for (; round < MOST_ROUNDS && isTimeFor(round, start); round++) {
        // Each one comes first once, so that none always has the others' leftovers.
        List<String> order = new ArrayList<>(figures.keySet());
        order.retainAll(contenders);
        Collections.rotate(order, round);
        for (String contender : order) {
          Figures known = figures.getOrDefault(contender, new Figures());
          if (round == 0 || !known.isSlow(Phase.APPLY, SLOW)) {
            round(scenario, size, contender, known);
          }
        }
      }
      table(scenario, size, figures, round);
      growth.put(size, figures);
    }
    growth(growth);
  }

  /** At least one round; a further one only if it is likely to end in time. */
  private boolean isTimeFor(int round, long start) {
    long spent = System.nanoTime() - start;
    return round == 0 || spent + spent / round < budget.toNanos();
  }

  private void round(Scenario scenario, int size, String name, Figures figures) throws Exception {
    String key = scenario.name() + " " + name;
    if (name.equals(IFUPDOWN) && scenario.ifupdown(1, 0) == null) {
      for (Phase phase : Phase.values()) {
        figures.remark(phase, "can not");
      }
      return;
    }
    Sandbox.call(
        () -> {
          try (Contender contender = contender(scenario, size, name)) {
            for (Phase phase : Phase.values()) {
              boolean floor = name.equals(IP) && phase == Phase.PLAN;
              boolean again = figures.has(phase) && figures.isSlow(phase, SLOW);
              if (tooSlow.contains(key + phase)) {
                figures.remark(phase, "not tried");
                break;
              }
              if (floor || again) {
                continue;
              }
              try {
                measure(scenario, size, phase, contender, figures);
              } catch (Contender.TooLong e) {
                figures.remark(phase, String.valueOf(e.getMessage()));
                tooSlow.add(key + phase);
                break;
              }
            }
          }
          return true;
        });
  }

  private static void measure(
      Scenario scenario, int size, Phase phase, Contender contender, Figures figures)
      throws IOException, InterruptedException {
    contender.prepare(phase);
    System.gc();
    long start = System.nanoTime();
    contender.run(phase);
    figures.add(phase, System.nanoTime() - start);
    if (contender instanceof WarmHost host) {
      host.partNanos().forEach((part, nanos) -> figures.addPart(phase, part, nanos));
    }
    Census expected = phase == Phase.REMOVE ? Census.NOTHING : scenario.expected(size);
    Census counted = Sandbox.count();
    if (!counted.equals(expected)) {
      throw new IllegalStateException(
          contender.getClass().getSimpleName()
              + ", "
              + phase
              + ": "
              + counted
              + ", not "
              + expected);
    }
  }

  private Contender contender(Scenario scenario, int size, String name) throws IOException {
    return switch (name) {
      case COMMAND -> new Command(scenario, size, home.resolve("plumbline"), limit);
      case WARM -> new WarmHost(scenario, size);
      case IP -> new IpBatches(scenario, size, limit);
      default -> new Ifupdown(scenario, size, home.resolve("reconciler/bench/ifupdown2"), limit);
    };
  }

  private void table(Scenario scenario, int size, Map<String, Figures> figures, int rounds) {
    out.printf("%n%s, medians of %d rounds%n", scenario.description(size), rounds);
    out.printf("%-22s", "");
    figures.keySet().forEach(name -> out.printf("%-22s", name));
    out.println();
    Figures reference = figures.getOrDefault(IP, new Figures());
    for (Phase phase : Phase.values()) {
      out.printf("%-22s", phase.label());
      figures.forEach((name, each) -> out.printf("%-22s", each.cell(phase, reference)));
      out.println();
    }
    Figures warm = figures.getOrDefault(WARM, new Figures());
    for (Phase phase : Phase.values()) {
      out.printf("  warm, %s: %s%n", phase.label(), warm.partsOf(phase));
    }
  }

  /** Time for each object, by size: the same everywhere if growth is linear. */
  private void growth(Map<Integer, Map<String, Figures>> bySize) {
    out.printf("%nmicroseconds for one object%n%-22s%-16s", "", "");
    bySize.keySet().forEach(size -> out.printf("%10d", size));
    out.println();
    for (Phase phase : Phase.values()) {
      for (String name : List.of(COMMAND, WARM, IP, IFUPDOWN)) {
        StringBuilder line = new StringBuilder();
        bySize.forEach(
            (size, figures) -> {
              Figures each = figures.getOrDefault(name, new Figures());
              line.append(
                  String.format("%10s", each.has(phase) ? each.median(phase) / 1000 / size : "–"));
            });
        out.printf("%-22s%-16s%s%n", phase.label(), name, line);
      }
    }
  }
}
