// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Goes round something that may change meanwhile, a few at a time. */
final class RoundRobin {
  private final int most;
  private int next;

  RoundRobin(int most) {
    this.most = most;
  }

  /** Those whose turn it is. */
  <T> List<T> next(Collection<T> all) {
    List<T> turn = new ArrayList<>();
    int size = all.size();
    if (next >= size) {
      next = 0;
    }
    all.stream().skip(next).limit(most).forEach(turn::add);
    next += most;
    return turn;
  }
}
