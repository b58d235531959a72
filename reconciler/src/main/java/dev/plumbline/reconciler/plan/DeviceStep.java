// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to happen with one device; worked on while planning, by one thread. */
final class DeviceStep {

  enum Fate {
    /** Not there yet: made. */
    CREATE,
    /** There: its fields are set where they differ. */
    KEEP,
    /** There, but must be made anew. */
    RECREATE,
    /** There, and removed. */
    DELETE,
    /** Not there, and nothing that plumbline can make. */
    WAIT,
    /** There, and left as it is until something else is there. */
    LEFT
  }

  final String address;
  @Nullable Wanted wanted;
  final @Nullable Resource live;
  Fate fate;

  /** The live resource as the kernel leaves it once the changes of other devices are done. */
  @Nullable Resource remaining;

  List<FieldChange> fields = List.of();

  /** Whether the kernel removes the device along with another one. */
  boolean implied;

  /** Whether the device is down for a moment, so that routes and IPv6 addresses on it go. */
  boolean downed;

  /** The change that takes the device down, or makes it anew. */
  String cause;

  final List<String> reasons = new ArrayList<>();

  DeviceStep(String address, @Nullable Wanted wanted, @Nullable Resource live, Fate fate) {
    this.address = address;
    this.wanted = wanted;
    this.live = live;
    this.remaining = live;
    this.fate = fate;
    this.cause = address;
  }

  /** Where the device is once the plan is done; null where it is gone or waits. */
  @Nullable ResourceId finalId() {
    if (fate == Fate.DELETE || fate == Fate.WAIT) {
      return null;
    }
    return wanted == null || fate == Fate.LEFT ? liveId() : wanted.resource().id();
  }

  /** Leaves the device as it is, or not there, until something else is there or gone. */
  void hold() {
    fate = live == null ? Fate.WAIT : Fate.LEFT;
  }

  @Nullable ResourceId liveId() {
    return live == null ? null : live.id();
  }

  boolean moves() {
    return live != null
        && wanted != null
        && fate != Fate.LEFT
        && !wanted.resource().id().namespace().equals(live.id().namespace());
  }

  boolean renames() {
    return live != null
        && wanted != null
        && fate != Fate.LEFT
        && !wanted.resource().id().device().equals(live.id().device());
  }

  /** Whether all that hangs on the live device is lost. */
  boolean torn() {
    return live != null && (fate == Fate.RECREATE || fate == Fate.DELETE || moves());
  }

  /** Whether its master lets it go before it joins one again. */
  boolean released() {
    return live != null
        && remaining != null
        && !live.get("master").isEmpty()
        && remaining.get("master").isEmpty();
  }

  /** Whether what is there is of the kind that is wanted. */
  boolean isOfKindWanted() {
    return live != null && live.get("kind").equals(kind());
  }

  String kind() {
    if (wanted != null && wanted.resource().has("kind")) {
      return wanted.resource().get("kind");
    }
    return live == null ? "" : live.get("kind");
  }
}
