// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.api.AgentClient;
import java.util.List;

/** Objects of the host's file in the query of a request to the agent. */
final class ObjectQuery {
  private ObjectQuery() {}

  /** {@code ?object=veths.vm1&object=…}; empty for none. */
  static String of(List<String> objects) {
    StringBuilder query = new StringBuilder();
    for (String object : objects) {
      query.append(query.isEmpty() ? "?object=" : "&object=");
      query.append(AgentClient.encoded(object));
    }
    return query.toString();
  }
}
