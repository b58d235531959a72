// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.path.Answer;
import dev.plumbline.reconciler.path.PathException;
import dev.plumbline.reconciler.path.PathFinder;
import dev.plumbline.reconciler.path.Question;
import dev.plumbline.reconciler.path.Question.Traffic;
import dev.plumbline.reconciler.path.Topology;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import java.nio.file.Path;

/** Questions that tests ask of {@code path}. */
final class PathQuestions {
  private PathQuestions() {}

  static Topology planned(Path file) {
    Goal goal = Goals.of(HostFile.load(file, LoadOptions.defaults()).orThrow());
    return Topology.of(goal.wanted().stream().map(Wanted::resource).toList(), false);
  }

  static Answer ask(Path file, String from, String to) throws PathException {
    return ask(planned(file), from, to);
  }

  static Answer ask(Topology topology, String from, String to) throws PathException {
    return PathFinder.find(topology, new Question(from, to, Traffic.PING));
  }
}
