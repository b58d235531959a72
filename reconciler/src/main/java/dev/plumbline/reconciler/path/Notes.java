// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was met while packets were followed, and what could not be known. For one thread. */
final class Notes {
  private final Set<Finding> findings = new LinkedHashSet<>();
  private final Set<String> unknown = new LinkedHashSet<>();

  private final Map<String, Finding> tooBig = new TreeMap<>();
  private final Map<String, Integer> rooms = new TreeMap<>();
  private final Set<String> usualMtus = new TreeSet<>();

  /**
   * Notes what does not fit into a tunnel; of several places the one with the least room is told.
   */
  void tooBig(String tunnel, int room, String text) {
    if (room < rooms.getOrDefault(tunnel, Integer.MAX_VALUE)) {
      rooms.put(tunnel, room);
      tooBig.put(tunnel, new Finding(Finding.Kind.MTU, text));
    }
  }

  /** Notes that a device's MTU is not said. */
  void usualMtu(Device device) {
    usualMtus.add(device.place());
  }

  void found(Finding.Kind kind, String text) {
    findings.add(new Finding(kind, text));
  }

  /** Notes what is not known, and what is done about it. */
  void unknown(String what) {
    unknown.add(what);
  }

  List<Finding> findings() {
    List<Finding> all = new ArrayList<>(findings);
    all.addAll(tooBig.values());
    return all;
  }

  List<String> notKnown() {
    List<String> all = new ArrayList<>(unknown);
    if (!usualMtus.isEmpty()) {
      all.add("the MTU of " + String.join(", ", usualMtus) + ": taken for " + Device.USUAL_MTU);
    }
    return all;
  }
}
