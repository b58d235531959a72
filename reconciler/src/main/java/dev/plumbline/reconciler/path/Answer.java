// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import java.util.List;

/**
 * Where traffic goes.
 *
 * @param from who sends, for people
 * @param to who it is for, for people
 * @param there all ways of a packet
 * @param arrives what becomes of it
 * @param back all ways of the answer
 * @param returns what becomes of that
 * @param notKnown what could not be known, and what it was taken for
 */
public record Answer(
    String from,
    String to,
    List<Way> there,
    End arrives,
    List<Way> back,
    End returns,
    List<Finding> findings,
    List<String> notKnown) {
  public Answer {
    there = List.copyOf(there);
    back = List.copyOf(back);
    findings = List.copyOf(findings);
    notKnown = List.copyOf(notKnown);
  }
}
