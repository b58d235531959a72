// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.sim.ModelHost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Two bonds and two devices, whose names are theirs or each other's, and who are members in all
 * ways that there are: from each to each other with all names exchanged, also after somebody has
 * renamed one of the four.
 */
class SwappedNamesTest {
  /** The ways in which each of two devices is a member of one of two bonds, or of none. */
  private static final int WAYS = 9;

  private static final boolean[] EITHER = {false, true};

  private static String file(boolean swapped, boolean prefers, int way) {
    List<List<String>> members = List.of(new ArrayList<>(), new ArrayList<>());
    for (int device = 0; device < 2; device++) {
      int bond = (device == 0 ? way % 3 : way / 3) - 1;
      if (bond >= 0) {
        members.get(bond).add("d" + device);
      }
    }
    StringBuilder text = new StringBuilder("version: 1\n");
    text.append(swapped ? "dummies: {d0: {device: d1}, d1: {device: d0}}\n" : "")
        .append(swapped ? "" : "dummies: {d0: {}, d1: {}}\n")
        .append("bonds:\n");
    for (int bond = 0; bond < 2; bond++) {
      List<String> in = members.get(bond);
      text.append("  b" + bond + ": {mode: active-backup, members: [" + String.join(", ", in))
          .append("]")
          .append(prefers && !in.isEmpty() ? ", primary: " + in.get(0) : "")
          .append(swapped ? ", device: b" + (1 - bond) + "}\n" : "}\n");
    }
    return text.toString();
  }

  @Test
  void bondsAndMembersExchangeTheirNamesWhoeverIsAMemberOfWhich() throws Exception {
    LiveState bare = ModelKernel.withCards("host", List.of("eth0")).state();
    for (boolean prefers : new boolean[] {true, false}) {
      Map<String, Goal> after = new LinkedHashMap<>();
      for (int way = 0; way < WAYS; way++) {
        String file = file(true, prefers, way);
        after.put(file, Objects.requireNonNull(ModelHost.goal(file)));
      }
      for (int way = 0; way < WAYS; way++) {
        String before = file(false, prefers, way);
        Goal goal = Objects.requireNonNull(ModelHost.goal(before));
        for (String file : after.keySet()) {
          for (String renamed : List.of("", "d0", "b0")) {
            exchange(bare, before, goal, file, after.get(file), renamed);
          }
        }
      }
    }
  }

  /** There, and back again. */
  private static void exchange(
      LiveState bare, String before, Goal first, String after, Goal second, String renamed)
      throws Exception {
    try (ModelHost host = new ModelHost(bare)) {
      assertTrue(host.apply(first).isGood(), before);
      for (Goal goal : List.of(second, first)) {
        if (!renamed.isEmpty()) {
          host.kernel.edit(Edit.rename(ResourceId.deviceIn("", renamed), "z"));
        }
        Outcome outcome = host.apply(goal);
        assertTrue(
            outcome.isGood(),
            () ->
                before
                    + "and\n"
                    + after
                    + (goal.equals(first) ? "and back\n" : "")
                    + "renamed: "
                    + renamed
                    + "\n"
                    + outcome.failure()
                    + outcome.left());
      }
    }
  }

  private static Goal bridges(String b, String a, String helloOfB, String helloOfA) {
    String file = "version: 1\nbridges:\n";
    for (List<String> each : List.of(List.of("b", b, helloOfB), List.of("a", a, helloOfA))) {
      String stp = "{enabled: false" + (each.get(2).isEmpty() ? "" : ", helloTime: ") + each.get(2);
      file += "  %s: {device: %s, datapath: kernel, ports: {}, stp: %s}}\n";
      file = file.formatted(each.get(0), each.get(1), stp);
    }
    return Objects.requireNonNull(ModelHost.goal(file));
  }

  private static String hellos(ModelHost host) {
    return host.kernel.state().ofType(ResourceType.DEVICE).stream()
        .filter(Resource::isOurs)
        .map(each -> each.owner() + " at " + each.id().device() + " " + each.get("stp.helloTime"))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** Crashes before the request of this number, from 0; false where there are not so many. */
  private static boolean crashes(ModelHost host, Goal goal, int request) throws Exception {
    int[] count = {0};
    host.kernel.disturb(
        (kernel, change) -> {
          if (count[0]++ == request) {
            throw new ModelHost.Crash();
          }
          return 0;
        });
    try {
      assertTrue(host.apply(goal).isGood());
      return false;
    } catch (ModelHost.Crash e) {
      host.restart();
      return true;
    } finally {
      host.kernel.disturb(Disturbance.NONE);
    }
  }

  @Test
  void whatWasSetGoesBackOnBothWhereverTheExchangeOfTheirNamesBreaksOff() throws Exception {
    LiveState bare = ModelKernel.withCards("host", List.of("eth0")).state();
    for (boolean crossed : EITHER) {
      for (boolean sets : EITHER) {
        for (String before : List.of("", "6s")) {
          for (boolean back : EITHER) {
            breakOff(bare, crossed, before, sets, back);
          }
        }
      }
    }
  }

  /**
   * One file, the exchange of its names that crashes, and another file that sets nothing.
   *
   * @param before what a has at first
   * @param sets whether the exchange sets other values at the same time
   * @param back whether the last file exchanges the names once more
   */
  private static void breakOff(
      LiveState bare, boolean crossed, String before, boolean sets, boolean back) throws Exception {
    String d0 = crossed ? "d1" : "d0";
    String d1 = crossed ? "d0" : "d1";
    Goal first = bridges(d0, d1, "3s", before);
    Goal second = bridges(d1, d0, sets ? "4s" : "3s", sets ? "5s" : before);
    Goal third = back ? bridges(d0, d1, "", "") : bridges(d1, d0, "", "");
    int request = 0;
    boolean crashed = true;
    while (crashed) {
      try (ModelHost host = new ModelHost(bare)) {
        assertTrue(host.apply(first).isGood());
        crashed = crashes(host, second, request);
        String remembered = host.ownership().settings().toString();
        assertTrue(host.apply(third).isGood());
        assertEquals(
            "bridges.a at %s 2s, bridges.b at %s 2s".formatted(back ? d1 : d0, back ? d0 : d1),
            hellos(host),
            "crash before request " + request + ", where was remembered " + remembered);
      }
      request++;
    }
    assertTrue(request > 3, request + " requests");
  }
}
