// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.host.StateFile;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which revisions this agent, or the whole host, did not survive; in the file {@code starts} of the
 * state directory. A revision is written down before it is applied, and struck out when the agent
 * has run for {@link #SURVIVED} since or was ended by somebody. One that is found written down at
 * the start was a death of that revision; after {@link #DEATHS} of them it counts as bad.
 *
 * <p>All times are the {@link BootClock}'s. Between two starts of the host it knows of no time:
 * deaths before a start of the host count whenever they were. Safe for any thread; never throws for
 * a disk that cannot be written, on which nothing is counted.
 */
final class Starts {
  static final int DEATHS = 3;
  static final Duration WITHIN = Duration.ofMinutes(10);
  static final Duration SURVIVED = Duration.ofMinutes(1);

  /** Bad revisions that are remembered. */
  private static final int REMEMBERED = 20;

  private record Death(String revision, String boot, long millis) {}

  private final Path file;
  private final BootClock clock;
  private final StateTrouble trouble;
  private final List<Death> deaths = new ArrayList<>();
  private final List<String> bad = new ArrayList<>();
  private @Nullable Death trying;

  private Starts(Path file, BootClock clock, StateTrouble trouble) {
    this.file = file;
    this.clock = clock;
    this.trouble = trouble;
  }

  /** Reads what is known, and notes how the last run ended. */
  static Starts open(Path stateDirectory, BootClock clock, StateTrouble trouble) {
    Starts starts = new Starts(stateDirectory.resolve("starts"), clock, trouble);
    starts.read();
    Death last = starts.trying;
    if (last != null) {
      starts.trying = null;
      starts.died(last);
      starts.save();
    }
    return starts;
  }

  private void read() {
    try {
      Node node = Node.of(JsonTree.read(Files.readString(file)));
      bad.addAll(node.texts("bad"));
      node.nodes("deaths").forEach(each -> deaths.add(death(each)));
      if (!node.node("trying").text("revision").isEmpty()) {
        trying = death(node.node("trying"));
      }
    } catch (NoSuchFileException e) {
      trying = null;
    } catch (IOException e) {
      trouble.met("read how the last runs ended", e);
    }
  }

  private static Death death(Node node) {
    return new Death(node.text("revision"), node.text("boot"), node.number("millis"));
  }

  private void died(Death death) {
    deaths.add(death);
    String boot = boot();
    long oldest = millis() - WITHIN.toMillis();
    deaths.removeIf(each -> each.boot().equals(boot) && each.millis() < oldest);
    if (count(death.revision()) >= DEATHS) {
      deaths.removeIf(each -> each.revision().equals(death.revision()));
      bad.remove(death.revision());
      bad.add(0, death.revision());
      while (bad.size() > REMEMBERED) {
        bad.remove(bad.size() - 1);
      }
    }
  }

  private long count(String revision) {
    return deaths.stream().filter(each -> each.revision().equals(revision)).count();
  }

  /** Whether a revision was died of too often. */
  synchronized boolean isBad(String revision) {
    return bad.contains(revision);
  }

  /** A revision is about to be applied. */
  synchronized void trying(String revision) {
    trying = new Death(revision, boot(), millis());
    save();
  }

  /** To be called now and then: strikes out what was survived. */
  synchronized void tick() {
    Death now = trying;
    if (now != null && millis() - now.millis() >= SURVIVED.toMillis()) {
      deaths.removeIf(each -> each.revision().equals(now.revision()));
      ended();
    }
  }

  /** Somebody ends the agent: that is no death. */
  synchronized void ended() {
    if (trying != null) {
      trying = null;
      save();
    }
  }

  private String boot() {
    try {
      return clock.boot();
    } catch (IOException e) {
      trouble.met("tell one start of the host from another", e);
      return "";
    }
  }

  private long millis() {
    try {
      return clock.millis();
    } catch (IOException e) {
      trouble.met("tell the time since the host's start", e);
      return 0;
    }
  }

  private void save() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("trying", trying == null ? null : tree(trying));
    tree.put("deaths", deaths.stream().map(Starts::tree).toList());
    tree.put("bad", bad);
    try {
      StateFile.replace(file, JsonTree.line(tree) + "\n");
      trouble.over("remember what is being applied");
    } catch (IOException e) {
      trouble.met("remember what is being applied", e);
    }
  }

  private static Map<String, Object> tree(Death death) {
    return Map.of("revision", death.revision(), "boot", death.boot(), "millis", death.millis());
  }
}
