// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.reconciler.report.Metrics;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the agent answers. Called by the server's thread. */
public interface ApiHandler {
  /**
   * The answer to GET.
   *
   * @param path below {@code /v1/}
   * @return a tree; null if there is nothing at that path
   * @throws IOException if it cannot be answered now, with the reason
   * @throws IllegalArgumentException if the query asks for what there cannot be
   */
  @Nullable Object get(String path, Query query) throws IOException;

  /**
   * Plans what would be done for the newest revision, some time after the call; changes nothing.
   *
   * @param answer takes one tree; from any thread
   */
  void plan(Consumer<Object> answer);

  /**
   * Has the host drawn, some time after the call. Exactly one of both is called, from any thread.
   *
   * @param svg takes the picture
   * @param problem takes why there is none
   */
  void picture(Consumer<String> svg, Consumer<String> problem);

  /**
   * Applies a saved plan, some time after the call.
   *
   * @param plan as its file has it
   * @param confirm it is rolled back unless it is confirmed within this time; null: it stays
   * @param skipChecks whether the file's checks are not tried
   * @param by who applies, for people
   * @param answer takes trees, the last of which is an outcome or a refusal, then {@code end} runs;
   *     from any thread
   */
  void apply(
      String plan,
      @Nullable Duration confirm,
      boolean skipChecks,
      String by,
      Consumer<Object> answer,
      Runnable end);

  /**
   * Decides about an apply that waits to be confirmed, some time after the call.
   *
   * @param verb {@code confirm} or {@code rollback}
   * @param by who decides, for people
   * @param answer takes one tree, then {@code end} runs; from any thread
   */
  void decide(String verb, String by, Consumer<Object> answer, Runnable end);

  /**
   * Does what POST asks for, or begins to.
   *
   * @param path below {@code /v1/}
   * @param time the parameter {@code seconds}; null: there is none
   * @param objects addresses of the host's file, one a parameter of that name in the singular
   * @return a tree; null if there is nothing at that path
   */
  @Nullable Object post(String path, @Nullable Duration time, List<String> objects)
      throws IOException;

  /**
   * How a packet is decided on.
   *
   * @param packet as a match: {@code in_port=eth1,dl_dst=…}
   * @return a tree
   * @throws IllegalArgumentException there is no such bridge, or that is no packet
   */
  Object trace(String bridge, String packet) throws IOException;

  /**
   * Puts flows into a bridge and takes others out, some time after the call.
   *
   * @param add in the syntax of ovs-ofctl
   * @param delete by table, priority and match
   * @param by who does, for people
   * @param answer takes one tree, then {@code end} runs; from any thread
   */
  void changeFlows(
      String bridge,
      List<String> add,
      List<String> delete,
      String by,
      Consumer<Object> answer,
      Runnable end);

  /**
   * Gives events as they happen, a tree each, from any thread.
   *
   * @return ends it
   */
  Runnable follow(Consumer<Object> answer);

  /**
   * The metrics.
   *
   * @param accept the formats that the reader takes, as {@code Accept} has it; null: any
   */
  Metrics.Page metrics(@Nullable String accept) throws IOException;

  /** Why the process is not alive as it should be, as sentences; none if it is. */
  List<String> ills();

  /** Why the host is not ready, as sentences; none if it is. */
  List<String> lacks();

  /**
   * Takes what a webhook tells.
   *
   * @return why it is ignored; null if it is not
   */
  @Nullable String pushed(Push push);

  /**
   * Takes note of a webhook that proves nothing.
   *
   * @param from the address of its sender
   */
  void unproved(String from);

  /** Says what the server has to say. */
  void said(String event, String message);
}
