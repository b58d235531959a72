// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

/** How a commit stands to the one that is applied. */
public enum Relation {
  /** It comes after it. */
  AFTER("comes after"),
  /** It comes before it: somebody went back. */
  BEFORE("is older than"),
  /** It does not descend from it: the branch was forced. */
  ASIDE("does not descend from"),
  /** There is more history between them than is looked at. */
  UNKNOWN("cannot be told to come after");

  private final String words;

  Relation(String words) {
    this.words = words;
  }

  /** As the middle of a sentence: {@code A … B}. */
  public String words() {
    return words;
  }
}
