// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Says what cannot be remembered because of the state directory, once until it can be again. The
 * host is kept all the same. Safe for any thread.
 */
final class StateTrouble {
  private final AgentLog log;
  private final Map<String, String> known = new HashMap<>();

  StateTrouble(AgentLog log) {
    this.log = log;
  }

  /**
   * Something failed.
   *
   * @param what as the end of "cannot …"
   */
  synchronized void met(String what, IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (!message.equals(known.put(what, message))) {
      log.say(
          "state-failed",
          "STATE DIRECTORY: cannot " + what + ": " + message + "; the host is kept all the same");
    }
  }

  /** It can be done again. */
  synchronized void over(String what) {
    if (known.remove(what) != null) {
      log.say("state-recovered", "state directory: can " + what + " again");
    }
  }
}
