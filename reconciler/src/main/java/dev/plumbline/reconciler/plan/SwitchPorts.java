// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.embedded.Leg;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.List;

/** What a port of the embedded switch means to the devices that it is. */
final class SwitchPorts {
  private final LiveState live;
  private final LaterDevices devices;
  private final Findings findings;

  SwitchPorts(LiveState live, LaterDevices devices, Findings findings) {
    this.live = live;
    this.devices = devices;
    this.findings = findings;
  }

  /** Warns of devices that are not there: the port does not wait for them, it takes them later. */
  void expect(Wanted port) {
    for (ResourceId device : devices(port.resource())) {
      if (!devices.has(device)) {
        findings.warning(
            port.address() + ": there is no " + device + "; the switch takes it when it comes");
      }
    }
  }

  /** Tells of the devices that a change of the port concerns, some of which may be protected. */
  void touch(String address, Resource port) {
    for (ResourceId device : devices(port)) {
      findings.touches(address, "let the switch take", device);
    }
  }

  /** What the host itself did on a device ends with its joining a switch. */
  Disruption joining(Resource port) {
    List<String> taken = new ArrayList<>();
    for (ResourceId device : devices(port)) {
      if (live.has(device) && !Leg.isOne(device.device()) && !port.get("type").equals("internal")) {
        taken.add(device.device());
      }
    }
    return taken.isEmpty()
        ? Disruption.NONE
        : Disruption.interrupts("what the host itself does on " + String.join(", ", taken));
  }

  private static List<ResourceId> devices(Resource port) {
    return PortText.devices(port).stream().map(name -> ResourceId.deviceIn("", name)).toList();
  }
}
