// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the agent answers. Called by the server's thread. */
public interface ApiHandler {
  /**
   * The answer to GET.
   *
   * @param path below {@code /v1/}
   * @param bridge the only one that is asked for; null: all
   * @return a tree; null if there is nothing at that path
   * @throws IOException if it cannot be answered now, with the reason
   */
  @Nullable Object get(String path, @Nullable String bridge) throws IOException;

  /**
   * Applies a saved plan, some time after the call.
   *
   * @param plan as its file has it
   * @param answer takes trees, the last of which is an outcome or a refusal, then {@code end} runs;
   *     from any thread
   */
  void apply(String plan, Consumer<Object> answer, Runnable end);

  /**
   * Does what POST asks for, or begins to.
   *
   * @param path below {@code /v1/}
   * @param time the parameter {@code seconds}; null: there is none
   * @return a tree; null if there is nothing at that path
   */
  @Nullable Object post(String path, @Nullable Duration time) throws IOException;

  /**
   * Gives events as they happen, a tree each, from any thread.
   *
   * @return ends it
   */
  Runnable follow(Consumer<Object> answer);
}
