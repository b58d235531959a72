// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.rollout;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a host's agent tells of itself; {@code schemas/host-status.schema.json} has its form.
 *
 * @param labels by which waves choose it
 * @param revision the newest commit that it has seen; null: none yet
 * @param applied the revision that it is kept at; null: none yet
 * @param state one of {@link #STATES}; of {@code revision} where that is {@code held}
 * @param soaked whether it has been in sync with {@code applied}, without a break, for the soak
 *     time of its own wave; told then, so that a host which has fallen silent before does not count
 * @param why what is in the way, in a sentence; empty: nothing
 * @param since when this state began, by the host's own clock: for people alone
 */
public record HostStatus(
    String host,
    Map<String, String> labels,
    @Nullable String revision,
    @Nullable String applied,
    String state,
    boolean soaked,
    String why,
    Instant since) {
  /** Hosts of earlier waves keep {@code revision} from it, and do not look as if they took it. */
  public static final String WAITING = "waiting";

  /**
   * The words for how a host stands to its revision: those that {@code plumbline status} has, and
   * {@link #WAITING}.
   */
  public static final Set<String> STATES =
      Set.of("in-sync", "drifted", "held", "paused", "starting", WAITING);

  private static final int VERSION = 1;
  private static final int LABELS = 64;
  private static final int LABEL_CHARS = 128;
  private static final int WHY_CHARS = 300;
  private static final Pattern REVISION = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  public HostStatus {
    labels = Map.copyOf(labels);
    why = why.length() <= WHY_CHARS ? why : why.substring(0, WHY_CHARS - 1) + "…";
    revision = number(revision);
    applied = number(applied);
  }

  /** What is no commit's full name is nothing that others can compare. */
  private static @Nullable String number(@Nullable String revision) {
    return revision != null && REVISION.matcher(revision).matches() ? revision : null;
  }

  /** Whether the host is as that commit says. */
  public boolean isAt(String commit) {
    return commit.equals(applied) && state.equals("in-sync");
  }

  /** Whether the host has looked at that commit and does not take it. */
  public boolean refuses(String commit) {
    return commit.equals(revision) && state.equals("held");
  }

  /** Whether somebody would be told the same but for the time. */
  public boolean isLike(HostStatus other) {
    return new HostStatus(host, labels, revision, applied, state, soaked, why, other.since)
        .equals(other);
  }

  /** As JSON, one line. */
  public String text() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("version", VERSION);
    tree.put("host", host);
    tree.put("labels", new TreeMap<>(labels));
    tree.put("revision", revision);
    tree.put("applied", applied);
    tree.put("state", state);
    tree.put("soaked", soaked);
    tree.put("why", why);
    tree.put("since", since.toString());
    return JsonTree.line(tree) + "\n";
  }

  /**
   * Reads one that anybody may have written.
   *
   * @param host whose it has to be
   * @throws IOException if it is none, or another host's
   */
  public static HostStatus read(String host, String text) throws IOException {
    return of(host, Node.of(JsonTree.read(text)));
  }

  /** As {@link #read}; of any host where none is named. */
  static HostStatus of(@Nullable String host, Node node) throws IOException {
    if (node.number("version") != VERSION) {
      throw new IOException("it is no status of version " + VERSION);
    }
    String name = node.text("host");
    if (name.isEmpty() || name.length() > LABEL_CHARS || (host != null && !name.equals(host))) {
      throw new IOException("it is not the status of " + (host == null ? "a host" : host));
    }
    Map<?, ?> given = node.node("labels").map();
    if (given.size() > LABELS) {
      throw new IOException("it has more than " + LABELS + " labels");
    }
    Map<String, String> labels = new TreeMap<>();
    for (Map.Entry<?, ?> label : given.entrySet()) {
      String key = String.valueOf(label.getKey());
      String value = String.valueOf(label.getValue());
      if (key.length() > LABEL_CHARS || value.length() > LABEL_CHARS) {
        throw new IOException("it has a label of more than " + LABEL_CHARS + " characters");
      }
      labels.put(key, value);
    }
    String state = node.text("state");
    if (!STATES.contains(state)) {
      throw new IOException("it has no state that is known");
    }
    return new HostStatus(
        name,
        labels,
        node.text("revision").intern(), // few commits, many hosts
        node.text("applied").intern(),
        state.intern(),
        node.flag("soaked"),
        node.text("why"),
        time(node.text("since")));
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  /** Hosts by name, the first few. */
  static String names(List<HostStatus> hosts, int most) {
    List<String> names = hosts.stream().map(HostStatus::host).sorted().limit(most).toList();
    int more = hosts.size() - names.size();
    return String.join(", ", names) + (more > 0 ? " and " + more + " more" : "");
  }
}
