// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import java.util.ArrayList;
import java.util.List;

/** Loops of bridges, for people. */
final class Loops {
  private Loops() {}

  /** The bridges that a frame has been in since it was in this one, which it comes to again. */
  static String text(Frame frame, String place) {
    List<String> round = new ArrayList<>();
    for (String seen : frame.seen()) {
      String name = seen.substring(0, seen.lastIndexOf(' '));
      if (!round.isEmpty() || name.equals(place)) {
        round.add(name);
      }
    }
    // Whichever of them it began in, the loop is the same.
    int least = 0;
    for (int i = 1; i < round.size(); i++) {
      least = round.get(i).compareTo(round.get(least)) < 0 ? i : least;
    }
    List<String> turned = new ArrayList<>(round.subList(least, round.size()));
    turned.addAll(round.subList(0, least));
    turned.add(turned.isEmpty() ? place : turned.get(0));
    return String.join(" → ", turned);
  }
}
