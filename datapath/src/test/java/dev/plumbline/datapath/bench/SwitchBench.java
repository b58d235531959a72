// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code SwitchBench DIRECTORY ROUNDS SECONDS WITHOUT SCENARIO…}: see {@code datapath/bench/run}.
 */
final class SwitchBench {
  private SwitchBench() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    long nanos = (long) (Double.parseDouble(arguments[2]) * 1e9);
    Set<String> without = Set.of(arguments[3].split(",", -1));
    List<String> chosen = List.of(arguments).subList(4, arguments.length);
    List<Contender> contenders = new ArrayList<>();
    int status = 0;
    try (Guests guests = new Guests()) {
      guests.open();
      for (Contender each : all(directory)) {
        if (!without.contains(each.name) && opened(each, guests)) {
          contenders.add(each);
        }
      }
      if (contenders.isEmpty()) {
        throw new IOException("no contender is left");
      }
      for (Scenario scenario : Scenarios.all()) {
        if (chosen.isEmpty()
            || chosen.contains(scenario.name())
            || (chosen.contains("filtered") && scenario.name().startsWith("filtered-"))) {
          measure(scenario, contenders, rounds, nanos);
        }
      }
      for (Scenario scenario : Scenarios.ofRules()) {
        if (chosen.contains("rules") || chosen.contains(scenario.name())) {
          measure(scenario, contenders, rounds, nanos);
        }
      }
    } catch (IOException e) {
      System.err.println("bench: " + e.getMessage());
      status = 1;
    } finally {
      for (Contender each : contenders) {
        each.stop();
      }
    }
    System.exit(status);
  }

  private static List<Contender> all(Path directory) {
    return List.of(
        new LinuxBridge(1, directory.resolve("bridge")),
        new PlumblineSwitch(2, directory.resolve("plumbline")),
        new OpenVswitch("ovs", OpenVswitch.Mode.PLAIN, 3, directory.resolve("ovs")),
        new OpenVswitch("ovs-tso", OpenVswitch.Mode.TSO, 4, directory.resolve("ovs-tso")),
        new OpenVswitch("ovs-xdp", OpenVswitch.Mode.XDP, 5, directory.resolve("ovs-xdp")));
  }

  private static boolean opened(Contender contender, Guests guests) throws Exception {
    try {
      Files.createDirectories(contender.directory);
      contender.open();
      guests.serve(contender.host());
      String address = contender.address("b").getHostAddress();
      Contender.waitFor(
          () ->
              Contender.shell("ip netns exec a ping -q -c 1 -W 1 " + address + " || :")
                  .contains(" 1 received"),
          "ping from a to b");
      return true;
    } catch (IOException e) {
      System.out.println(contender.name + " is left out: " + e.getMessage());
      contender.stop();
      return false;
    }
  }

  private static void measure(Scenario scenario, List<Contender> contenders, int rounds, long nanos)
      throws Exception {
    int count = scenario.rounds() == 0 ? rounds : Math.min(rounds, scenario.rounds());
    Map<String, Figures> figures = new LinkedHashMap<>();
    contenders.forEach(each -> figures.put(each.name, new Figures()));
    for (int round = 0; round < count; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        Contender each = contenders.get((round + i) % contenders.size());
        try {
          figures.get(each.name).add(round, scenario.measure().of(each, nanos));
        } catch (IOException e) {
          System.out.println(scenario.name() + ", " + each.name + ": " + e.getMessage());
        }
      }
    }
    StringBuilder line = new StringBuilder();
    String load = Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0];
    line.append(String.format("%-22s %-14s", scenario.name(), scenario.unit()));
    Figures reference = figures.get(contenders.get(0).name);
    for (Map.Entry<String, Figures> one : figures.entrySet()) {
      line.append(
          String.format(
              " %10s %-8s",
              one.getValue().text(scenario.scale()), one.getValue().ratio(reference)));
    }
    System.out.println(line + "  load " + load);
  }
}
