// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.checkpoint;

import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An apply that is not confirmed yet, or, where nobody has to confirm it, not proven yet.
 *
 * @param id tells checkpoints apart
 * @param file the host's file that is applied
 * @param goal tells what is wanted: the same for two files that want the same
 * @param by who applies, for people
 * @param process the number of the process that applies
 * @param started when that process was started, as {@link ProcessStart} has it: numbers are given
 *     anew
 * @param opened when, by the host's clock; for people
 * @param patience how long it may be confirmed once it is applied; zero: it need not be
 * @param boot the start of the host that it belongs to
 * @param deadlineMillis when it is taken back, on the {@code BootClock}
 * @param applying whether the steps are being taken; found under the lock it means that whoever
 *     took them is gone
 * @param touched what the plan touches
 */
public record Checkpoint(
    String id,
    String file,
    String goal,
    String by,
    long process,
    long started,
    Instant opened,
    Duration patience,
    String boot,
    long deadlineMillis,
    boolean applying,
    List<ResourceId> touched) {
  private static final int VERSION = 1;

  public Checkpoint {
    touched = List.copyOf(touched);
  }

  /** One of a process that is there. */
  Checkpoint(
      String id,
      String file,
      String goal,
      String by,
      long process,
      Instant opened,
      Duration patience,
      String boot,
      long deadlineMillis,
      boolean applying,
      List<ResourceId> touched) {
    this(
        id,
        file,
        goal,
        by,
        process,
        ProcessStart.of(process),
        opened,
        patience,
        boot,
        deadlineMillis,
        applying,
        touched);
  }

  /** Whether the very process that applied is there, and not another one with its number. */
  public boolean isProcessThere() {
    long now = ProcessStart.of(process);
    return now != ProcessStart.NONE && now == started;
  }

  /** Whether somebody is to confirm it once it is applied; else it stays if its checks hold. */
  public boolean isToBeConfirmed() {
    return !patience.isZero();
  }

  /** Whether it touches the embedded switch, which the agent alone can roll back. */
  public boolean touchesSwitch() {
    return touched.stream().anyMatch(id -> id.type().isOfSwitch());
  }

  /** The same once all steps are taken. */
  Checkpoint applied(long deadline) {
    return new Checkpoint(
        id, file, goal, by, process, started, opened, patience, boot, deadline, false, touched);
  }

  /** The time to confirm, as it was asked for: {@code 60 s}. */
  public String waited() {
    return patience.toMillis() % 1000 == 0
        ? patience.toSeconds() + " s"
        : patience.toMillis() + " ms";
  }

  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("version", VERSION);
    tree.put("id", id);
    tree.put("file", file);
    tree.put("goal", goal);
    tree.put("by", by);
    tree.put("process", process);
    tree.put("started", started);
    tree.put("opened", opened.toString());
    tree.put("patienceMillis", patience.toMillis());
    tree.put("boot", boot);
    tree.put("deadlineMillis", deadlineMillis);
    tree.put("applying", applying);
    tree.put("touched", touched.stream().map(Checkpoint::tree).toList());
    return tree;
  }

  private static Map<String, Object> tree(ResourceId id) {
    return Map.of(
        "type",
        id.type().label(),
        "namespace",
        id.namespace(),
        "device",
        id.device(),
        "key",
        id.key());
  }

  /**
   * Reads what {@link #tree} made.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Checkpoint of(Node node) {
    if (node.number("version") != VERSION) {
      throw new IllegalArgumentException("this is no checkpoint of version " + VERSION);
    }
    List<ResourceId> touched = new ArrayList<>();
    for (Node each : node.nodes("touched")) {
      touched.add(
          new ResourceId(
              ResourceType.ofLabel(each.text("type")),
              each.text("namespace"),
              each.text("device"),
              each.text("key")));
    }
    return new Checkpoint(
        node.text("id"),
        node.text("file"),
        node.text("goal"),
        node.text("by"),
        node.number("process"),
        node.number("started"),
        Instant.parse(node.text("opened")),
        Duration.ofMillis(node.number("patienceMillis")),
        node.text("boot"),
        node.number("deadlineMillis"),
        node.flag("applying"),
        touched);
  }
}
