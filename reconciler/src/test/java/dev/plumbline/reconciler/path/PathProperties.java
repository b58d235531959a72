// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.path.Question.Traffic;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.source.MapSource;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Made-up networks: every question has an answer, and who reaches somebody is reached. */
class PathProperties {
  private static Answer ask(String file, String from, String to) throws PathException {
    return ask(file, from, to, Traffic.PING);
  }

  static Answer ask(String file, String from, String to, Traffic traffic) throws PathException {
    var state =
        HostFile.load(MapSource.ofTexts(Map.of("h.yaml", file)), "h.yaml", LoadOptions.defaults())
            .orThrow();
    Topology topology =
        Topology.of(Goals.of(state).wanted().stream().map(Wanted::resource).toList(), false);
    return PathFinder.find(topology, new Question(from, to, traffic));
  }

  private static boolean isWhole(Answer answer) {
    return answer.arrives().kind() == End.Kind.DELIVERED
        && answer.returns().kind() == End.Kind.DELIVERED;
  }

  @Property(tries = 100)
  void whoReachesSomebodyIsReachedOnTheSameWay(@ForAll long seed) throws PathException {
    String file = RandomNetwork.file(seed);
    for (String[] pair : new String[][] {{"n0", "n1"}, {"n1", "n2"}}) {
      Answer there = ask(file, pair[0], pair[1]);
      Answer back = ask(file, pair[1], pair[0]);
      String what = file + there + "\n" + back;
      assertFalse(there.there().isEmpty(), what);
      assertEquals(isWhole(there), isWhole(back), what);
      if (isWhole(there)) {
        assertEquals(0, there.findings().size(), what);
        assertEquals(0, there.notKnown().size(), what);
        assertEquals(there.there().get(0).hops().size(), back.back().get(0).hops().size(), what);
      }
    }
  }

  @Property(tries = 100)
  void theSameQuestionHasTheSameAnswer(@ForAll long seed) throws PathException {
    String file = RandomNetwork.file(seed);
    assertEquals(ask(file, "n0", "n2"), ask(file, "n0", "n2"));
  }

  /** Whoever is on a bridge that is joined twice to another is told of the loop. */
  @Property(tries = 100)
  void aLoopEnds(@ForAll long seed) throws PathException {
    String file =
        RandomNetwork.file(seed)
            .replace("bridges:\n", "bridges:\n  twice: {ports: {l0: {}, l1: {}, l2: {}}}\n")
            .replace("namespaces: {", "namespaces: {n9: {}, ");
    file = file.contains("veths:\n") ? file : file.replace("bridges:\n", "veths:\nbridges:\n");
    file =
        file.replace(
            "veths:\n",
            """
            veths:
              l0: {peer: {device: m0}}
              l1: {peer: {device: m1}}
              l2: {peer: {device: eth0, namespace: n9, addresses: [10.0.0.9/24]}}
            """);
    file = file.replaceFirst("ports: \\{(?=[^l])", "ports: {m0: {}, m1: {}, ").replace(", }", "}");
    Answer answer = ask(file, "n9", "n1");
    assertTrue(
        answer.findings().stream().anyMatch(each -> each.kind() == Finding.Kind.BRIDGE_LOOP),
        file + answer);
  }
}
