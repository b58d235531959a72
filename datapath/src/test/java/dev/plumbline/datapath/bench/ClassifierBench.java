// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import dev.plumbline.datapath.classifier.Rule;
import dev.plumbline.datapath.classifier.RuleTable;
import dev.plumbline.datapath.classifier.Wildcards;
import dev.plumbline.datapath.openflow.FieldValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code ClassifierBench ROUNDS}: see {@code datapath/bench/classifier}. */
final class ClassifierBench {
  private static final int PACKETS = 10_000;
  private static final int UPDATES = 1_000;

  private ClassifierBench() {}

  public static void main(String[] arguments) {
    int rounds = Integer.parseInt(arguments[0]);
    System.out.println(
        "   rules  subtables  build ms  remove ms  lookups/s  bits looked at  megaflows"
            + "  updates/s  1000 at once ms");
    for (int size : new int[] {100, 1_000, 10_000, 100_000}) {
      double[][] figures = new double[rounds][];
      for (int round = 0; round < rounds; round++) {
        figures[round] = measure(size);
      }
      print(size, figures);
    }
  }

  private static void print(int size, double[][] rounds) {
    double[] median = new double[rounds[0].length];
    for (int i = 0; i < median.length; i++) {
      int figure = i;
      double[] sorted = Arrays.stream(rounds).mapToDouble(round -> round[figure]).toArray();
      Arrays.sort(sorted);
      median[i] = sorted[sorted.length / 2];
    }
    System.out.printf(
        "%8d  %9.0f  %8.1f  %9.1f  %9.0f  %14.1f  %9.0f  %9.0f  %15.1f%n",
        size, median[0], median[1], median[2], median[3], median[4], median[5], median[6],
        median[7]);
  }

  private static double[] measure(int size) {
    RuleSet set = new RuleSet(size, 7);
    long begin = System.nanoTime();
    RuleTable<Integer> table = RuleTable.<Integer>empty().with(List.of(), set.rules());
    double build = since(begin);
    begin = System.nanoTime();
    int left = table.with(set.rules(), List.of()).size();
    double remove = since(begin);
    FieldValues[] packets = new FieldValues[PACKETS];
    for (int i = 0; i < PACKETS; i++) {
      packets[i] = new FieldValues();
      set.packet(packets[i]);
    }
    Wildcards looked = new Wildcards();
    long bits = 0;
    long targets = left;
    Set<List<Long>> megaflows = new HashSet<>();
    for (FieldValues packet : packets) {
      looked.clear();
      Rule<Integer> found = table.lookup(packet, looked);
      targets += found == null ? 0 : found.target();
      List<Long> megaflow = new ArrayList<>();
      for (int word = 0; word < FieldValues.WORDS; word++) {
        bits += Long.bitCount(looked.looked(word));
        megaflow.add(looked.looked(word));
        megaflow.add(packet.word(word) & looked.looked(word));
      }
      megaflows.add(megaflow);
    }
    int times = Math.max(1, 1_000_000 / Math.max(size, 1_000) / 10);
    begin = System.nanoTime();
    for (int i = 0; i < times; i++) {
      for (FieldValues packet : packets) {
        looked.clear();
        Rule<Integer> found = table.lookup(packet, looked);
        targets += found == null ? 0 : found.target();
      }
    }
    double perSecond = 1000.0 * times * PACKETS / since(begin);
    RuleTable<Integer> changing = table;
    List<Rule<Integer>> others = new ArrayList<>();
    for (int i = 0; i < UPDATES; i++) {
      others.add(set.another());
    }
    begin = System.nanoTime();
    for (Rule<Integer> other : others) {
      changing = changing.with(List.of(), List.of(other));
    }
    double updates = 1000.0 * UPDATES / since(begin);
    begin = System.nanoTime();
    changing = table.with(List.of(), others);
    double atOnce = since(begin);
    if (targets + changing.size() == 42) {
      System.out.println(); // so that nothing of it can be left out
    }
    return new double[] {
      table.subtables(),
      build,
      remove,
      perSecond,
      (double) bits / PACKETS,
      megaflows.size(),
      updates,
      atOnce
    };
  }

  /** Milliseconds. */
  private static double since(long begin) {
    return (System.nanoTime() - begin) / 1e6;
  }
}
