// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Addresses and routes that the kernel removes along with a device that goes, or goes down, and
 * that nothing makes again: a plan tells of them as of all that happens, and asks for nothing.
 */
final class GoingAlong {
  private final LiveState live;
  private final Forecast forecast;
  private final Leaving leaving;
  private final LaterDevices devices;
  private final Findings findings;

  GoingAlong(
      LiveState live, Forecast forecast, Leaving leaving, LaterDevices devices, Findings findings) {
    this.live = live;
    this.forecast = forecast;
    this.leaving = leaving;
    this.devices = devices;
    this.findings = findings;
  }

  /**
   * The deletions of what is plumbline's matter; of what is not, warnings.
   *
   * @param made what the plan leaves behind
   * @param concerns whether something is plumbline's, or the goal names it
   */
  List<Change.Delete> deletions(
      Set<ResourceId> made, Departures departures, Predicate<Resource> concerns) {
    List<Change.Delete> deletions = new ArrayList<>();
    forecast.lost.forEach(
        (was, then) -> {
          if (made.contains(then) || leaving.withNamespace(was.id())) {
            return; // it comes back, or the step of its namespace says it all
          }
          if (concerns.test(was)) {
            deletions.add(departures.along(was, isIdle(was)));
          } else if (isOnWhatGoes(was)) {
            findings.warning(was.id() + " is lost with its device");
          }
        });
    return deletions;
  }

  /** A device that is down carries nothing, and has no routes. */
  private boolean isIdle(Resource address) {
    Resource device =
        address.id().type() == ResourceType.ADDRESS ? live.find(address.id().ofDevice()) : null;
    return device != null && !device.get("up").equals("true");
  }

  /** Whether a device of it is gone for good, or stays down: what is only lost on the way else. */
  private boolean isOnWhatGoes(Resource lost) {
    ResourceId id = lost.id();
    List<ResourceId> on =
        id.type() == ResourceType.ADDRESS
            ? List.of(id.ofDevice())
            : RouteText.devices(lost).stream()
                .map(name -> ResourceId.deviceIn(id.namespace(), name))
                .toList();
    return on.stream()
        .map(devices::ofLive)
        .anyMatch(
            step -> {
              ResourceId then = step == null ? null : step.finalId();
              return step != null
                  && (then == null
                      || !then.namespace().equals(id.namespace())
                      || !devices.isUp(then));
            });
  }
}
