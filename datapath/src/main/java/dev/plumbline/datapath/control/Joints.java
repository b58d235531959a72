// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.HostPort;
import dev.plumbline.datapath.fastpath.EbpfFastPath;
import dev.plumbline.datapath.fastpath.PortLink;
import dev.plumbline.datapath.translate.PortId;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which port is joined to which device. A device that goes takes its port down; one of that name
 * that comes takes it up again, whatever its index is.
 */
final class Joints {
  private record Joint(int bridge, PortLink link, boolean up) {}

  private final EbpfFastPath fast;
  private final Devices devices;
  private final Map<Integer, Joint> joints = new TreeMap<>();
  private final Map<Integer, String> failures = new TreeMap<>();

  Joints(EbpfFastPath fast, Devices devices) {
    this.fast = fast;
    this.devices = devices;
  }

  /** Joins and parts what has to be; returns the state with the ports up that are. */
  SwitchState join(SwitchState state) throws IOException {
    Map<Integer, Joint> wanted = new TreeMap<>();
    state
        .numbers()
        .ports()
        .forEach(
            (id, number) -> {
              Joint joint = joint(state, id);
              if (joint != null) {
                wanted.put(number, joint);
              }
            });
    for (int number : new ArrayList<>(joints.keySet())) {
      if (!wanted.containsKey(number)) {
        fast.part(number);
        joints.remove(number);
      }
    }
    failures.keySet().retainAll(wanted.keySet());
    SwitchState next = state;
    for (Map.Entry<Integer, Joint> one : wanted.entrySet()) {
      int number = one.getKey();
      Joint before = joints.get(number);
      Joint now = one.getValue();
      if (before == null || before.bridge() != now.bridge() || !before.link().equals(now.link())) {
        join(number, now);
      }
    }
    for (int number : state.numbers().ports().values()) {
      Joint joint = joints.get(number);
      boolean up = joint != null && joint.up();
      if (isPhysical(number) && next.isUp(number) != up) {
        next = next.withUp(number, up);
      }
    }
    return next;
  }

  private void join(int number, Joint joint) throws IOException {
    try {
      fast.join(number, joint.bridge(), joint.link());
      joints.put(number, joint);
      failures.remove(number);
    } catch (ErrnoException e) {
      // The device went at this moment: its event is on the way.
      if (e.errno() != Errno.ENODEV) {
        throw e;
      }
      fast.part(number);
      joints.remove(number);
      failures.put(number, String.valueOf(e.getMessage()));
    }
  }

  private static boolean isPhysical(int number) {
    return number < dev.plumbline.datapath.translate.PortNumbers.BONDS;
  }

  private @Nullable Joint joint(SwitchState state, PortId id) {
    BridgeConfig bridge = state.config().bridges().get(id.bridge());
    PortConfig port = bridge == null ? null : bridge.ports().get(id.port());
    int number = state.numbers().bridge(id.bridge());
    if (port instanceof DevicePort device) {
      return deviceJoint(number, device.device());
    }
    if (port instanceof PortConfig.BondPort && !id.part().isEmpty()) {
      return deviceJoint(number, id.part());
    }
    if (port instanceof HostPort host) {
      Devices.Device device = devices.find(host.device());
      Devices.Device leg = devices.find(host.leg());
      return device == null || leg == null
          ? null
          : new Joint(
              number,
              new PortLink.Host(device.ifindex(), leg.ifindex(), device.mtu()),
              device.isUp() && leg.isUp());
    }
    return null;
  }

  private @Nullable Joint deviceJoint(int bridge, String name) {
    Devices.Device device = devices.find(name);
    return device == null
        ? null
        : new Joint(
            bridge,
            new PortLink.Device(device.ifindex(), device.peerElsewhere(), device.mtu()),
            device.isUp() && device.hasCarrier());
  }

  /** Why a port could not be joined, by its number. */
  Map<Integer, String> failures() {
    return failures;
  }

  /** What a port is joined to; null: nothing. */
  @Nullable PortLink link(int number) {
    Joint joint = joints.get(number);
    return joint == null ? null : joint.link();
  }

  void partAll() throws IOException {
    List<Integer> all = new ArrayList<>(joints.keySet());
    for (int number : all) {
      fast.part(number);
    }
    joints.clear();
  }
}
